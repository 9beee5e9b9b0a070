package guest

import (
	"fmt"
	"regexp"
	"strings"
)

var sha256Pattern = regexp.MustCompile(`^[0-9a-f]{64}$`)

// parseDigest finds the SHA-256 in what certutil -hashfile printed. Windows 7 writes it as pairs of digits with spaces
// between them, Windows 10 in one piece; the lines around it are in the guest's language.
func parseDigest(out string) (string, error) {
	for line := range strings.Lines(out) {
		if digest, ok := digestLine(line); ok {
			return digest, nil
		}
	}
	return "", fmt.Errorf("no SHA-256 in the output of certutil -hashfile:\n%s", lastLines(out))
}

// digestLine tells whether a line is nothing but a SHA-256.
func digestLine(line string) (string, bool) {
	digest := strings.ToLower(strings.Join(strings.Fields(line), ""))
	return digest, sha256Pattern.MatchString(digest)
}
