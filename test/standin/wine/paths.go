// Package wine runs Windows programs in the guest and gives the daemon access to what they see: files by their Windows paths,
// and the live registry.
package wine

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Drives maps a lower-case drive letter to the folder that holds the drive's files.
type Drives map[string]string

// Resolve finds the Unix path of a Windows path, in any case, relative to the Windows folder cwd. Parts that do not exist are
// taken as written, so the result may be used to create a file.
func (d Drives) Resolve(cwd, path string) (string, error) {
	path = strings.ReplaceAll(path, "/", `\`)
	switch {
	case len(path) >= 2 && path[1] == ':':
	case strings.HasPrefix(path, `\`) && len(cwd) >= 2:
		path = cwd[:2] + path
	default:
		path = strings.TrimRight(cwd, `\`) + `\` + path
	}
	if len(path) < 2 || path[1] != ':' {
		return "", fmt.Errorf("path %q has no drive", path)
	}
	dir, ok := d[strings.ToLower(path[:1])]
	if !ok {
		return "", fmt.Errorf("path %q: the system cannot find the drive specified", path)
	}
	var parts []string
	for _, part := range strings.Split(path[2:], `\`) {
		switch part {
		case "", ".":
		case "..":
			parts = parts[:max(0, len(parts)-1)]
		default:
			parts = append(parts, part)
		}
	}
	for _, part := range parts {
		dir = filepath.Join(dir, fold(dir, part))
	}
	return dir, nil
}

// fold finds the name as it is spelled in the folder.
func fold(dir, name string) string {
	if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
		return name
	}
	entries, _ := os.ReadDir(dir) // a folder that does not exist has no spelling to find
	for _, e := range entries {
		if strings.EqualFold(e.Name(), name) {
			return e.Name()
		}
	}
	return name
}
