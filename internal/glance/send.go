package glance

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/gophercloud/gophercloud/v2"
)

// send uploads the data. With "Expect: 100-continue", Glance refuses a token before the data is sent, not after.
func (c *Client) send(ctx context.Context, id string, u *upload, limit time.Duration) error {
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("upload_timeout: not done after %s", limit))
	defer cancel()
	//nolint:bodyclose // gophercloud closes it unless asked to keep it
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
