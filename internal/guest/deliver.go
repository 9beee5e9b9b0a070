package guest

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/guestprep/packer-plugin-guestprep/internal/payload"
)

// Delivery is a file for the guest and its place there.
type Delivery struct {
	Item payload.Item
	Dest string // absolute, printable ASCII without " and |; other than Fetch's it may contain what cmd acts on
}

// Deliver makes the guest fetch many files with few commands, and checks each in the guest.
func (s *Session) Deliver(ctx context.Context, files []Delivery) error {
	if err := s.Put(ctx, pullList(files), workDir+`\pull.txt`); err != nil {
		return err
	}
	if err := s.Put(ctx, pullScript, workDir+`\pull.cmd`); err != nil {
		return err
	}
	result, err := s.Run(ctx, workDir+`\pull.cmd`)
	if err != nil {
		return fmt.Errorf("fetch %d files into the guest: %w", len(files), err)
	}
	found := parsePull(result.Stdout)
	for _, file := range files {
		digest, ok := found[file.Item.URL]
		if !ok {
			return fmt.Errorf("fetch %d files into the guest: %s did not arrive\n%s", len(files), file.Dest, lastLines(result.Stdout+result.Stderr))
		}
		if digest != file.Item.SHA256 {
			return &DigestError{File: file.Dest, Want: file.Item.SHA256, Found: digest}
		}
	}
	return nil
}

// pullList is what pull.cmd reads.
func pullList(files []Delivery) []byte {
	var list bytes.Buffer
	for _, file := range files {
		fmt.Fprintf(&list, "%s|%s|%s\r\n", file.Item.URL, folder(file.Dest), file.Dest)
	}
	return list.Bytes()
}

// parsePull reads what pull.cmd printed: a line with the file's address, then the output of certutil -hashfile.
func parsePull(out string) map[string]string {
	digests := map[string]string{}
	url := ""
	for line := range strings.Lines(out) {
		if rest, ok := strings.CutPrefix(line, "file "); ok {
			url = strings.TrimSpace(rest)
			continue
		}
		if digest, ok := digestLine(line); ok && url != "" {
			digests[url] = digest
			url = ""
		}
	}
	return digests
}
