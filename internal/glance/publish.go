package glance

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack/image/v2/images"
)

// pollInterval is how often Glance is asked whether it has settled an image.
const pollInterval = time.Second

// Spec is what an image shall be.
type Spec struct {
	Name       string
	Visibility string // private, shared, community or public
	Tags       []string
	Properties map[string]string
	MinDisk    int // GiB
	MinRAM     int // MiB
}

// Data is the raw disk to publish.
type Data struct {
	Src  io.ReaderAt
	Size int64 // bytes
}

// Limits are how long things may take, and who is told how far they are.
type Limits struct {
	Upload   time.Duration
	Active   time.Duration    // from the end of the upload until the image can be used
	Progress func(sent int64) // may be nil
}

// Image is a published image.
type Image struct {
	ID     string
	Name   string
	Size   int64  // bytes
	SHA512 string // of the data, as both sides have found it
}

// Publish creates an image, uploads the disk, waits until the image is active and compares it with what was sent.
// If anything fails, the image is deleted. The id is chosen here, so that it is known what to delete even if the
// answer to the creation was lost.
func (c *Client) Publish(ctx context.Context, spec Spec, data Data, limits Limits) (Image, error) {
	id := uuid.NewString()
	if err := c.create(ctx, id, spec); err != nil {
		if neverCreated(err) {
			return Image{}, err
		}
		return Image{}, errors.Join(err, c.discard(ctx, id))
	}
	image, err := c.fill(ctx, id, data, limits)
	if err != nil {
		return Image{}, errors.Join(err, c.discard(ctx, id))
	}
	return image, nil
}

func (c *Client) create(ctx context.Context, id string, spec Spec) error {
	ctx, cancel := context.WithTimeoutCause(ctx, requestTimeout, fmt.Errorf("no answer after %s", requestTimeout))
	defer cancel()
	visibility := images.ImageVisibility(spec.Visibility)
	_, err := images.Create(ctx, c.service, images.CreateOpts{
		ID: id, Name: spec.Name, Visibility: &visibility, Tags: spec.Tags, Properties: spec.Properties,
		ContainerFormat: "bare", DiskFormat: "raw", MinDisk: spec.MinDisk, MinRAM: spec.MinRAM,
	}).Extract()
	if err == nil {
		return nil
	}
	refused := gophercloud.ResponseCodeIs(err, http.StatusForbidden)
	err = explain(ctx, "Glance", "create the image", err)
	if refused && visibility == images.ImageVisibilityPublic {
		return fmt.Errorf("visibility: %q is for administrators in most clouds, \"community\" for everybody: %w",
			spec.Visibility, err)
	}
	return fmt.Errorf("image_name: %q: %w", spec.Name, err)
}

// neverCreated tells that a failed creation cannot have left an image: it was refused, or Glance was not there.
func neverCreated(err error) bool {
	var answer gophercloud.ErrUnexpectedResponseCode
	if errors.As(err, &answer) {
		return answer.Actual >= 400 && answer.Actual < 500
	}
	return notThere(err)
}

// discard deletes an image that did not become what it should. Whatever ended the work does not end this.
func (c *Client) discard(ctx context.Context, id string) error {
	return c.Delete(context.WithoutCancel(ctx), id)
}

// fill brings the data into a created image.
func (c *Client) fill(ctx context.Context, id string, data Data, limits Limits) (Image, error) {
	u := &upload{src: data.Src, size: data.Size, progress: limits.Progress}
	if u.progress == nil {
		u.progress = func(int64) {}
	}
	if err := c.send(ctx, id, u, limits.Upload); err != nil {
		return Image{}, err
	}
	found, err := c.waitActive(ctx, id, limits.Active)
	if err != nil {
		return Image{}, err
	}
	size, sum := u.sent()
	if err := compare(found, data.Size, size, sum); err != nil {
		return Image{}, fmt.Errorf("image %s is not what was uploaded: %w", id, err)
	}
	return Image{ID: id, Name: found.Name, Size: size, SHA512: sum}, nil
}

// send uploads the data. With "Expect: 100-continue", Glance refuses a token before the data is sent, not after.
func (c *Client) send(ctx context.Context, id string, u *upload, limit time.Duration) error {
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("upload_timeout: not done after %s", limit))
	defer cancel()
	_, err := c.service.Put(u.context(ctx), c.service.ServiceURL("images", id, "file"), nil, nil,
		&gophercloud.RequestOpts{
			MoreHeaders: map[string]string{"Content-Type": "application/octet-stream", "Expect": "100-continue"},
			OkCodes:     []int{http.StatusNoContent},
		})
	if err == nil {
		return nil
	}
	sent, _ := u.sent()
	err = explain(ctx, "Glance", "store the image", err)
	var network net.Error
	if ctx.Err() == nil && errors.As(err, &network) {
		// A server that has had enough answers and hangs up; the answer can get lost on the way.
		err = fmt.Errorf("%w; if it does so again, its store may be full or the image above a quota", err)
	}
	return fmt.Errorf("upload of image %s ended after %d of %d bytes: %w", id, sent, u.size, err)
}

// waitActive waits until Glance has settled an image.
func (c *Client) waitActive(ctx context.Context, id string, limit time.Duration) (*images.Image, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("active_timeout: not active after %s", limit))
	defer cancel()
	status := images.ImageStatus("not known")
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	for {
		image, err := images.Get(ctx, c.service, id).Extract()
		switch {
		case err != nil:
			return nil, fmt.Errorf("wait for image %s, which is %s: %w", id, status, explain(ctx, "Glance", "show the image", err))
		case image.Status == images.ImageStatusActive:
			return image, nil
		case image.Status == images.ImageStatusKilled, image.Status == images.ImageStatusDeleted:
			return nil, fmt.Errorf("image %s became %s in Glance at %s instead of active", id, image.Status, c.Endpoint())
		}
		status = image.Status
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for image %s, which is %s: %w", id, status, context.Cause(ctx))
		case <-tick.C:
		}
	}
}
