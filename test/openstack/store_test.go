package openstack_test

import (
	"bytes"
	"crypto/sha512"
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guestprep/packer-plugin-guestprep/test/openstack"
)

// stored lists what Glance keeps, by a look into its store: an image that Glance does not show any more may be there.
func stored(t *testing.T, cloud openstack.Cloud) []string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(cloud.Dir, "store"))
	require.NoError(t, err)
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

func storedSum(t *testing.T, cloud openstack.Cloud, id string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(cloud.Dir, "store", id))
	require.NoError(t, err)
	sum := sha512.Sum512(content)
	return hex.EncodeToString(sum[:])
}

func replace(text []byte, old, with string) []byte {
	return bytes.ReplaceAll(text, []byte(old), []byte(with))
}
