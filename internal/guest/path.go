package guest

import (
	"fmt"
	"regexp"
	"strings"
)

// maxPath is the longest path that Windows 7's programs take.
const maxPath = 259

var (
	pathPattern     = regexp.MustCompile(`^[A-Za-z]:(\\[A-Za-z0-9 ._()-]+)+$`)
	taskNamePattern = regexp.MustCompile(`^[A-Za-z0-9 ._-]+$`)
)

// CheckPath tells why a path cannot be given to cmd in the guest: it must be absolute, and made of characters that mean
// nothing to cmd, in a batch file as on its command line.
func CheckPath(path string) error {
	if !pathPattern.MatchString(path) {
		return fmt.Errorf(`%q is not an absolute path of letters, digits, spaces and ._()- such as C:\GuestAgent`, path)
	}
	if len(path) > maxPath {
		return fmt.Errorf("%q has %d characters, Windows 7 takes %d", path, len(path), maxPath)
	}
	for part := range strings.SplitSeq(path[len(`C:\`):], `\`) {
		if strings.TrimLeft(part, " ") != part || strings.TrimRight(part, " .") != part {
			return fmt.Errorf("%q: a name in it begins with a space, or ends with a space or a dot", path)
		}
	}
	return nil
}

// CheckTaskName tells why a scheduled task cannot have that name.
func CheckTaskName(name string) error {
	if !taskNamePattern.MatchString(name) || strings.TrimSpace(name) != name || strings.Trim(name, ".") == "" {
		return fmt.Errorf("%q is not a task name of letters, digits, spaces and ._-", name)
	}
	return nil
}

// CheckUser tells why an account of that name cannot be used: Windows refuses it, or cmd would not take it for a name.
func CheckUser(name string) error {
	const maxUser = 20
	if name == "" || len(name) > maxUser {
		return fmt.Errorf("%q is not an account name of 1 to %d characters", name, maxUser)
	}
	for _, r := range name {
		if r <= ' ' && r != ' ' || r > '~' || strings.ContainsRune("\"/\\[]:|<>+=;,?*%@^&!()'`", r) {
			return fmt.Errorf("%q: %q cannot be in the name of an account here", name, r)
		}
	}
	if strings.TrimSpace(name) != name || strings.TrimRight(name, ".") != name {
		return fmt.Errorf("%q begins or ends with a space or ends with a dot", name)
	}
	return nil
}
