package diskimg

import "fmt"

// SpaceError tells that a file system is too full for what is to be written.
type SpaceError struct {
	Dir  string // a folder on that file system
	Need uint64 // bytes
	Free uint64 // bytes
}

func (e *SpaceError) Error() string {
	return fmt.Sprintf("not enough disk space in %s: %.1f GiB needed, %.1f GiB free; make room, or build in a folder "+
		"of another file system", e.Dir, gib(e.Need), gib(e.Free))
}

func gib(size uint64) float64 { return float64(size) / (1 << 30) }
