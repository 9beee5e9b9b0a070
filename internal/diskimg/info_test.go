package diskimg

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

const mib = 1 << 20

func TestCreateAndInspect(t *testing.T) {
	for _, format := range []string{"qcow2", "raw", "vdi", "vmdk"} {
		t.Run(format, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "a:disk")
			require.NoError(t, Create(t.Context(), path, format, 64*mib))
			info, err := Inspect(t.Context(), path)
			require.NoError(t, err)
			require.Equal(t, Info{Format: format, VirtualSize: 64 * mib}, info)
		})
	}
}

func TestInspectRefuses(t *testing.T) {
	dir := t.TempDir()
	base, overlay := filepath.Join(dir, "base.qcow2"), filepath.Join(dir, "overlay.qcow2")
	require.NoError(t, Create(t.Context(), base, "qcow2", mib))
	tools(t, "qemu-img", "create", "-q", "-f", "qcow2", "-b", base, "-F", "qcow2", overlay)
	empty := filepath.Join(dir, "empty")
	require.NoError(t, os.WriteFile(empty, nil, 0o600))

	tests := []struct {
		name string
		path string
		want []string
	}{
		{name: "no file", path: filepath.Join(dir, "none.qcow2"), want: []string{"none.qcow2", "No such file"}},
		{name: "an overlay", path: overlay, want: []string{"overlay.qcow2", "overlay of " + base, "qemu-img convert"}},
		{name: "an empty file", path: empty, want: []string{"empty", "no size"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Inspect(t.Context(), test.path)
			for _, want := range test.want {
				require.ErrorContains(t, err, want)
			}
		})
	}
}

func TestMissingTool(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	err := Create(t.Context(), "disk.qcow2", "qcow2", mib)
	require.ErrorIs(t, err, exec.ErrNotFound)
	require.ErrorContains(t, err, "qemu-img")
	require.ErrorContains(t, err, "qemu-utils")
}

func TestDataSize(t *testing.T) {
	path := filepath.Join(t.TempDir(), "disk.qcow2")
	require.NoError(t, Create(t.Context(), path, "qcow2", 64*mib))
	tools(t, "qemu-io", "-c", "write -P 7 0 3M", "-c", "write -P 9 40M 1M", path)
	size, err := DataSize(t.Context(), path, "qcow2")
	require.NoError(t, err)
	require.EqualValues(t, 4*mib, size)
}

// tools runs one of QEMU's own programs to prepare a test.
func tools(t *testing.T, name string, args ...string) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput()
	require.NoError(t, err, "%s %v: %s", name, args, out)
}
