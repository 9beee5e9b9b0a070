package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guestprep/packer-plugin-guestprep/test/openstack"
)

// TestMistakes makes the mistakes that users make. Each must give one error that names the field, exit status 1, and
// leave nothing behind.
func TestMistakes(t *testing.T) {
	cloud := openstack.Up(t)
	tests := []struct {
		name string
		vars []string // of the example, beside the right ones; the last one counts
		env  func(t *testing.T) []string
		want string
	}{
		{
			name: "wrong ISO path", vars: []string{"iso_url=no-such.iso"},
			want: "iso_url: no-such.iso: no such file: give the path or URL of a Windows 7 SP1 installation ISO",
		},
		{
			name: "wrong checksum", vars: []string{"iso_checksum=sha256:" + strings.Repeat("0", 64)},
			want: "iso_url, iso_checksum: error downloading ISO: [Checksums did not match",
		},
		{
			name: "missing qemu", env: pathWithout("qemu-system-x86_64"),
			want: "qemu-system-x86_64: not found in PATH (qemu_binary; Debian: apt-get install qemu-system-x86 qemu-utils)",
		},
		{
			name: "unknown cloud", vars: []string{"cloud=nowhere"},
			want: `cloud: "nowhere" is not in`,
		},
		{
			name: "wrong installer", vars: []string{"dotnet_sha256=" + strings.Repeat("0", 64)},
			want: "package 1: sha256 =",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newPacker(t, "OS_CLIENT_CONFIG_FILE="+cloud.ClientConfigFile)
			if tt.env != nil {
				p.env = append(p.env, tt.env(t)...)
			}
			args := exampleArgs(t, cloud)
			template := args[len(args)-1]
			args = args[:len(args)-1]
			for _, v := range tt.vars {
				args = append(args, "-var", v)
			}
			require.Equal(t, 1, p.run(t, append(args, template)...))
			require.Contains(t, p.output.String(), tt.want)
			require.NotContains(t, p.output.String(), "Installing Windows", "the mistake must be found before the long part")
			p.leavesNothing(t)
		})
	}
	require.Empty(t, listImages(t, cloud), "in the cloud")
}

// pathWithout returns a PATH in which everything the build needs is found, but for one program.
func pathWithout(missing string) func(t *testing.T) []string {
	return func(t *testing.T) []string {
		t.Helper()
		dir := t.TempDir()
		for _, name := range []string{"xorriso", "qemu-img", "qemu-system-x86_64"} {
			path, err := exec.LookPath(name)
			require.NoError(t, err)
			if name != missing {
				require.NoError(t, os.Symlink(path, filepath.Join(dir, name)))
			}
		}
		return []string{"PATH=" + dir}
	}
}

// TestGlanceDown has only the post-processor work, behind Packer's own file builder, as in other people's pipelines.
func TestGlanceDown(t *testing.T) {
	cloud := openstack.Up(t)
	p := newPacker(t, "OS_CLIENT_CONFIG_FILE="+cloud.ClientConfigFile)
	disk := filepath.Join(p.dir, "disk.qcow2")
	out, err := exec.CommandContext(t.Context(), "qemu-img", "create", "-q", "-f", "qcow2", disk, "64M").CombinedOutput()
	require.NoError(t, err, string(out))
	template := []string{
		"build", "-color=false", "-var", "disk=" + disk, "-var", "cloud=" + cloud.MemberCloudName,
		filepath.Join(built.root, "test", "e2e", "testdata", "publish.pkr.hcl"),
	}
	require.Zero(t, p.run(t, template...), "with Glance up")
	require.Len(t, listImages(t, cloud), 1)

	cloud.KillGlance(t)
	require.Equal(t, 1, p.run(t, template...), "with Glance down")
	require.Contains(t, p.output.String(), "Glance at http://127.0.0.1:")
	require.Contains(t, p.output.String(), "connection refused")
	raws, err := filepath.Glob(filepath.Join(p.dir, "*.raw"))
	require.NoError(t, err)
	require.Empty(t, raws, "the raw copy of the disk")
	require.FileExists(t, disk, "the input is the user's")
}
