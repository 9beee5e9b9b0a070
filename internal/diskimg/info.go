package diskimg

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
)

// Info is what qemu-img tells of an image.
type Info struct {
	Format      string // as qemu-img names it: qcow2, raw, vdi, …
	VirtualSize int64  // bytes, as a guest sees it
}

// Inspect tells what an image is. An overlay is refused: it is not whole without its backing file.
//
// A file whose format qemu-img does not know is raw to it. So where the format is known already, do not ask: a guest
// can write another format's header into a raw disk.
func Inspect(ctx context.Context, path string) (Info, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return Info{}, fmt.Errorf("inspect disk image %s: %w", path, err)
	}
	var out bytes.Buffer
	if err := qemuImg(ctx, &out, "info", "--output=json", path); err != nil {
		return Info{}, fmt.Errorf("inspect disk image %s: %w", path, err)
	}
	info, err := parseInfo(out.Bytes())
	if err != nil {
		return Info{}, fmt.Errorf("inspect disk image %s: %w", path, err)
	}
	return info, nil
}

func parseInfo(out []byte) (Info, error) {
	var answer struct {
		Format      string `json:"format"`
		VirtualSize int64  `json:"virtual-size"`
		BackingFile string `json:"backing-filename"`
	}
	if err := json.Unmarshal(out, &answer); err != nil {
		return Info{}, fmt.Errorf("answer of qemu-img info: %w", err)
	}
	if answer.Format == "" || answer.VirtualSize <= 0 {
		return Info{}, fmt.Errorf("answer of qemu-img info has no format or no size: %s", out)
	}
	if answer.BackingFile != "" {
		return Info{}, fmt.Errorf(
			"it is an overlay of %s; make a whole image of it first, with qemu-img convert", answer.BackingFile)
	}
	return Info{Format: answer.Format, VirtualSize: answer.VirtualSize}, nil
}

// DataSize is how many bytes of an image hold data: what its raw form takes on a disk, holes left out.
func DataSize(ctx context.Context, path, format string) (int64, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return 0, fmt.Errorf("measure disk image %s: %w", path, err)
	}
	var out bytes.Buffer
	if err := qemuImg(ctx, &out, "map", "--output=json", "-f", format, path); err != nil {
		return 0, fmt.Errorf("measure disk image %s: %w", path, err)
	}
	size, err := parseMap(out.Bytes())
	if err != nil {
		return 0, fmt.Errorf("measure disk image %s: %w", path, err)
	}
	return size, nil
}

func parseMap(out []byte) (int64, error) {
	var extents []struct {
		Length int64 `json:"length"`
		Zero   bool  `json:"zero"`
		Data   bool  `json:"data"`
	}
	if err := json.Unmarshal(out, &extents); err != nil {
		return 0, fmt.Errorf("answer of qemu-img map: %w", err)
	}
	var size int64
	for _, e := range extents {
		if e.Data && !e.Zero {
			size += e.Length
		}
	}
	return size, nil
}
