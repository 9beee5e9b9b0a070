//go:build unix

package diskimg

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// FreeSpace is how many bytes the current user can still write to the file system of the folder dir.
func FreeSpace(dir string) (uint64, error) {
	var fs unix.Statfs_t
	if err := unix.Statfs(dir, &fs); err != nil {
		return 0, fmt.Errorf("free space in %s: %w", dir, err)
	}
	return uint64(fs.Bavail) * uint64(fs.Bsize), nil
}
