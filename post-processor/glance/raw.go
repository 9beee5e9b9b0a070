package glance

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	packersdk "github.com/hashicorp/packer-plugin-sdk/packer"

	"github.com/guestprep/packer-plugin-guestprep/internal/diskimg"
	"github.com/guestprep/packer-plugin-guestprep/internal/human"
)

// rawDisk is the raw form of a disk, open for reading.
type rawDisk struct {
	disk
	file      *os.File
	temporary string // the file's name, if it is to be removed
}

// openRaw opens a disk in raw form. Any other format is converted to a temporary file beside the disk.
func openRaw(ctx context.Context, ui packersdk.Ui, d disk) (*rawDisk, error) {
	raw := &rawDisk{disk: d}
	path := d.path
	if d.format != "raw" {
		var err error
		if path, err = convert(ctx, ui, d); err != nil {
			return nil, err
		}
		raw.temporary = path
	}
	if err := raw.open(path); err != nil {
		return nil, errors.Join(fmt.Errorf("open the raw disk: %w", err), raw.Close())
	}
	return raw, nil
}

// open opens the file. Its size may be more than the disk's, by a part of a sector; it is what will be sent.
func (r *rawDisk) open(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	r.file = file
	info, err := file.Stat()
	if err != nil {
		return err
	}
	r.size = info.Size()
	return nil
}

// Close closes the file, and removes it if it was made for this.
func (r *rawDisk) Close() error {
	var err error
	if r.file != nil {
		err = r.file.Close()
	}
	if r.temporary != "" {
		err = errors.Join(err, os.Remove(r.temporary))
	}
	return err
}

func convert(ctx context.Context, ui packersdk.Ui, d disk) (string, error) {
	path, err := emptyFile(d.path)
	if err != nil {
		return "", err
	}
	ui.Sayf("Converting %s from %s to raw", d.path, d.format)
	start := time.Now()
	bar := newBar(ui, filepath.Base(d.path), d.size)
	err = diskimg.ConvertRaw(ctx, d.path, d.format, path, func(percent float64) {
		bar.set(int64(percent / 100 * float64(d.size)))
	})
	bar.close()
	if err != nil {
		return "", err
	}
	data, err := diskimg.DataSize(ctx, path, "raw")
	if err != nil {
		return "", errors.Join(err, os.Remove(path))
	}
	ui.Sayf("Converted %s (%s of data) to raw in %s", human.Size(d.size), human.Size(data), human.Since(start))
	return path, nil
}

// emptyFile makes a file for the raw form of a disk, in the same folder: there was room for the disk, and it is known
// to the user.
func emptyFile(disk string) (string, error) {
	file, err := os.CreateTemp(filepath.Dir(disk), filepath.Base(disk)+".*.raw")
	if err != nil {
		return "", fmt.Errorf("make a file for the raw disk: %w", err)
	}
	return file.Name(), file.Close()
}
