package winrm

import (
	"context"
	"io"
	"sync"
)

// command is one command of a shell, and what it has written that nobody has fetched yet.
type command struct {
	cancel context.CancelFunc
	wake   chan struct{} // has an entry when there is something new

	mu       sync.Mutex
	out, err []byte
	ended    bool
	code     uint32
}

func newCommand(cancel context.CancelFunc) *command {
	return &command{cancel: cancel, wake: make(chan struct{}, 1)}
}

func (c *command) poke() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

func (c *command) end(code uint32) {
	c.mu.Lock()
	c.ended, c.code = true, code
	c.mu.Unlock()
	c.poke()
}

// mostOutput keeps an answer below the client's MaxEnvelopeSize.
const mostOutput = 32 << 10

// take removes what there is to send. Ended is true only once everything has been taken.
func (c *command) take() (out, err []byte, ended bool, code uint32) {
	c.mu.Lock()
	defer c.mu.Unlock()
	out, c.out = cut(c.out)
	err, c.err = cut(c.err)
	return out, err, c.ended && len(c.out) == 0 && len(c.err) == 0, c.code
}

func cut(b []byte) (head, rest []byte) {
	n := min(len(b), mostOutput)
	return b[:n], b[n:]
}

// writer collects one of the two streams.
type writer struct {
	c  *command
	to *[]byte
}

func (c *command) stdout() io.Writer { return writer{c, &c.out} }
func (c *command) stderr() io.Writer { return writer{c, &c.err} }

func (w writer) Write(p []byte) (int, error) {
	w.c.mu.Lock()
	*w.to = append(*w.to, p...)
	w.c.mu.Unlock()
	w.c.poke()
	return len(p), nil
}
