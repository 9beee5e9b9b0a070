package qemu

import (
	"fmt"
	"regexp"
)

var versionText = regexp.MustCompile(`^QEMU emulator version (\d+\.\d+(?:\.\d+)?)`)

// parseVersion reads what "qemu-system-x86_64 --version" prints.
func parseVersion(out []byte) (string, error) {
	m := versionText.FindSubmatch(out)
	if m == nil {
		return "", fmt.Errorf("not QEMU's version: %.80q", out)
	}
	return string(m[1]), nil
}
