package openstack_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	packersdk "github.com/hashicorp/packer-plugin-sdk/packer"
	"github.com/stretchr/testify/require"

	"github.com/guestprep/packer-plugin-guestprep/internal/artifact"
	post "github.com/guestprep/packer-plugin-guestprep/post-processor/glance"
	"github.com/guestprep/packer-plugin-guestprep/test/openstack"
)

// The image in Glance's store must be, byte for byte, the raw form of the disk that was built.
func TestPostProcessor(t *testing.T) {
	cloud := openstack.Up(t)
	t.Setenv("OS_CLIENT_CONFIG_FILE", cloud.ClientConfigFile)
	dir := t.TempDir()
	disk, raw := filepath.Join(dir, "disk", "win7.qcow2"), filepath.Join(dir, "want.raw")
	require.NoError(t, os.Mkdir(filepath.Dir(disk), 0o700))
	run(t, "qemu-img", "create", "-q", "-f", "qcow2", disk, "256M")
	run(t, "qemu-io", "-c", "write -P 85 0 512", "-c", "write -P 7 5M 20M", "-c", "write -P 9 255M 1M", disk)
	run(t, "qemu-img", "convert", "-f", "qcow2", "-O", "raw", disk, raw)

	var p post.PostProcessor
	require.NoError(t, p.Configure(map[string]any{
		"cloud": cloud.CloudName, "image_name": "SandboxImage", "visibility": "public", "tags": []string{"sandbox"},
	}))
	image, _, _, err := p.PostProcess(t.Context(), packersdk.TestUi(t), artifact.New("guestprep.qemu", artifact.Disk{
		Path: disk, Format: "qcow2", Size: 256 * mib, Bus: "ide", NIC: "e1000", MachineType: "pc",
	}))
	require.NoError(t, err)

	want, err := os.ReadFile(raw)
	require.NoError(t, err)
	got, err := os.ReadFile(filepath.Join(cloud.Dir, "store", image.Id()))
	require.NoError(t, err)
	require.True(t, bytes.Equal(want, got), "the image in the store is not the raw form of the disk")
	left, err := os.ReadDir(filepath.Dir(disk))
	require.NoError(t, err)
	require.Len(t, left, 1, "the disk must be alone again: %v", left)

	require.NoError(t, image.Destroy())
	require.Empty(t, stored(t, cloud))
}

func run(t *testing.T, name string, args ...string) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput()
	require.NoError(t, err, "%s %v: %s", name, args, out)
}
