package glance

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gophercloud/gophercloud/v2/openstack/image/v2/images"
)

// pollInterval is how often Glance is asked whether it has settled an image.
const pollInterval = time.Second

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

// hashAlgorithm is Glance's name of the digest we take, which is also its default.
const hashAlgorithm = "sha512"

// compare holds what Glance says of an image against what should have been sent (want) and what was (sent, sum).
func compare(image *images.Image, want, sent int64, sum string) error {
	algorithm, _ := image.Properties["os_hash_algo"].(string)
	value, _ := image.Properties["os_hash_value"].(string)
	var problems []error
	if sent != want {
		problems = append(problems, fmt.Errorf("%d of %d bytes were sent", sent, want))
	}
	if image.SizeBytes != sent {
		problems = append(problems, fmt.Errorf("size: Glance has %d bytes, %d were sent", image.SizeBytes, sent))
	}
	switch {
	case algorithm != hashAlgorithm:
		problems = append(problems, fmt.Errorf("digest: Glance gives one of the kind %q, which cannot be compared with %s; "+
			"see hashing_algorithm in glance-api.conf", algorithm, hashAlgorithm))
	case value != sum:
		problems = append(problems, fmt.Errorf("digest: Glance has the %s %s, %s was sent", hashAlgorithm, value, sum))
	}
	return errors.Join(problems...)
}
