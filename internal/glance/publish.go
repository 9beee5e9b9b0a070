package glance

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/google/uuid"
	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack/image/v2/images"
)

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
