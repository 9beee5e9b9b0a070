package glance

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	packersdk "github.com/hashicorp/packer-plugin-sdk/packer"

	"github.com/guestprep/packer-plugin-guestprep/internal/artifact"
	"github.com/guestprep/packer-plugin-guestprep/internal/diskimg"
)

// disk is the image file that a builder has left, and what Nova shall know of it.
type disk struct {
	path       string
	format     string // as qemu-img names it
	size       int64  // bytes, as the guest sees it
	properties map[string]string
}

// findDisk finds the disk in an artifact. Our own builders say all about it; of others there are only files.
func findDisk(ctx context.Context, a packersdk.Artifact) (disk, error) {
	ours, err := artifact.Read(a)
	if errors.Is(err, artifact.ErrForeign) {
		return findForeign(ctx, a)
	}
	if err != nil {
		return disk{}, err
	}
	return disk{path: ours.Path, format: ours.Format, size: ours.Size, properties: properties(ours)}, nil
}

// properties are what is known of a Windows 7 that our builders have made, in Nova's words.
func properties(d artifact.Disk) map[string]string {
	return map[string]string{
		"hw_disk_bus":      d.Bus,
		"hw_vif_model":     d.NIC,
		"hw_machine_type":  d.MachineType,
		"hw_firmware_type": "bios",
		"hw_video_model":   "vga",
		"os_type":          "windows",
		"os_distro":        "win7",
	}
}

// findForeign finds the one disk among an artifact's files.
func findForeign(ctx context.Context, a packersdk.Artifact) (disk, error) {
	files := a.Files()
	if len(files) == 0 {
		return disk{}, fmt.Errorf("the artifact of %s has no files, so there is no disk image to publish", a.BuilderId())
	}
	var found []disk
	for _, path := range files {
		info, err := diskimg.Inspect(ctx, path)
		if err != nil {
			return disk{}, err
		}
		if len(files) == 1 || isDisk(path, info.Format) {
			found = append(found, disk{path: path, format: info.Format, size: info.VirtualSize})
		}
	}
	if len(found) != 1 {
		return disk{}, fmt.Errorf("the artifact of %s has %d disk images; one is needed, in: %s", a.BuilderId(), len(found),
			strings.Join(files, ", "))
	}
	return found[0], nil
}

// isDisk tells a disk from the other files of an artifact. To qemu-img, everything that it does not know is raw.
func isDisk(path, format string) bool {
	return format != "raw" || slices.Contains([]string{".raw", ".img"}, filepath.Ext(path))
}
