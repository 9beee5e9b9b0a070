package glance

import (
	"fmt"
	"io"
	"strings"

	packersdk "github.com/hashicorp/packer-plugin-sdk/packer"
)

// terminal is Packer's side of the wire: it keeps what it is told, unfiltered, and counts what is read through each
// progress bar.
type terminal struct {
	packersdk.Ui
	lines []string
	bars  []*shownBar
}

type shownBar struct {
	name        string
	total, read int64
	calls       int
	closed      bool
	io.ReadCloser
}

func (t *terminal) Say(line string)                   { t.lines = append(t.lines, line) }
func (t *terminal) Sayf(format string, values ...any) { t.Say(fmt.Sprintf(format, values...)) }
func (t *terminal) Error(line string)                 { t.Say(line) }

func (t *terminal) text() string { return strings.Join(t.lines, "\n") }

func (t *terminal) TrackProgress(name string, _, total int64, stream io.ReadCloser) io.ReadCloser {
	b := &shownBar{name: name, total: total, ReadCloser: stream}
	t.bars = append(t.bars, b)
	return b
}

func (b *shownBar) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.read += int64(n)
	b.calls++
	return n, err
}

func (b *shownBar) Close() error {
	b.closed = true
	return b.ReadCloser.Close()
}
