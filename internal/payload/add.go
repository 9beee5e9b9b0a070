package payload

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// DigestError says that a file is not the one that was asked for.
type DigestError struct {
	File  string
	Want  string // SHA-256 in hex, as it was given
	Found string
}

func (e *DigestError) Error() string {
	return fmt.Sprintf("%s has the SHA-256 %s, wanted %s: it is another file, or was not downloaded completely", e.File, e.Found, e.Want)
}

// AddFile serves a file from where it is. If want is not empty, the file must have that SHA-256, else the error is of
// type *DigestError.
func (s *Server) AddFile(path, want string) (Item, error) {
	file, err := os.Open(path)
	if err != nil {
		return Item{}, fmt.Errorf("serve to the guest: %w", err)
	}
	defer file.Close()
	size, found, err := digest(io.Discard, file)
	if err != nil {
		return Item{}, fmt.Errorf("read %s: %w", path, err)
	}
	if want != "" && !strings.EqualFold(want, found) {
		return Item{}, &DigestError{File: path, Want: want, Found: found}
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return Item{}, fmt.Errorf("serve %s to the guest: %w", path, err)
	}
	return Item{URL: s.base + s.publish(absolute), Size: size, SHA256: found}, nil
}

// AddReader stores what it reads and serves that.
func (s *Server) AddReader(r io.Reader) (Item, error) {
	file, err := os.CreateTemp(s.dir, "")
	if err != nil {
		return Item{}, fmt.Errorf("store a file for the guest: %w", err)
	}
	defer file.Close()
	size, found, err := digest(file, r)
	if err != nil {
		return Item{}, fmt.Errorf("store a file for the guest: %w", err)
	}
	if err := file.Close(); err != nil {
		return Item{}, fmt.Errorf("store a file for the guest: %w", err)
	}
	return Item{URL: s.base + s.publish(file.Name()), Size: size, SHA256: found}, nil
}

// publish makes a file reachable and returns its path below the server's base. Names are numbers: no file name has to
// survive a URL, a command line and a code page.
func (s *Server) publish(path string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := "/" + strconv.Itoa(len(s.files)+1)
	s.files[s.root+name] = path
	return name
}

// digest copies r to w and returns how much there was and its SHA-256.
func digest(w io.Writer, r io.Reader) (int64, string, error) {
	hash := sha256.New()
	size, err := io.Copy(io.MultiWriter(w, hash), r)
	return size, hex.EncodeToString(hash.Sum(nil)), err
}
