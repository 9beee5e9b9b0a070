// Package diskimg makes, inspects and converts disk images with qemu-img.
package diskimg

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strconv"

	"github.com/guestprep/packer-plugin-guestprep/internal/run"
)

const tool = "qemu-img"

// Check finds out whether the program that does the work is there.
func Check() error {
	_, err := run.Look(tool, "Debian and Ubuntu have it in the package qemu-utils")
	return err
}

// Create makes an empty image of size bytes. An existing file is overwritten.
func Create(ctx context.Context, path, format string, size int64) error {
	path, err := filepath.Abs(path)
	if err == nil {
		err = qemuImg(ctx, io.Discard, "create", "-q", "-f", format, path, strconv.FormatInt(size, 10))
	}
	if err != nil {
		return fmt.Errorf("create disk image %s: %w", path, err)
	}
	return nil
}

// qemuImg runs qemu-img and copies its stdout to w. Paths must be absolute: in "a:b.qcow2" qemu-img takes "a" for a
// protocol, and in "-b.qcow2" the "-b" for an option.
func qemuImg(ctx context.Context, w io.Writer, args ...string) error {
	if err := Check(); err != nil {
		return err
	}
	return run.Stream(ctx, w, tool, args...)
}
