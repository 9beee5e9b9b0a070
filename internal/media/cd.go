// Package media writes the answer CD that goes into the guest's second drive.
package media

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/guestprep/packer-plugin-guestprep/internal/run"
)

// File is a file on a CD.
type File struct {
	Path string // with slashes, from the root; names of at most 64 characters, which is what Joliet holds
	Data []byte
}

// masterers are the programs that write a CD image, all with mkisofs' options, in order of preference.
var masterers = [][]string{{"xorriso", "-as", "mkisofs"}, {"genisoimage"}, {"mkisofs"}}

// FindTool returns the command line of the program that will write the CD.
func FindTool() ([]string, error) {
	if m, ok := run.Find(masterers...); ok {
		return m, nil
	}
	return nil, errors.New("no program to write the answer CD with: install xorriso (or genisoimage, or mkisofs)")
}

// WriteCD writes an ISO 9660 image with Joliet names, which Windows reads, to the file name.
// Only its owner can read the file, because answer files hold passwords. On an error nothing is left.
func WriteCD(ctx context.Context, name, label string, files []File) (err error) {
	tool, err := FindTool()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp(filepath.Dir(name), "cd-") // for its owner only
	if err != nil {
		return fmt.Errorf("write CD: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	tree, image := filepath.Join(dir, "tree"), filepath.Join(dir, "cd.iso")
	for _, f := range files {
		if err := writeFile(filepath.Join(tree, filepath.FromSlash(f.Path)), f.Data); err != nil {
			return fmt.Errorf("write CD: %w", err)
		}
	}
	args := slices.Concat(tool[1:], []string{"-quiet", "-J", "-V", label, "-o", image, tree})
	if _, err := run.Output(ctx, tool[0], args...); err != nil {
		return fmt.Errorf("write CD: %w", err)
	}
	if err := os.Chmod(image, 0o600); err != nil {
		return fmt.Errorf("write CD: %w", err)
	}
	return os.Rename(image, name)
}

func writeFile(name string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	return os.WriteFile(name, data, 0o600)
}
