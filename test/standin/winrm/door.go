package winrm

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// Door opens and closes the service's port as the machine's rules change.
type Door struct {
	Machine Machine
	Log     func(format string, args ...any)

	mu     sync.Mutex
	addr   string
	server *http.Server
	inside *Server
}

// Set makes the service listen on addr, or nowhere if addr is empty.
func (d *Door) Set(addr string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if addr == d.addr {
		return nil
	}
	if d.server != nil {
		d.close()
	}
	if addr == "" {
		return nil
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("opening WinRM: %w", err)
	}
	d.inside = NewServer(d.Machine)
	d.server = &http.Server{Handler: d.inside, ReadHeaderTimeout: time.Minute}
	d.addr = addr
	d.Log("WinRM: listening on %s", l.Addr())
	go func(server *http.Server) {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			d.Log("WinRM: %v", err)
		}
	}(d.server)
	return nil
}

// closing is how long the last answers have: the one to the command that closes the service is among them.
const closing = 2 * time.Second

func (d *Door) close() {
	server, inside := d.server, d.inside
	d.server, d.inside, d.addr = nil, nil, ""
	d.Log("WinRM: closed")
	ctx, cancel := context.WithTimeout(context.Background(), closing)
	go func() {
		defer cancel()
		inside.Close()
		if server.Shutdown(ctx) != nil {
			_ = server.Close() // whoever still waits has had the time
		}
	}()
}
