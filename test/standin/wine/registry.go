package wine

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
)

// Registry is the guest's live registry, reached through regd.exe, which answers each line with one line.
type Registry struct {
	mu  sync.Mutex
	out *bufio.Reader
	in  io.Writer
}

// NewRegistry talks to a regd.exe that reads from in and answers on out.
func NewRegistry(in io.Writer, out io.Reader) *Registry {
	return &Registry{out: bufio.NewReader(out), in: in}
}

// String reads a REG_SZ or REG_EXPAND_SZ value. It is empty if there is none.
func (r *Registry) String(key, name string) (string, error) {
	answer, err := r.ask("get", key, name)
	if err != nil || answer[0] == "none" {
		return "", err
	}
	if answer[1] == "dword" {
		return "", fmt.Errorf(`registry value %s\%s is a REG_DWORD, want a string`, key, name)
	}
	return answer[2], nil
}

// DWord reads a REG_DWORD value, or returns absent if there is none.
func (r *Registry) DWord(key, name string, absent uint32) (uint32, error) {
	answer, err := r.ask("get", key, name)
	if err != nil || answer[0] == "none" {
		return absent, err
	}
	if answer[1] != "dword" {
		return 0, fmt.Errorf(`registry value %s\%s is a string, want a REG_DWORD`, key, name)
	}
	n, err := strconv.ParseUint(answer[2], 10, 32)
	return uint32(n), err
}

// SetString writes a REG_SZ value and makes the key if need be.
func (r *Registry) SetString(key, name, value string) error {
	_, err := r.ask("set", key, name, "sz", value)
	return err
}

// SetDWord writes a REG_DWORD value and makes the key if need be.
func (r *Registry) SetDWord(key, name string, value uint32) error {
	_, err := r.ask("set", key, name, "dword", strconv.FormatUint(uint64(value), 10))
	return err
}

// Delete removes a value; it is no error if there is none.
func (r *Registry) Delete(key, name string) error {
	_, err := r.ask("delete", key, name)
	return err
}

func (r *Registry) ask(fields ...string) ([]string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, f := range fields {
		if strings.ContainsAny(f, "\t\r\n") {
			return nil, fmt.Errorf("registry %s: %q has a tab or a line end in it", fields[0], f)
		}
	}
	if _, err := io.WriteString(r.in, strings.Join(fields, "\t")+"\n"); err != nil {
		return nil, fmt.Errorf(`registry %s %s\%s: %w`, fields[0], fields[1], fields[2], err)
	}
	line, err := r.out.ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf(`registry %s %s\%s: %w`, fields[0], fields[1], fields[2], err)
	}
	answer := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
	switch {
	case answer[0] == "none", answer[0] == "ok" && (fields[0] != "get" || len(answer) == 3):
		return answer, nil
	}
	return nil, fmt.Errorf(`registry %s %s\%s: regd.exe answered %q`, fields[0], fields[1], fields[2], line)
}
