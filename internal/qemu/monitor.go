package qemu

import (
	"context"
	"encoding/json"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/digitalocean/go-qemu/qmp"
)

// startTime is how long QEMU may take to open its control socket.
const startTime = 30 * time.Second

// monitor is the QMP connection to a machine. It lives as long as the machine.
type monitor struct {
	qmp     *qmp.SocketMonitor
	byGuest atomic.Bool
	closed  chan struct{} // closed when QEMU has closed the connection and every event has been read
}

// connect waits for the socket, but not beyond the end of the process.
func connect(ctx context.Context, socket string, processDone <-chan struct{}) (*monitor, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, startTime, fmt.Errorf("QEMU did not open its control socket within %v", startTime))
	defer cancel()
	for {
		s, err := qmp.NewSocketMonitor("unix", socket, time.Second)
		if err == nil {
			return newMonitor(s)
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-processDone:
			return nil, fmt.Errorf("QEMU ended at once")
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

func newMonitor(s *qmp.SocketMonitor) (*monitor, error) {
	if err := s.Connect(); err != nil {
		return nil, fmt.Errorf("QMP: %w", err)
	}
	events, err := s.Events(context.Background())
	if err != nil {
		return nil, fmt.Errorf("QMP: %w", err)
	}
	m := &monitor{qmp: s, closed: make(chan struct{})}
	go m.listen(events)
	return m, nil
}

// listen must take every event: the library holds answers back until it is rid of them.
func (m *monitor) listen(events <-chan qmp.Event) {
	defer close(m.closed)
	for e := range events {
		if e.Event == "SHUTDOWN" {
			guest, ok := e.Data["guest"].(bool)
			m.byGuest.Store(ok && guest)
		}
	}
}

// shutDownByGuest says whether the guest's system turned the machine off. It may be called when QEMU has ended.
func (m *monitor) shutDownByGuest() bool {
	<-m.closed
	return m.byGuest.Load()
}

// run executes a command and returns its answer.
func (m *monitor) run(ctx context.Context, command string, args map[string]any) ([]byte, error) {
	text, err := json.Marshal(qmp.Command{Execute: command, Args: args})
	if err != nil {
		return nil, err
	}
	type result struct {
		answer []byte
		err    error
	}
	done := make(chan result, 1)
	go func() { // the library does not know contexts; it returns when QEMU answers or ends
		answer, err := m.qmp.Run(text)
		done <- result{answer, err}
	}()
	select {
	case r := <-done:
		if r.err != nil {
			return nil, fmt.Errorf("QMP %s: %w", command, r.err)
		}
		return r.answer, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("QMP %s: %w", command, context.Cause(ctx))
	}
}
