// Package agent knows the guest agent: the archive it comes in, which is read on the host, and the scheduled task that
// starts it when the user logs on.
package agent

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// limits bounds what is unpacked from an archive.
type limits struct {
	files int
	size  int64 // bytes, of all files together
}

// agentLimits leaves an agent room: the known one has about a hundred files and some tens of MiB.
var agentLimits = limits{files: 10_000, size: 1 << 30}

// Archive is a zip file whose entries were all read and found fit for a folder of Windows.
type Archive struct {
	Path  string
	Files []File // in the archive's order
}

// File is a file of an archive.
type File struct {
	Name   string // relative to the agent's folder, parts joined by backslashes
	Size   int64
	SHA256 string // lower-case hex
	index  int    // of its entry in the archive
}

// Size is how large the files are together, in bytes.
func (a *Archive) Size() int64 {
	var sum int64
	for _, f := range a.Files {
		sum += f.Size
	}
	return sum
}

// Read reads a zip file from end to end. The error names the entry that cannot be used.
func Read(path string) (*Archive, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a file", path)
	}
	files, err := readFiles(file, info.Size(), agentLimits)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &Archive{Path: path, Files: files}, nil
}

func readFiles(r io.ReaderAt, size int64, limit limits) ([]File, error) {
	archive, err := zip.NewReader(r, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // nameSet says which, and why
		return nil, fmt.Errorf("not a zip file: %w", err)
	}
	if len(archive.File) > limit.files {
		return nil, fmt.Errorf("%d entries, more than the %d that an agent may have", len(archive.File), limit.files)
	}
	var names nameSet
	var files []File
	left := limit.size
	for i, entry := range archive.File {
		name, err := names.add(entry)
		if err != nil {
			return nil, fmt.Errorf("entry %q: %w", entry.Name, err)
		}
		if strings.HasSuffix(name, `\`) {
			continue
		}
		f, err := readFile(entry, left)
		if err != nil {
			return nil, fmt.Errorf("entry %q: %w", entry.Name, err)
		}
		if f.Size > left {
			return nil, fmt.Errorf("entry %q: with it the files have more than the %d MiB that an agent may have", entry.Name, limit.size>>20)
		}
		f.Name, f.index = name, i
		left -= f.Size
		files = append(files, f)
	}
	if len(files) == 0 {
		return nil, errors.New("there is no file in it")
	}
	return files, nil
}

// readFile reads an entry to its end, or until it has more than left bytes. What the archive says of its size is not
// trusted.
func readFile(entry *zip.File, left int64) (File, error) {
	const encrypted = 1
	switch {
	case entry.Flags&encrypted != 0:
		return File{}, errors.New("it is encrypted: pack the agent without a password")
	case !entry.Mode().IsRegular():
		return File{}, fmt.Errorf("it is no plain file (%s)", entry.Mode().Type())
	}
	content, err := entry.Open()
	if err != nil {
		return File{}, err
	}
	defer content.Close()
	hash := sha256.New()
	size, err := io.Copy(hash, io.LimitReader(content, left+1))
	if err != nil {
		return File{}, err
	}
	return File{Size: size, SHA256: hex.EncodeToString(hash.Sum(nil))}, nil
}

// Find returns the file of that name, which Windows compares without regard to case. The error lists what is there.
func (a *Archive) Find(name string) (File, error) {
	name = strings.ReplaceAll(name, "/", `\`)
	for _, f := range a.Files {
		if strings.EqualFold(f.Name, name) {
			return f, nil
		}
	}
	return File{}, fmt.Errorf("there is no %q in %s; %s", name, a.Path, a.offer())
}

// offer says which programs are there, or else which files.
func (a *Archive) offer() string {
	const most = 10
	var programs, all []string
	for _, f := range a.Files {
		all = append(all, f.Name)
		if strings.HasSuffix(strings.ToLower(f.Name), ".exe") {
			programs = append(programs, f.Name)
		}
	}
	kind, list := "its programs are", programs
	if len(programs) == 0 {
		kind, list = "it has no program, only", all
	}
	slices.Sort(list)
	if len(list) > most {
		return fmt.Sprintf("%s %s and %d more", kind, strings.Join(list[:most], ", "), len(list)-most)
	}
	return kind + " " + strings.Join(list, ", ")
}
