package diskimg

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/guestprep/packer-plugin-guestprep/internal/run"
)

// holeSize is the smallest run of zeroes that becomes a hole in the raw file: a file system's block.
const holeSize = "4k"

// ConvertRaw writes the raw form of the image src to the new file dst, with holes where src has only zeroes.
// It calls progress, if there is one, with the percentage done. If anything fails, dst is removed.
func ConvertRaw(ctx context.Context, src, format, dst string, progress func(percent float64)) error {
	if err := convertRaw(ctx, src, format, dst, progress); err != nil {
		return fmt.Errorf("convert disk image %s to raw: %w", src, errors.Join(err, removeIfThere(dst)))
	}
	return nil
}

func convertRaw(ctx context.Context, src, format, dst string, progress func(float64)) error {
	src, err := filepath.Abs(src)
	if err != nil {
		return err
	}
	dst, err = filepath.Abs(dst)
	if err != nil {
		return err
	}
	if err := checkSpace(ctx, src, format, filepath.Dir(dst)); err != nil {
		return err
	}
	w := &percentWriter{report: progress}
	err = qemuImg(ctx, w, "convert", "-p", "-f", format, "-O", "raw", "-S", holeSize, src, dst)
	return withoutPercents(err)
}

// checkSpace refuses a conversion that cannot end well, before it fills the disk.
func checkSpace(ctx context.Context, src, format, dir string) error {
	need, err := DataSize(ctx, src, format)
	if err != nil {
		return err
	}
	free, err := FreeSpace(dir)
	if err != nil {
		return err
	}
	if uint64(need) > free {
		return &SpaceError{Dir: dir, Need: uint64(need), Free: free}
	}
	return nil
}

// withoutPercents takes the progress display out of what a failed qemu-img last said.
func withoutPercents(err error) error {
	var failed *run.Error
	if !errors.As(err, &failed) {
		return err
	}
	cleaned := *failed
	cleaned.Tail = dropPercents(failed.Tail)
	return &cleaned
}

func removeIfThere(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
