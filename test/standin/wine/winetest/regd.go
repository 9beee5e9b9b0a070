// Package winetest plays regd.exe, the far side of wine.Registry, for tests that run without Wine.
package winetest

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/guestprep/packer-plugin-guestprep/test/standin/wine"
)

// Regd is a registry in memory.
type Regd struct {
	mu     sync.Mutex
	values map[string]string // KEY\NAME in lower case to TYPE<tab>DATA
}

// Registry starts a Regd that ends with the test, and connects to it.
func Registry(t *testing.T) *wine.Registry {
	t.Helper()
	return (&Regd{values: map[string]string{}}).connect(t)
}

func (r *Regd) connect(t *testing.T) *wine.Registry {
	t.Helper()
	requests, in := io.Pipe()
	out, answers := io.Pipe()
	t.Cleanup(func() { _ = in.Close() })
	go func() {
		for s := bufio.NewScanner(requests); s.Scan(); {
			_, _ = fmt.Fprintf(answers, "%s\r\n", r.answer(strings.Split(s.Text(), "\t")))
		}
		_ = answers.Close()
	}()
	return wine.NewRegistry(in, out)
}

func (r *Regd) answer(f []string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	id := strings.ToLower(f[1] + `\` + f[2])
	value, ok := r.values[id]
	switch {
	case f[0] == "set":
		r.values[id] = f[3] + "\t" + f[4]
		return "ok"
	case !ok:
		return "none"
	case f[0] == "delete":
		delete(r.values, id)
		return "ok"
	}
	return "ok\t" + value
}
