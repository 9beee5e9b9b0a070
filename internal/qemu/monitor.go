package qemu

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// startTime is how long QEMU may take to open its control socket.
const startTime = 30 * time.Second

// monitor is the QMP connection to a machine: JSON objects, one a line, on a socket. It lives as long as the machine.
//
// The library for it, digitalocean/go-qemu, is not used: when QEMU is killed it blocks on its own channel and never
// closes the stream of events, which is the one moment at which we need it to.
type monitor struct {
	conn    net.Conn
	sending sync.Mutex    // one command at a time
	last    int           // id of the last command
	answers chan answer   // of the command that is under way
	ended   chan struct{} // closed when QEMU has closed the connection
	byGuest atomic.Bool
}

// message is whatever QEMU sends: a greeting, an answer or an event.
type message struct {
	answer
	Greeting json.RawMessage `json:"QMP"`
	Event    string          `json:"event"`
	Data     struct {
		Guest bool `json:"guest"`
	} `json:"data"`
}

type answer struct {
	ID     int             `json:"id"`
	Return json.RawMessage `json:"return"`
	Error  *struct {
		Desc string `json:"desc"`
	} `json:"error"`
}

var errGone = errors.New("QEMU has ended")

// connect waits for the socket, but not beyond the end of the process, and agrees on the protocol.
func connect(ctx context.Context, socket string, processDone <-chan struct{}) (*monitor, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, startTime, fmt.Errorf("QEMU did not open its control socket within %v", startTime))
	defer cancel()
	for {
		var dialer net.Dialer
		conn, err := dialer.DialContext(ctx, "unix", socket)
		if err == nil {
			m := newMonitor(conn)
			return m, m.run(ctx, "qmp_capabilities", nil)
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-processDone:
			return nil, errGone
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

func newMonitor(conn net.Conn) *monitor {
	m := &monitor{conn: conn, answers: make(chan answer, 1), ended: make(chan struct{})}
	go m.listen()
	return m
}

// listen sorts what comes until QEMU ends.
func (m *monitor) listen() {
	defer close(m.ended)
	defer m.conn.Close() //nolint:errcheck // QEMU has ended, or has stopped making sense
	dec := json.NewDecoder(m.conn)
	for {
		var msg message
		if err := dec.Decode(&msg); err != nil {
			return
		}
		switch {
		case msg.Event == "SHUTDOWN":
			m.byGuest.Store(msg.Data.Guest)
		case msg.Return != nil || msg.Error != nil:
			m.deliver(msg.answer)
		}
	}
}

// deliver leaves an answer for whoever waits for it, in place of one that nobody has taken.
func (m *monitor) deliver(a answer) {
	select {
	case <-m.answers:
	default:
	}
	m.answers <- a
}

// shutDownByGuest says whether the guest's system turned the machine off. It waits until QEMU has closed the connection.
func (m *monitor) shutDownByGuest() bool {
	<-m.ended
	return m.byGuest.Load()
}

// run executes a command.
func (m *monitor) run(ctx context.Context, command string, arguments map[string]any) error {
	m.sending.Lock()
	defer m.sending.Unlock()
	m.last++
	if err := m.exchange(ctx, command, arguments); err != nil {
		return fmt.Errorf("QMP %s: %w", command, err)
	}
	return nil
}

func (m *monitor) exchange(ctx context.Context, command string, arguments map[string]any) error {
	text, err := json.Marshal(struct {
		Execute   string         `json:"execute"`
		Arguments map[string]any `json:"arguments,omitempty"`
		ID        int            `json:"id"`
	}{command, arguments, m.last})
	if err != nil {
		return err
	}
	if _, err := m.conn.Write(append(text, '\n')); err != nil {
		return errors.Join(errGone, err)
	}
	for {
		select {
		case a := <-m.answers:
			if a.ID != m.last {
				continue // of a command that was given up
			}
			if a.Error != nil {
				return errors.New(a.Error.Desc)
			}
			return nil
		case <-m.ended:
			return errGone
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}
