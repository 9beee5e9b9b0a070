package screen

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func after(d time.Duration) func() time.Duration { return func() time.Duration { return d } }

func TestSerialLines(t *testing.T) {
	tests := []struct {
		name string
		do   func(*Screen)
		want string
	}{
		{"page", func(s *Screen) { s.Page("Windows Setup", "Copying", "files") }, "    1.50 [Windows Setup] Copying files\r\n"},
		{"added line carries the page's title", func(s *Screen) { s.title = "Windows 7"; s.Add("WinRM: %s", "listening") }, "    1.50 [Windows 7] WinRM: listening\r\n"},
		{"log", func(s *Screen) { s.Log("net user bot") }, "    1.50 net user bot\r\n"},
		{"one line each", func(s *Screen) { s.Log("a\r\nb\r\n") }, "    1.50 a | b\r\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var vga, serial bytes.Buffer
			tt.do(New(&vga, &serial, after(1500*time.Millisecond)))
			require.Equal(t, tt.want, serial.String())
		})
	}
}

func TestPageKeepsItsHeadAndTheNewestLines(t *testing.T) {
	var vga, serial bytes.Buffer
	s := New(&vga, &serial, after(0))
	s.Page("Windows 7", "computer: GUEST")
	for i := range 40 {
		vga.Reset()
		s.Add("line %d", i)
	}
	require.Contains(t, vga.String(), "computer: GUEST")
	require.Contains(t, vga.String(), "line 39")
	require.NotContains(t, vga.String(), "line 19\r")
	require.LessOrEqual(t, strings.Count(vga.String(), "\n"), height)
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("input/output error") }

func TestMissingSerialPortIsHarmless(t *testing.T) {
	var vga bytes.Buffer
	New(&vga, broken{}, after(0)).Page("Windows Setup", "Copying files")
	require.Contains(t, vga.String(), "Copying files")
}
