package winrm

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	masterzen "github.com/masterzen/winrm"
	"github.com/stretchr/testify/require"
)

// machine executes a few made-up commands.
type machine struct {
	verdict Verdict
	timeout time.Duration
	mu      sync.Mutex
	killed  int
}

func (m *machine) Authenticate(_, password string) Verdict {
	if password != "x" {
		return Refused
	}
	return m.verdict
}

func (m *machine) Limits() (time.Duration, int) { return m.timeout, 2 }

func (m *machine) Execute(ctx context.Context, name, line string, stdout, stderr io.Writer) uint32 {
	verb, arg, _ := strings.Cut(line, " ")
	switch verb {
	case "echo":
		_, _ = io.WriteString(stdout, arg)
		_, _ = io.WriteString(stderr, name)
		return 0
	case "exit":
		n, _ := strconv.ParseUint(arg, 0, 32)
		return uint32(n)
	case "much":
		_, _ = stdout.Write(bytes.Repeat([]byte("0123456789"), 20000))
		return 0
	case "slow":
		select {
		case <-time.After(300 * time.Millisecond):
			_, _ = io.WriteString(stdout, "late")
			return 0
		case <-ctx.Done():
		}
	case "hang":
		<-ctx.Done()
	}
	m.mu.Lock()
	m.killed++
	m.mu.Unlock()
	return 1
}

// client connects the library that Packer uses.
func client(t *testing.T, m *machine, password string) *masterzen.Client {
	t.Helper()
	server := httptest.NewServer(NewServer(m))
	t.Cleanup(server.Close)
	host, port, err := net.SplitHostPort(server.Listener.Addr().String())
	require.NoError(t, err)
	n, err := strconv.Atoi(port)
	require.NoError(t, err)
	c, err := masterzen.NewClient(masterzen.NewEndpoint(host, n, false, false, nil, nil, nil, time.Minute), "bot", password)
	require.NoError(t, err)
	return c
}

func TestCommands(t *testing.T) {
	c := client(t, &machine{verdict: Granted, timeout: 100 * time.Millisecond}, "x")
	tests := []struct {
		line, out, err string
		code           int
	}{
		{"echo a<b&c", "a<b&c", "bot", 0},
		{"exit 3010", "", "", 3010},
		{"exit 0xC0000005", "", "", -1073741819},
		{"much", strings.Repeat("0123456789", 20000), "", 0},
		{"slow", "late", "", 0}, // over several polls, each of which ends with a time-out
	}
	for _, tt := range tests {
		t.Run(tt.line, func(t *testing.T) {
			out, stderr, code, err := c.RunWithContextWithString(t.Context(), tt.line, "")
			require.NoError(t, err)
			require.Equal(t, tt.code, code)
			require.Equal(t, tt.out, out)
			require.Equal(t, tt.err, stderr)
		})
	}
}

func TestRefusedLogons(t *testing.T) {
	tests := []struct {
		name, password string
		verdict        Verdict
		want           string
	}{
		{"wrong password", "y", Granted, "401"},
		{"refused", "x", Refused, "401"},
		{"without an administrator's rights", "x", AccessDenied, "Access is denied"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := client(t, &machine{verdict: tt.verdict, timeout: time.Second}, tt.password).CreateShell()
			require.Error(t, err)
			text := err.Error()
			if refused := (*masterzen.ExecuteCommandError)(nil); errors.As(err, &refused) {
				text = refused.Body // the fault
			}
			require.Contains(t, text, tt.want)
		})
	}
}

func TestClosingTheShellKillsWhatRuns(t *testing.T) {
	m := &machine{verdict: Granted, timeout: 100 * time.Millisecond}
	c := client(t, m, "x")
	shell, err := c.CreateShell()
	require.NoError(t, err)
	_, err = shell.ExecuteWithContext(t.Context(), "hang")
	require.NoError(t, err)
	require.NoError(t, shell.Close())
	require.Eventually(t, func() bool { m.mu.Lock(); defer m.mu.Unlock(); return m.killed == 1 }, 10*time.Second, time.Millisecond)
	_, err = shell.ExecuteWithContext(t.Context(), "echo")
	require.Error(t, err, "the shell is gone")
}

func TestMaxShellsPerUser(t *testing.T) {
	c := client(t, &machine{verdict: Granted, timeout: time.Second}, "x")
	first, err := c.CreateShell()
	require.NoError(t, err)
	_, err = c.CreateShell()
	require.NoError(t, err)
	_, err = c.CreateShell()
	require.Error(t, err)
	require.NoError(t, first.Close())
	_, err = c.CreateShell()
	require.NoError(t, err)
}

func TestDoor(t *testing.T) {
	var log []string
	d := &Door{Machine: &machine{verdict: Granted, timeout: time.Second}, Log: func(format string, args ...any) { log = append(log, fmt.Sprintf(format, args...)) }}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	addr := l.Addr().String()
	require.NoError(t, l.Close())

	dial := func() error {
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", addr)
		if err == nil {
			err = conn.Close()
		}
		return err
	}
	require.Error(t, dial())
	require.NoError(t, d.Set(addr))
	require.NoError(t, d.Set(addr), "nothing changes")
	require.NoError(t, dial())
	require.NoError(t, d.Set(""))
	require.Eventually(t, func() bool { return dial() != nil }, 10*time.Second, time.Millisecond)
	require.Equal(t, []string{"WinRM: listening on " + addr, "WinRM: closed"}, log)
}

func TestOperationTimeout(t *testing.T) {
	tests := []struct {
		text string
		want time.Duration
	}{{"PT60S", time.Minute}, {"PT1M0.5S", time.Minute + 500*time.Millisecond}, {"PT3M", 2 * time.Minute}, {"", 2 * time.Minute}, {"PT0S", 2 * time.Minute}}
	for _, tt := range tests {
		require.Equal(t, tt.want, operationTimeout(tt.text, 2*time.Minute), tt.text)
	}
}
