package glance

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack"
	"github.com/gophercloud/gophercloud/v2/openstack/image/v2/images"
)

// requestTimeout bounds each request but the upload. Keystone and Glance answer within seconds or are not well.
const requestTimeout = time.Minute

// Client talks to the Glance of one cloud, logged in.
type Client struct {
	service *gophercloud.ServiceClient
}

// Connect logs in and finds Glance.
func (l *Login) Connect(ctx context.Context) (*Client, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, requestTimeout, fmt.Errorf("no answer after %s", requestTimeout))
	defer cancel()
	provider, err := openstack.NewClient(l.auth.IdentityEndpoint)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", l.access.field(), err)
	}
	transport := newTransport(ctx, l.tls)
	provider.HTTPClient = http.Client{Transport: transport}
	// No retry functions: gophercloud repeats a request with the body where it stopped.
	if err := openstack.Authenticate(ctx, provider, l.auth); err != nil {
		return nil, l.explainLogin(ctx, err)
	}
	service, err := openstack.NewImageV2(provider, l.endpoint)
	var missing *gophercloud.ErrEndpointNotFound
	if errors.As(err, &missing) {
		return nil, fmt.Errorf("%s: its catalogue has no image service of API version 2 in region %q "+
			"for the interface %q", l.access.field(), l.endpoint.Region, l.endpoint.Availability)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", l.access.field(), explain(ctx, "Glance", "find its API version", err))
	}
	return &Client{service: service}, nil
}

func (l *Login) explainLogin(ctx context.Context, err error) error {
	if gophercloud.ResponseCodeIs(err, http.StatusUnauthorized) {
		return fmt.Errorf("%s: Keystone at %s refuses the login of %s; check the user's name, domain, project and password",
			l.access.field(), l.auth.IdentityEndpoint, l.who())
	}
	return fmt.Errorf("%s: %w", l.access.field(), explain(ctx, "Keystone", "log in", err))
}

func (l *Login) who() string {
	switch {
	case l.auth.Username != "":
		return fmt.Sprintf("user %q", l.auth.Username)
	case l.auth.UserID != "":
		return "user " + l.auth.UserID
	case l.auth.ApplicationCredentialID != "":
		return "application credential " + l.auth.ApplicationCredentialID
	}
	return "the token"
}

// Endpoint is the URL of Glance.
func (c *Client) Endpoint() string { return c.service.Endpoint }

// Delete removes an image. It is no error if there is none.
func (c *Client) Delete(ctx context.Context, id string) error {
	ctx, cancel := context.WithTimeoutCause(ctx, requestTimeout, fmt.Errorf("no answer after %s", requestTimeout))
	defer cancel()
	err := images.Delete(ctx, c.service, id).ExtractErr()
	if err == nil || gophercloud.ResponseCodeIs(err, http.StatusNotFound) {
		return nil
	}
	return fmt.Errorf("image %s could not be deleted; do it with: openstack image delete %s: %w", id, id,
		explain(ctx, "Glance", "delete the image", err))
}
