package e2e

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// packer is one run of Packer, in a folder of its own in which nothing may be left that is not the result.
type packer struct {
	dir    string   // current folder of the run
	tmp    string   // TMPDIR of the run
	log    string   // PACKER_LOG_PATH
	env    []string // beside what every run has
	output *output  // the terminal
	cmd    *exec.Cmd
}

func newPacker(t *testing.T, env ...string) *packer {
	t.Helper()
	// Short, because a socket's path in it may have 108 characters at most.
	tmp, err := os.MkdirTemp("", "p") //nolint:usetesting // t.TempDir's path is too long
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(tmp)) })
	return &packer{dir: t.TempDir(), tmp: tmp, log: filepath.Join(t.TempDir(), "packer.log"), env: env, output: &output{}}
}

// start starts Packer with a full log, as a user does who looks for a fault.
func (p *packer) start(t *testing.T, args ...string) {
	t.Helper()
	p.cmd = exec.CommandContext(t.Context(), built.packer, args...)
	p.cmd.Dir = p.dir
	p.cmd.Env = append(os.Environ(),
		"PACKER_PLUGIN_PATH="+built.plugins, "PACKER_CONFIG_DIR="+p.tmp, "PACKER_CACHE_DIR="+filepath.Join(p.tmp, "cache"),
		"TMPDIR="+p.tmp, "CHECKPOINT_DISABLE=1", "PACKER_LOG=1", "PACKER_LOG_PATH="+p.log)
	p.cmd.Env = append(p.cmd.Env, p.env...)
	p.cmd.Stdout, p.cmd.Stderr = p.output, p.output
	// A process group of its own, as a terminal's foreground job, so that a test can press Ctrl-C.
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	p.cmd.WaitDelay = 10 * time.Second
	require.NoError(t, p.cmd.Start())
}

// wait waits for the end and returns the exit status.
func (p *packer) wait(t *testing.T) int {
	t.Helper()
	err := p.cmd.Wait()
	t.Logf("packer %s:\n%s", strings.Join(p.cmd.Args[1:], " "), p.output)
	if p.cmd.ProcessState == nil {
		require.NoError(t, err)
	}
	return p.cmd.ProcessState.ExitCode()
}

func (p *packer) run(t *testing.T, args ...string) int {
	t.Helper()
	p.start(t, args...)
	return p.wait(t)
}

// waitFor waits until the terminal shows text.
func (p *packer) waitFor(t *testing.T, text string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	for !strings.Contains(p.output.String(), text) {
		select {
		case <-ctx.Done():
			t.Fatalf("Packer has not printed %q:\n%s", text, p.output)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// qemu returns the pids of the emulators of this run.
func (p *packer) qemu(t *testing.T) []int {
	t.Helper()
	return processesWith(t, p.tmp+"/guestprep-")
}

// leavesNothing holds for every run that fails: no process, no file of ours, no output directory.
func (p *packer) leavesNothing(t *testing.T) {
	t.Helper()
	require.Empty(t, p.qemu(t), "processes")
	left, err := filepath.Glob(filepath.Join(p.tmp, "guestprep-*"))
	require.NoError(t, err)
	require.Empty(t, left, "in the temporary folder")
	entries, err := os.ReadDir(p.dir)
	require.NoError(t, err)
	for _, e := range entries {
		require.False(t, e.IsDir() && strings.HasPrefix(e.Name(), "output-"), "the output directory %s", e.Name())
	}
}

// output is a terminal. It drops the colours.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

var escapeSequence = regexp.MustCompile("\x1b\\[[0-9;]*m")

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return escapeSequence.ReplaceAllString(o.buf.String(), "")
}
