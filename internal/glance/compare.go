package glance

import (
	"errors"
	"fmt"

	"github.com/gophercloud/gophercloud/v2/openstack/image/v2/images"
)

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
		problems = append(problems, fmt.Errorf("Glance has %d bytes, %d were sent", image.SizeBytes, sent))
	}
	switch {
	case algorithm != hashAlgorithm:
		problems = append(problems, fmt.Errorf("Glance gives a digest of the kind %q, which cannot be compared with %s; "+
			"see hashing_algorithm in glance-api.conf", algorithm, hashAlgorithm))
	case value != sum:
		problems = append(problems, fmt.Errorf("Glance has the %s %s, %s was sent", hashAlgorithm, value, sum))
	}
	return errors.Join(problems...)
}
