// Package payload serves files to the guest over HTTP. Windows 7 cannot speak today's TLS, and WinRM carries a megabyte
// in minutes; so the host checks a file, serves it under a path that nobody can guess, and the guest fetches it and
// checks it again.
package payload

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strconv"
	"sync"
	"time"
)

// userNetHost is the host as guests see it that are behind the user-mode NAT of QEMU or VirtualBox. It leads to the
// host's loopback address.
const userNetHost = "10.0.2.2"

// Item is a file that the guest can fetch.
type Item struct {
	URL    string
	Size   int64
	SHA256 string // lower-case hex
}

// Server serves files until it is closed.
type Server struct {
	http *http.Server
	base string // scheme, host as the guest sees it, port, random path
	root string // random path
	dir  string // private folder with what AddReader was given
	done chan struct{}
	err  error // why serving ended, once done is closed

	mu    sync.Mutex
	files map[string]string // path of the URL to path on this machine
}

// Serve starts a server that a guest reaches at host, which is an IP address of this machine as the guest sees it.
// It listens on the loopback address only if that is enough. Close it.
func Serve(ctx context.Context, host string) (*Server, error) {
	bind, err := bindAddress(host)
	if err != nil {
		return nil, err
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", net.JoinHostPort(bind, "0"))
	if err != nil {
		return nil, fmt.Errorf("serve files to the guest at %s: %w", host, err)
	}
	dir, err := os.MkdirTemp("", "guestprep-payload-")
	if err != nil {
		return nil, errors.Join(fmt.Errorf("serve files to the guest: %w", err), listener.Close())
	}
	port := listener.Addr().(*net.TCPAddr).Port
	root := "/" + rand.Text()
	s := &Server{
		base:  "http://" + net.JoinHostPort(host, strconv.Itoa(port)) + root,
		root:  root,
		dir:   dir,
		done:  make(chan struct{}),
		files: map[string]string{},
	}
	s.http = &http.Server{Handler: s, ReadHeaderTimeout: 30 * time.Second}
	go func() {
		s.err = s.http.Serve(listener)
		close(s.done)
	}()
	return s, nil
}

// bindAddress is the address to listen on so that the guest reaches us at host.
func bindAddress(host string) (string, error) {
	if host == userNetHost {
		return "127.0.0.1", nil
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return "", fmt.Errorf("serve files to the guest: %q is not an IP address", host)
	}
	if addr.IsUnspecified() {
		return "", fmt.Errorf("serve files to the guest: %s is no address that a guest could connect to", host)
	}
	return addr.String(), nil
}

// ServeHTTP answers GET and HEAD for exactly the files that were added.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	path, ok := s.files[r.URL.Path]
	s.mu.Unlock()
	if !ok {
		http.NotFound(w, r)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "only GET and HEAD", http.StatusMethodNotAllowed)
		return
	}
	file, err := os.Open(path)
	if err != nil {
		http.Error(w, "the file is gone", http.StatusInternalServerError)
		return
	}
	defer file.Close()
	w.Header().Set("Content-Type", "application/octet-stream")
	// No modification time: nothing is to be cached, and nothing asked for conditionally.
	http.ServeContent(w, r, "", time.Time{}, file)
}

// Close ends all transfers and removes what the server stored. It may be called more than once.
func (s *Server) Close() error {
	err := s.http.Close()
	<-s.done
	if !errors.Is(s.err, http.ErrServerClosed) {
		err = errors.Join(err, s.err)
	}
	if err = errors.Join(err, os.RemoveAll(s.dir)); err != nil {
		return fmt.Errorf("stop serving files to the guest: %w", err)
	}
	return nil
}
