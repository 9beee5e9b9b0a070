package media

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guestprep/packer-plugin-guestprep/internal/run"
)

func TestWriteCD(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "answer.iso")
	files := []File{
		{Path: "Autounattend.xml", Data: []byte("<unattend/>")},
		{Path: "guestprep/open-winrm.cmd", Data: bytes.Repeat([]byte("rem line\r\n"), 1000)},
	}
	require.NoError(t, WriteCD(t.Context(), name, "GUESTPREP", files))

	info, err := os.Stat(name)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), "the answer file holds a password")
	require.Equal(t, []string{"answer.iso"}, names(t, dir), "nothing but the image may be left")
	for _, f := range files {
		require.Equal(t, f.Data, joliet(t, name, f.Path), f.Path)
	}
}

func TestWriteCDLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	err := WriteCD(t.Context(), filepath.Join(dir, "answer.iso"), "GUESTPREP", []File{{Path: "a"}, {Path: "a/b"}})
	require.Error(t, err)
	require.Empty(t, names(t, dir))
}

func TestFindToolSaysWhatToInstall(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := FindTool()
	require.ErrorContains(t, err, "install xorriso")
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// joliet reads a file by its Joliet name: that is the tree which Windows uses.
func joliet(t *testing.T, image, path string) []byte {
	t.Helper()
	out := filepath.Join(t.TempDir(), "extracted")
	_, err := run.Output(t.Context(), "xorriso", "-read_fs", "norock", "-osirrox", "on", "-indev", image,
		"-extract", "/"+path, out)
	require.NoError(t, err)
	data, err := os.ReadFile(out)
	require.NoError(t, err)
	return data
}
