package run

import (
	"context"
	"errors"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestOutput(t *testing.T) {
	out, err := Output(t.Context(), "sh", "-c", "echo out; echo err >&2")
	require.NoError(t, err)
	require.Equal(t, "out\n", string(out))
}

func TestFailureTellsCommandCodeAndTail(t *testing.T) {
	_, err := Output(t.Context(), "sh", "-c", "echo out; echo it is broken >&2; exit 7")
	var failure *Error
	require.ErrorAs(t, err, &failure)
	require.Equal(t, 7, failure.ExitCode)
	require.Equal(t, "sh -c 'echo out; echo it is broken >&2; exit 7': exit status 7\nout\nit is broken", err.Error())
}

func TestMissingProgram(t *testing.T) {
	_, err := Output(t.Context(), "guestprep-no-such-program")
	require.ErrorIs(t, err, exec.ErrNotFound)
	require.Equal(t, "guestprep-no-such-program: not found in PATH", err.Error())

	_, err = Look("guestprep-no-such-program", "Debian: nothing")
	require.ErrorIs(t, err, exec.ErrNotFound)
	require.ErrorContains(t, err, "Debian: nothing")
}

func TestFind(t *testing.T) {
	got, ok := Find([]string{"guestprep-no-such-program"}, []string{"sh", "-c"})
	require.True(t, ok)
	require.Equal(t, []string{"sh", "-c"}, got)
	_, ok = Find([]string{"guestprep-no-such-program"})
	require.False(t, ok)
}

func TestCancelEndsTheProgramAndNamesTheCause(t *testing.T) {
	cause := errors.New("the user said so")
	ctx, cancel := context.WithCancelCause(t.Context())
	time.AfterFunc(50*time.Millisecond, func() { cancel(cause) })
	_, err := Output(ctx, "sleep", "600")
	require.ErrorIs(t, err, cause)
}

// slowWriter takes its time, as a progress bar on a busy machine does.
type slowWriter struct{ written strings.Builder }

func (w *slowWriter) Write(p []byte) (int, error) {
	time.Sleep(6 * time.Second)
	return w.written.Write(p)
}

func TestOutputIsReadAfterTheEnd(t *testing.T) {
	var w slowWriter
	require.NoError(t, Stream(t.Context(), &w, "echo", "100%"))
	require.Equal(t, "100%\n", w.written.String())
}

func TestTailKeepsTheEnd(t *testing.T) {
	var b tail
	for range 100 {
		_, err := b.Write([]byte(strings.Repeat("x", 99) + "\n"))
		require.NoError(t, err)
	}
	_, err := b.Write([]byte("the end"))
	require.NoError(t, err)
	require.Len(t, b.String(), tailSize)
	require.True(t, strings.HasSuffix(b.String(), "\nthe end"))
}

func TestProcess(t *testing.T) {
	tests := []struct {
		name   string
		script string
		want   string // of the error; empty for none
	}{
		{"ends well", "exit 0", ""},
		{"fails", "echo no disk >&2; exit 3", "sh -c 'echo no disk >&2; exit 3': exit status 3\nno disk"},
		{"is killed", "kill -9 $$", "sh -c 'kill -9 $$': signal: killed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := Start("sh", "-c", tt.script)
			require.NoError(t, err)
			<-p.Done()
			if tt.want == "" {
				require.NoError(t, p.Err())
				return
			}
			require.EqualError(t, p.Err(), tt.want)
		})
	}
}

func TestProcessKill(t *testing.T) {
	p, err := Start("sleep", "600")
	require.NoError(t, err)
	pid := p.Pid()
	pgid, err := syscall.Getpgid(pid)
	require.NoError(t, err)
	require.Equal(t, pid, pgid, "the terminal's Ctrl-C must not reach it")
	p.Kill()
	p.Kill()
	require.Error(t, p.Err())
	require.ErrorIs(t, syscall.Kill(pid, 0), syscall.ESRCH)
}

func TestProcessThatDoesNotStart(t *testing.T) {
	_, err := Start("guestprep-no-such-program")
	require.ErrorIs(t, err, exec.ErrNotFound)
}

func TestQuote(t *testing.T) {
	require.Equal(t, `qemu -drive 'file=a b,if=ide' '' 'it'\''s'`, Quote([]string{"qemu", "-drive", "file=a b,if=ide", "", "it's"}))
}
