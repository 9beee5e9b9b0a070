package wine_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guestprep/packer-plugin-guestprep/test/standin/wine"
)

// TestMain lets the test binary play Wine: with PLAY_WINE set it reads the job file as runner.exe would.
func TestMain(m *testing.M) {
	if prefix := os.Getenv("PLAY_WINE"); prefix != "" {
		playWine(prefix, os.Args[len(os.Args)-1])
		return
	}
	os.Exit(m.Run())
}

func playWine(prefix, job string) {
	file := filepath.Join(prefix, "drive_c", "windows", "standin", "jobs", job[strings.LastIndex(job, `\`)+1:])
	data, err := os.ReadFile(file)
	if err != nil {
		panic(err)
	}
	head, line, _ := strings.Cut(string(data), "\n\n")
	report := func(text string) {
		if err := os.WriteFile(file+".rc", []byte(text), 0o600); err != nil {
			panic(err)
		}
	}
	switch line {
	case "fail":
		report("exit 3221225477\n")
	case "missing":
		report("error 2\n")
	case "vanish":
	case "hang":
		child := exec.Command("sleep", "600") // a grandchild that nobody waits for
		if err := child.Start(); err != nil {
			panic(err)
		}
		fmt.Println(child.Process.Pid)
		time.Sleep(10 * time.Minute)
	default:
		fmt.Println(head)
		report("exit 0\n")
	}
}

func newRunner(t *testing.T) *wine.Runner {
	t.Helper()
	prefix := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(prefix, "drive_c", "windows", "standin", "jobs"), 0o755))
	return &wine.Runner{Prefix: prefix, Wine: []string{os.Args[0]}, Env: []string{"PLAY_WINE=" + prefix, "PATH=" + os.Getenv("PATH")}, Computer: "GUEST"}
}

var bot = wine.Account{Name: "bot", Session: wine.Network}

func TestRun(t *testing.T) {
	tests := []struct {
		line  string
		code  uint32
		fails string
	}{
		{"fail", 0xC0000005, ""},
		{"missing", 0, "Windows error 2"},
		{"vanish", 0, "left no exit code"},
	}
	for _, tt := range tests {
		t.Run(tt.line, func(t *testing.T) {
			code, err := newRunner(t).Run(t.Context(), &wine.Job{Account: bot, Line: tt.line})
			if tt.fails != "" {
				require.ErrorContains(t, err, tt.fails)
				return
			}
			require.NoError(t, err)
			require.Equal(t, tt.code, code)
		})
	}
}

func TestEnvironmentOfAJob(t *testing.T) {
	tests := []struct {
		name string
		job  wine.Job
		want []string
	}{
		{"a user", wine.Job{Account: bot}, []string{`C:\Users\bot`, "USERNAME=bot", `USERPROFILE=C:\Users\bot`, `TEMP=C:\Users\bot\AppData\Local\Temp`, "COMPUTERNAME=GUEST"}},
		{"the system", wine.Job{Account: wine.System}, []string{`C:\Windows\system32`, "USERNAME=SYSTEM", `TEMP=C:\Windows\TEMP`}},
		{"a folder of its own", wine.Job{Account: bot, Folder: `C:\x`, Expand: true}, []string{`C:\x`, "STANDIN_EXPAND=1"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out bytes.Buffer
			tt.job.Line, tt.job.Stdout = "show", &out
			_, err := newRunner(t).Run(t.Context(), &tt.job)
			require.NoError(t, err)
			lines := strings.Split(out.String(), "\n")
			require.Equal(t, tt.want[0], lines[0])
			require.Subset(t, lines, tt.want)
		})
	}
}

func TestCancelKillsTheWholeJob(t *testing.T) {
	stopped := errors.New("stopped")
	ctx, cancel := context.WithCancelCause(t.Context())
	out := &firstLine{seen: make(chan string, 1)}
	var child string
	go func() {
		child = <-out.seen
		cancel(stopped)
	}()
	_, err := newRunner(t).Run(ctx, &wine.Job{Account: bot, Line: "hang", Stdout: out})
	require.ErrorIs(t, err, stopped)
	require.NotEmpty(t, child)
	require.Eventually(t, func() bool {
		state, err := os.ReadFile("/proc/" + child + "/stat")
		return err != nil || strings.Contains(string(state), ") Z ")
	}, 10*time.Second, 10*time.Millisecond, "the grandchild lives on")
}

type firstLine struct{ seen chan string }

func (f *firstLine) Write(p []byte) (int, error) {
	select {
	case f.seen <- strings.TrimSpace(string(p)):
	default:
	}
	return len(p), nil
}
