package glance

import (
	"bytes"
	"context"
	"crypto/sha512"
	"encoding/hex"
	"log"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	packersdk "github.com/hashicorp/packer-plugin-sdk/packer"
	"github.com/stretchr/testify/require"

	"github.com/guestprep/packer-plugin-guestprep/internal/artifact"
	"github.com/guestprep/packer-plugin-guestprep/internal/glance/glancetest"
)

const secret = "member-s3cret"

func TestPostProcess(t *testing.T) {
	server := glancetest.New(t, glancetest.Faults{})
	disk := installed(t, "qcow2")
	ui := &terminal{}

	p := configured(t, server, fields{
		"tags": []string{"sandbox"}, "min_ram": 1024,
		"properties": map[string]string{"os_distro": "win2k8r2", "hw_video_model": "", "build": "42"},
	})
	image, keep, mustKeep, err := p.PostProcess(t.Context(), ui, artifact.New("guestprep.qemu", disk))
	require.NoError(t, err)
	require.True(t, keep, "the disk is kept by default")
	require.False(t, mustKeep, "but keep_input_artifact decides")

	sum := sha512.Sum512(content())
	require.Len(t, server.Images(), 1)
	got := server.Images()[0]
	for key, want := range map[string]any{
		"id": image.Id(), "name": "SandboxImage", "visibility": "private", "disk_format": "raw", "min_disk": 1.0,
		"min_ram": 1024.0, "tags": []any{"sandbox"}, "hw_disk_bus": "ide", "hw_vif_model": "e1000",
		"hw_machine_type": "pc", "hw_firmware_type": "bios", "os_type": "windows", "os_distro": "win2k8r2",
		"build": "42", "os_hash_value": hex.EncodeToString(sum[:]),
	} {
		require.Equal(t, want, got[key], key)
	}
	require.NotContains(t, got, "hw_video_model")

	for _, want := range []string{
		"Logged in to " + server.URL, "Converting " + disk.Path + " from qcow2 to raw",
		"Converted 8 MiB (3 MiB of data) to raw in ", "Uploading 8 MiB to ", `as "SandboxImage"`, "Uploaded 8 MiB in ",
	} {
		require.Contains(t, ui.text(), want)
	}
	require.Len(t, ui.bars, 2)
	require.Equal(t, "win7.qcow2", ui.bars[0].name)
	require.Equal(t, "SandboxImage", ui.bars[1].name)
	for _, bar := range ui.bars {
		require.EqualValues(t, 8*mib, bar.total)
		require.EqualValues(t, 8*mib, bar.read)
		require.True(t, bar.closed)
	}
	require.Equal(t, BuilderID, image.BuilderId())
	require.Empty(t, image.Files())
	for _, want := range []string{`"SandboxImage"`, server.URL, image.Id(), "8388608 bytes", hex.EncodeToString(sum[:])} {
		require.Contains(t, image.String(), want)
	}
	requireOnly(t, disk.Path)

	require.NoError(t, image.Destroy())
	require.Equal(t, []string{image.Id()}, server.Deleted())
}

// A raw disk is uploaded as it is, and is not ours to remove. An artifact of another builder has no properties.
func TestPostProcessForeignRaw(t *testing.T) {
	server := glancetest.New(t, glancetest.Faults{})
	disk := installed(t, "raw")
	ui := &terminal{}
	foreign := &packersdk.MockArtifact{BuilderIdValue: "transcend.qemu", FilesValue: []string{disk.Path}}
	_, _, _, err := configured(t, server, nil).PostProcess(t.Context(), ui, foreign)
	require.NoError(t, err)
	require.NotContains(t, ui.text(), "Convert")
	require.NotContains(t, server.Images()[0], "os_type")
	requireOnly(t, disk.Path)
}

