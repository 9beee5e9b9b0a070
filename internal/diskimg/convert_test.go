package diskimg

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestConvertRaw(t *testing.T) {
	for _, format := range []string{"qcow2", "raw", "vdi", "vmdk"} {
		t.Run(format, func(t *testing.T) {
			dir := t.TempDir()
			src, dst := filepath.Join(dir, "src"), filepath.Join(dir, "dst.raw")
			require.NoError(t, Create(t.Context(), src, format, 64*mib))
			tools(t, "qemu-io", "-f", format, "-c", "write -P 7 0 3M", "-c", "write -P 9 40M 1M", src)

			var seen []float64
			require.NoError(t, ConvertRaw(t.Context(), src, format, dst, func(p float64) { seen = append(seen, p) }))

			want := make([]byte, 64*mib)
			copy(want, bytes.Repeat([]byte{7}, 3*mib))
			copy(want[40*mib:], bytes.Repeat([]byte{9}, mib))
			got, err := os.ReadFile(dst)
			require.NoError(t, err)
			require.True(t, bytes.Equal(want, got), "the raw file is not what was written to the disk")
			data, err := DataSize(t.Context(), dst, "raw")
			require.NoError(t, err)
			require.EqualValues(t, 4*mib, data, "the rest must be holes")
			require.NotEmpty(t, seen)
			require.IsNonDecreasing(t, seen)
			require.InDelta(t, 100, seen[len(seen)-1], 0.001)
		})
	}
}

func TestConvertRawFails(t *testing.T) {
	dir := t.TempDir()
	src, dst := filepath.Join(dir, "src.qcow2"), filepath.Join(dir, "dst.raw")
	require.NoError(t, Create(t.Context(), src, "qcow2", mib))
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()

	tests := []struct {
		name   string
		ctx    context.Context
		format string
		dst    string
		want   string
	}{
		{name: "cancelled", ctx: cancelled, format: "qcow2", dst: dst, want: "context canceled"},
		{name: "not what it is said to be", ctx: t.Context(), format: "vdi", dst: dst, want: "src.qcow2"},
		{
			name: "no such folder", ctx: t.Context(), format: "qcow2", dst: filepath.Join(dir, "none", "dst.raw"),
			want: "no such file or directory",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := ConvertRaw(test.ctx, src, test.format, test.dst, nil)
			require.ErrorContains(t, err, test.want)
			require.NoFileExists(t, test.dst)
		})
	}
}

// An image that is damaged towards its end: what was written until then must go, and qemu-img's own words must come out
// of its progress display.
func TestConvertRawRemovesHalf(t *testing.T) {
	dir := t.TempDir()
	whole, src, dst := filepath.Join(dir, "whole.raw"), filepath.Join(dir, "src.qcow2"), filepath.Join(dir, "dst.raw")
	require.NoError(t, Create(t.Context(), whole, "raw", 64*mib))
	tools(t, "qemu-io", "-f", "raw", "-c", "write -P 7 0 64M", whole)
	tools(t, "qemu-img", "convert", "-c", "-m", "1", "-f", "raw", "-O", "qcow2", whole, src)
	spoilEnd(t, src)

	halfway := false
	err := ConvertRaw(t.Context(), src, "qcow2", dst, func(p float64) { halfway = halfway || p > 0 })
	require.ErrorContains(t, err, "qemu-img: error while reading")
	require.NotContains(t, err.Error(), "/100%")
	require.True(t, halfway, "the conversion did not come as far as this test wants it to")
	require.NoFileExists(t, dst)
}

// spoilEnd overwrites the last compressed clusters of an image.
func spoilEnd(t *testing.T, path string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	require.NoError(t, err)
	info, err := f.Stat()
	require.NoError(t, err)
	junk := bytes.Repeat([]byte{0xff}, 512)
	_, err = f.WriteAt(junk, info.Size()-int64(len(junk)))
	require.NoError(t, err)
	require.NoError(t, f.Close())
}

// Nothing can be written to the kernel's own file system: it has no space at all.
func TestConvertRawWithoutSpace(t *testing.T) {
	src := filepath.Join(t.TempDir(), "src.qcow2")
	require.NoError(t, Create(t.Context(), src, "qcow2", 64*mib))
	tools(t, "qemu-io", "-c", "write -P 7 0 3M", src)

	err := ConvertRaw(t.Context(), src, "qcow2", "/sys/dst.raw", nil)
	var full *SpaceError
	require.ErrorAs(t, err, &full)
	require.Equal(t, SpaceError{Dir: "/sys", Need: 3 * mib, Free: 0}, *full)
	require.ErrorContains(t, err, "src.qcow2")
	require.ErrorContains(t, err, "not enough disk space in /sys")
}
