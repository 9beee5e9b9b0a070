package system

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"github.com/guestprep/packer-plugin-guestprep/test/standin/wine"
)

// Where things are in the running guest.
const (
	Disk   = "/disk" // the disk's file system; the CD's, during Setup
	Store  = Disk + "/standin"
	prefix = "/wp"
)

// mountPrefix puts what the disk has changed over the prefix of the medium: C: and the registry.
func mountPrefix() error {
	upper, work := filepath.Join(Store, "changed"), filepath.Join(Store, "work")
	for _, dir := range []string{upper, work} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return fmt.Errorf("mounting C: %w", err)
		}
	}
	options := "lowerdir=" + prefix + ",upperdir=" + upper + ",workdir=" + work
	if err := syscall.Mount("overlay", prefix, "overlay", 0, options); err != nil {
		return fmt.Errorf("mounting C: %w", err)
	}
	return nil
}

// MountCDs mounts all CDs and returns their folders, in the order of the drives.
func MountCDs() ([]string, error) {
	drives, err := filepath.Glob("/dev/sr[0-9]")
	if err != nil {
		return nil, err
	}
	var out []string
	for i, drive := range drives {
		dir := fmt.Sprintf("/media/cd%d", i)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, err
		}
		// norock: Windows reads Joliet. An empty drive is no error, but has a letter all the same.
		_ = syscall.Mount(drive, dir, "iso9660", syscall.MS_RDONLY, "norock,utf8")
		out = append(out, dir)
	}
	return out, nil
}

// letters gives C: to the disk and the letters from D: on to the CDs.
func letters(cds []string) (wine.Drives, error) {
	drives := wine.Drives{"c": filepath.Join(prefix, "drive_c")}
	for i, dir := range cds {
		letter := string(rune('d' + i))
		drives[letter] = dir
		link := filepath.Join(prefix, "dosdevices", letter+":")
		if err := os.Remove(link); err != nil && !os.IsNotExist(err) {
			return nil, fmt.Errorf("drive %s: %w", letter, err)
		}
		if err := os.Symlink(dir, link); err != nil {
			return nil, fmt.Errorf("drive %s: %w", letter, err)
		}
	}
	return drives, nil
}
