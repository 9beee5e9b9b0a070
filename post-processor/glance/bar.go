package glance

import (
	"io"
	"sync"

	packersdk "github.com/hashicorp/packer-plugin-sdk/packer"
)

// barStep is how much is done between two moves of a bar: a percent, but no more than a buffer should be long. Each move
// is a call to Packer's process and back, so that a call for each 32 KiB that is read would cost more than the reading.
func barStep(total int64) int64 { return min(max(total/100, mib), 32*mib) }

// bar is a progress bar in Packer's terminal. Packer moves it by what is read from a stream, so this reads nothings.
type bar struct {
	ui    packersdk.Ui
	name  string
	total int64

	mu     sync.Mutex
	stream io.ReadCloser // nil when the bar is closed
	shown  int64
	buf    []byte
}

func newBar(ui packersdk.Ui, name string, total int64) *bar {
	b := &bar{ui: ui, name: name, total: total, buf: make([]byte, barStep(total))}
	b.open()
	return b
}

func (b *bar) open() {
	b.shown = 0
	b.stream = b.ui.TrackProgress(b.name, 0, b.total, nothings{})
}

// set shows that done bytes of the total are done. When there are fewer than before, it begins anew. A set that comes
// after close, from a goroutine that is ending, has no effect.
func (b *bar) set(done int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.stream == nil {
		return
	}
	if done < b.shown {
		_ = b.stream.Close() // it has only Packer's terminal to clean up
		b.open()
	}
	step := int64(len(b.buf))
	for b.shown+step <= done || (done == b.total && b.shown < done) {
		n, err := b.stream.Read(b.buf[:min(step, done-b.shown)])
		if err != nil {
			return // the bar is a courtesy: the work goes on without it
		}
		b.shown += int64(n)
	}
}

func (b *bar) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.stream != nil {
		_ = b.stream.Close() // as above
		b.stream = nil
	}
}

// nothings is a stream without end.
type nothings struct{}

func (nothings) Read(p []byte) (int, error) { return len(p), nil }
func (nothings) Close() error               { return nil }