func TestFindForeign(t *testing.T) {
	dir := t.TempDir()
	first, second := filepath.Join(dir, "a.qcow2"), filepath.Join(dir, "b.raw")
	notes := filepath.Join(dir, "notes.txt")
	tool(t, "qemu-img", "create", "-q", "-f", "qcow2", first, "1M")
	tool(t, "qemu-img", "create", "-q", "-f", "raw", second, "1M")
	require.NoError(t, os.WriteFile(notes, []byte("how it was made"), 0o600))
	tests := []struct {
		name  string
		files []string
		want  string
		err   []string
	}{
		{name: "the disk among others", files: []string{notes, first}, want: first},
		{name: "a raw one", files: []string{second, notes}, want: second},
		{name: "two", files: []string{first, second}, err: []string{"2 disk images", first + ", " + second}},
		{name: "none", files: nil, err: []string{"artifact of packer.file has no files"}},
		{name: "gone", files: []string{filepath.Join(dir, "gone")}, err: []string{"gone", "No such file"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := &packersdk.MockArtifact{BuilderIdValue: "packer.file", FilesValue: test.files}
			if test.files == nil {
				a.FilesValue = []string{}
			}
			found, err := findDisk(t.Context(), a)
			for _, want := range test.err {
				require.ErrorContains(t, err, want)
			}
			require.Equal(t, test.want, found.path)
		})
	}
}

// Whatever goes wrong, one error says it, and neither an image nor a raw file is left.
func TestPostProcessFails(t *testing.T) {
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	tests := []struct {
		name   string
		ctx    context.Context
		faults glancetest.Faults
		path   string // of the programs
		want   []string
	}{
		{
			name: "wrong password", faults: glancetest.Faults{Login: http.StatusUnauthorized},
			want: []string{"identity_endpoint", "refuses the login of user \"member\""},
		},
		{
			name: "refused", faults: glancetest.Faults{Create: http.StatusForbidden}, want: []string{"403 Forbidden"},
		},
		{
			name: "cut", faults: glancetest.Faults{CutAfter: mib}, want: []string{"of 8388608 bytes"},
		},
		{
			name: "damaged on the way", faults: glancetest.Faults{Hash: "00ff"}, want: []string{"sha512 00ff"},
		},
		{name: "cancelled", ctx: cancelled, want: []string{"context canceled"}},
		{name: "no qemu-img", path: t.TempDir(), want: []string{"qemu-img", "qemu-utils"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := glancetest.New(t, test.faults)
			disk := installed(t, "qcow2")
			p := configured(t, server, nil)
			ui := &terminal{}
			logged := captureLog(t)
			if test.path != "" {
				t.Setenv("PATH", test.path)
			}
			if test.ctx == nil {
				test.ctx = t.Context()
			}
			result, _, _, err := p.PostProcess(test.ctx, ui, artifact.New("guestprep.qemu", disk))
			require.Error(t, err)
			require.Nil(t, result)
			for _, want := range test.want {
				require.ErrorContains(t, err, want)
			}
			require.Empty(t, server.Images())
			requireOnly(t, disk.Path)
			for _, text := range []string{err.Error(), ui.text(), logged.String()} {
				require.NotContains(t, text, secret)
			}
		})
	}
}

func configured(t *testing.T, server *glancetest.Server, more fields) *PostProcessor {
	t.Helper()
	p := &PostProcessor{}
	require.NoError(t, p.Configure(map[string]any(fields{
		"identity_endpoint": server.URL + "/v3", "username": "member", "password": secret, "project_name": "research",
		"image_name": "SandboxImage",
	}.with(more))))
	return p
}

// content is what the guest sees on the disk that installed makes.
func content() []byte {
	all := make([]byte, 8*mib)
	copy(all[mib:], bytes.Repeat([]byte{7}, 3*mib))
	return all
}

func installed(t *testing.T, format string) artifact.Disk {
	t.Helper()
	raw, path := filepath.Join(t.TempDir(), "content"), filepath.Join(t.TempDir(), "win7."+format)
	require.NoError(t, os.WriteFile(raw, content(), 0o600))
	tool(t, "qemu-img", "convert", "-f", "raw", "-O", format, raw, path)
	return artifact.Disk{Path: path, Format: format, Size: 8 * mib, Bus: "ide", NIC: "e1000", MachineType: "pc"}
}

func tool(t *testing.T, name string, args ...string) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput()
	require.NoError(t, err, "%s %v: %s", name, args, out)
}

// requireOnly checks that a file is the only one in its folder.
func requireOnly(t *testing.T, path string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, entries, 1, "%v", entries)
	require.Equal(t, filepath.Base(path), entries[0].Name())
}

// captureLog catches what PACKER_LOG=1 would show.
func captureLog(t *testing.T) *bytes.Buffer {
	t.Helper()
	logged, before := &bytes.Buffer{}, log.Writer()
	log.SetOutput(logged)
	t.Cleanup(func() { log.SetOutput(before) })
	return logged
}
