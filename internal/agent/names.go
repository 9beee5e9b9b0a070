package agent

import (
	"archive/zip"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// maxName is how long a file's name may be with its folders, so that it fits into a path of Windows 7 (259 characters)
// below any reasonable folder.
const maxName = 200

// device is a name that Windows takes for a device in every folder, whatever its extension.
var device = regexp.MustCompile(`(?i)^(con|prn|aux|nul|conin\$|conout\$|com[0-9]|lpt[0-9])\s*(\..*)?$`)

// nameSet holds the names of an archive in lower case, as Windows tells them apart: true is a file, false a folder.
type nameSet map[string]bool

// add checks an entry's name and returns it as a path relative to the agent's folder. A folder's ends in a backslash.
func (s *nameSet) add(entry *zip.File) (string, error) {
	// Some packers for Windows write backslashes, against the format's rules.
	name := strings.ReplaceAll(entry.Name, `\`, "/")
	path := strings.TrimSuffix(name, "/")
	isFile := path == name
	if err := checkName(path); err != nil {
		return "", err
	}
	if err := s.claim(strings.ToLower(path), isFile); err != nil {
		return "", err
	}
	return strings.ReplaceAll(name, "/", `\`), nil
}

// claim records a path and the folders it is in.
func (s *nameSet) claim(path string, isFile bool) error {
	if *s == nil {
		*s = nameSet{}
	}
	known, ok := (*s)[path]
	switch {
	case ok && isFile && known:
		return errors.New("a second file has this name, but for upper and lower case")
	case ok && isFile != known:
		return errors.New("it is a file and a folder at once")
	}
	(*s)[path] = isFile
	if i := strings.LastIndexByte(path, '/'); i >= 0 {
		return s.claim(path[:i], false)
	}
	return nil
}

func checkName(path string) error {
	if len(path) > maxName {
		return fmt.Errorf("its name has %d characters, more than %d", len(path), maxName)
	}
	for part := range strings.SplitSeq(path, "/") {
		if err := checkPart(part); err != nil {
			return err
		}
	}
	return nil
}

func checkPart(part string) error {
	switch {
	case part == "":
		return errors.New("its name is an absolute path, or has an empty part")
	case part == "." || part == "..":
		return errors.New("its name leads out of the agent's folder, or nowhere")
	case strings.TrimLeft(part, " ") != part || strings.TrimRight(part, " .") != part:
		return fmt.Errorf("%q begins with a space, or ends with a space or a dot: Windows would change it", part)
	case device.MatchString(part):
		return fmt.Errorf("%q is the name of a device on Windows", part)
	}
	for _, r := range part {
		switch {
		case r < ' ' || r == 0x7F || strings.ContainsRune(`<>:"|?*`, r):
			return fmt.Errorf("%q cannot be in a file name of Windows", r)
		case r > '~':
			return fmt.Errorf("%q is not in ASCII: the guest's cmd would read it in its own code page; rename the file", r)
		}
	}
	return nil
}
