package agent

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
)

// Each opens the archive again and hands its files over one by one, in the order of Files.
func (a *Archive) Each(visit func(File, io.Reader) error) error {
	file, err := os.Open(a.Path)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	archive, err := zip.NewReader(file, info.Size())
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return fmt.Errorf("%s: %w", a.Path, err)
	}
	for _, f := range a.Files {
		if f.index >= len(archive.File) {
			return fmt.Errorf("%s: it was changed while it was used", a.Path)
		}
		if err := visitFile(archive.File[f.index], f, visit); err != nil {
			return fmt.Errorf("%s: %s: %w", a.Path, f.Name, err)
		}
	}
	return nil
}

func visitFile(entry *zip.File, f File, visit func(File, io.Reader) error) error {
	content, err := entry.Open()
	if err != nil {
		return err
	}
	defer content.Close()
	return visit(f, content)
}
