package diskimg

import (
	"fmt"

	"golang.org/x/sys/windows"
)

// FreeSpace is how many bytes the current user can still write to the file system of the folder dir.
func FreeSpace(dir string) (uint64, error) {
	name, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return 0, fmt.Errorf("free space in %s: %w", dir, err)
	}
	var free uint64
	if err := windows.GetDiskFreeSpaceEx(name, &free, nil, nil); err != nil {
		return 0, fmt.Errorf("free space in %s: %w", dir, err)
	}
	return free, nil
}
