package boot

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// machine is a virtual machine as the product starts it: disk first, a medium and an answer CD, NAT, WinRM forwarded.
type machine struct {
	t          *testing.T
	folder     string
	medium     string
	disk       string
	answers    string
	winrmPort  int
	qemu       *exec.Cmd
	ended      chan error
	serialFile string
	boots      int
}

// built returns the folder that build.sh makes.
func built(t *testing.T) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "../build.sh")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	require.NoError(t, err, "build.sh: %s", out)
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return lines[len(lines)-1]
}

// answerCD writes the files of testdata to a CD.
func answerCD(t *testing.T, file string) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "xorriso", "-as", "mkisofs", "-quiet", "-V", "ANSWER", "-J", "-R", "-o", file, "testdata").CombinedOutput()
	require.NoError(t, err, "%s", out)
}

func newMachine(t *testing.T, medium string) *machine {
	t.Helper()
	folder := t.TempDir()
	m := &machine{t: t, folder: folder, medium: medium, disk: filepath.Join(folder, "disk.raw"), answers: filepath.Join(folder, "answers.iso"), winrmPort: freePort(t)}
	answerCD(t, m.answers)
	const size = 4 << 30
	f, err := os.Create(m.disk)
	require.NoError(t, err)
	require.NoError(t, f.Truncate(size))
	require.NoError(t, f.Close())
	return m
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, l.Close()) }()
	return l.Addr().(*net.TCPAddr).Port
}

// start powers the machine on. Without KVM, so that it works the same everywhere.
func (m *machine) start() {
	m.t.Helper()
	m.boots++
	m.serialFile = filepath.Join(m.folder, fmt.Sprintf("serial-%d.log", m.boots))
	m.qemu = exec.Command("qemu-system-x86_64", "-machine", "pc", "-accel", "tcg,thread=multi", "-cpu", "qemu64", "-smp", "2", "-m", "2048",
		"-vga", "std", "-display", "none", "-boot", "order=cd", "-serial", "file:"+m.serialFile,
		"-qmp", "unix:"+m.socket()+",server=on,wait=off",
		"-drive", "file="+m.disk+",format=raw,if=ide,index=0",
		"-drive", "file="+m.medium+",media=cdrom,if=ide,index=2", "-drive", "file="+m.answers+",media=cdrom,if=ide,index=3",
		"-netdev", fmt.Sprintf("user,id=n,hostfwd=tcp:127.0.0.1:%d-:5985", m.winrmPort), "-device", "e1000,netdev=n")
	m.qemu.Stderr = os.Stderr
	m.qemu.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	require.NoError(m.t, m.qemu.Start())
	m.ended = make(chan error, 1)
	go func(q *exec.Cmd, ended chan<- error) { ended <- q.Wait() }(m.qemu, m.ended)
	m.t.Cleanup(func() {
		_ = m.qemu.Process.Kill() // it has ended if all went well
		if m.t.Failed() {
			m.t.Logf("serial port of boot %d:\n%s", m.boots, m.serial())
		}
	})
}

func (m *machine) socket() string { return filepath.Join(m.folder, "qmp") }

// serial is what the guest has said so far in this boot.
func (m *machine) serial() string {
	data, err := os.ReadFile(m.serialFile)
	if err != nil && !os.IsNotExist(err) {
		m.t.Errorf("reading the serial port: %v", err)
	}
	return string(bytes.ReplaceAll(data, []byte("\r"), nil))
}

// waitFor waits until the guest has said all of these, in this order.
func (m *machine) waitFor(ctx context.Context, lines ...string) {
	m.t.Helper()
	for tick := time.NewTicker(200 * time.Millisecond); ; {
		missing := firstMissing(m.serial(), lines)
		if missing == "" {
			tick.Stop()
			return
		}
		select {
		case err := <-m.ended:
			require.FailNow(m.t, "the machine ended while we waited", "for %q: %v", missing, err)
		case <-ctx.Done():
			require.FailNow(m.t, "the guest did not say", "%q: %v", missing, context.Cause(ctx))
		case <-tick.C:
		}
	}
}

func firstMissing(text string, lines []string) string {
	for _, line := range lines {
		_, rest, ok := strings.Cut(text, line)
		if !ok {
			return line
		}
		text = rest
	}
	return ""
}

// waitOff waits until the guest has powered the machine off.
func (m *machine) waitOff(ctx context.Context) {
	m.t.Helper()
	select {
	case err := <-m.ended:
		require.NoError(m.t, err)
	case <-ctx.Done():
		require.FailNow(m.t, "the machine did not power off", "%v", context.Cause(ctx))
	}
}

// qmp sends one command to QEMU and waits for its answer.
func (m *machine) qmp(command string) {
	m.t.Helper()
	conn, err := (&net.Dialer{}).DialContext(m.t.Context(), "unix", m.socket())
	require.NoError(m.t, err)
	defer func() { require.NoError(m.t, conn.Close()) }()
	require.NoError(m.t, conn.SetDeadline(time.Now().Add(time.Minute)))
	lines := bufio.NewScanner(conn)
	require.True(m.t, lines.Scan(), "QEMU's greeting")
	for _, execute := range []string{"qmp_capabilities", command} {
		_, err := fmt.Fprintf(conn, "{\"execute\":%q}\n", execute)
		require.NoError(m.t, err)
		for lines.Scan() && strings.Contains(lines.Text(), `"event"`) { // they come in between
		}
		require.Contains(m.t, lines.Text(), `"return"`)
	}
}
