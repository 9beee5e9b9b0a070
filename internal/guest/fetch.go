package guest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/guestprep/packer-plugin-guestprep/internal/payload"
)

// DigestError says that a file arrived in the guest with other content than it was sent with.
type DigestError struct {
	File  string // in the guest
	Want  string // SHA-256 in hex
	Found string
}

func (e *DigestError) Error() string {
	return fmt.Sprintf("%s arrived in the guest with the SHA-256 %s, sent was %s", e.File, e.Found, e.Want)
}

// Fetch makes the guest download a file that the host serves, and checks in the guest that it arrived whole. The folder
// of dest is made if need be. It costs one command, however large the file is.
func (s *Session) Fetch(ctx context.Context, item payload.Item, dest string) error {
	if err := CheckPath(dest); err != nil {
		return fmt.Errorf("fetch into the guest: %w", err)
	}
	line := fmt.Sprintf(`(if not exist "%[1]s" md "%[1]s") & certutil -urlcache -split -f %[2]s "%[3]s" && %[4]s`,
		folder(dest), item.URL, dest, hashCommand(dest))
	result, err := s.Run(ctx, line)
	if err != nil {
		return fmt.Errorf("fetch %s into the guest: %w", dest, err)
	}
	return compare(dest, item.SHA256, result.Stdout)
}

// Put writes a small file in the guest.
func (s *Session) Put(ctx context.Context, content []byte, dest string) error {
	if s.server == nil {
		return s.upload(ctx, content, dest)
	}
	item, err := s.server.AddReader(bytes.NewReader(content))
	if err != nil {
		return err
	}
	return s.Fetch(ctx, item, dest)
}

// upload writes a file through the communicator, which does not tell whether the content arrived.
func (s *Session) upload(ctx context.Context, content []byte, dest string) error {
	if err := CheckPath(dest); err != nil {
		return fmt.Errorf("upload into the guest: %w", err)
	}
	done := make(chan error, 1)
	go func() { done <- s.comm.Upload(dest, bytes.NewReader(content), nil) }()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case err := <-done:
		if err != nil {
			return fmt.Errorf("upload %s into the guest: %w", dest, err)
		}
	}
	result, err := s.Run(ctx, hashCommand(dest))
	if err != nil {
		return fmt.Errorf("upload %s into the guest: %w", dest, err)
	}
	sum := sha256.Sum256(content)
	return compare(dest, hex.EncodeToString(sum[:]), result.Stdout)
}

func hashCommand(path string) string { return fmt.Sprintf(`certutil -hashfile "%s" SHA256`, path) }

// compare reads the output of hashCommand.
func compare(path, want, out string) error {
	found, err := parseDigest(out)
	if err != nil {
		return fmt.Errorf("check %s in the guest: %w", path, err)
	}
	if found != want {
		return &DigestError{File: path, Want: want, Found: found}
	}
	return nil
}

// folder is the path of the folder that path is in.
func folder(path string) string { return path[:strings.LastIndex(path, `\`)] }
