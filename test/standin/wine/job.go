package wine

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// Account says in whose name a job runs, and how it got in.
type Account struct {
	Name    string
	Session Session
}

// Session is the kind of logon that a job belongs to.
type Session string

// The sessions.
const (
	Service     Session = "service"     // SYSTEM, session 0
	Network     Session = "network"     // WinRM
	Interactive Session = "interactive" // at the screen
)

// System is the account of services and of tasks that run as S-1-5-18.
var System = Account{Name: "SYSTEM", Session: Service}

// Job is one command line and all processes that come of it.
type Job struct {
	Account Account
	Folder  string // a Windows path; empty for the account's profile
	Line    string // as CreateProcess takes it
	Expand  bool   // replace %NAME% first, as Task Scheduler and Setup do
	Stdout  io.Writer
	Stderr  io.Writer

	id string
}

// Runner starts jobs.
type Runner struct {
	Prefix   string   // Wine's
	Wine     []string // how to start a Windows program: the loader and what goes before the program's path
	Env      []string // for the loader
	Computer string

	last atomic.Int64
	jobs atomicMap
}

// jobVariable marks all processes of a job, however they were started: Wine passes its programs' environment on to Linux.
const jobVariable = "STANDIN_JOB"

// Account returns the account of a running job. Unknown jobs are the system's: the daemon's own children have none.
func (r *Runner) Account(id string) Account {
	if j, ok := r.jobs.get(id); ok {
		return j.Account
	}
	return System
}

// Run runs a job to its end and returns its exit code. If ctx ends first, it kills all of the job's processes.
func (r *Runner) Run(ctx context.Context, job *Job) (uint32, error) {
	job.id = strconv.FormatInt(r.last.Add(1), 10)
	r.jobs.set(job.id, job)
	defer r.jobs.delete(job.id)
	file := filepath.Join(r.Prefix, "drive_c", "windows", "standin", "jobs", job.id)
	if err := os.WriteFile(file, []byte(r.jobFile(job)), 0o600); err != nil {
		return 0, fmt.Errorf("starting %s: %w", job.Line, err)
	}
	defer func() {
		_ = os.Remove(file)
		_ = os.Remove(file + ".rc")
	}()
	err := r.start(ctx, job)
	if ctx.Err() != nil {
		r.Kill(job.id)
		return 0, context.Cause(ctx)
	}
	code, rcErr := exitCode(file + ".rc")
	if rcErr != nil && err != nil {
		return 0, fmt.Errorf("starting %s: %w", job.Line, err)
	}
	return code, rcErr
}

func (r *Runner) start(ctx context.Context, job *Job) error {
	argv := slices.Concat(r.Wine, []string{`C:\windows\standin\runner.exe`, `C:\windows\standin\jobs\` + job.id})
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Dir = filepath.Join(r.Prefix, "drive_c")
	cmd.Env = slices.Concat(r.Env, []string{jobVariable + "=" + job.id, "USER=" + job.Account.Name})
	cmd.Stdout, cmd.Stderr = job.Stdout, job.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	cmd.WaitDelay = 300 * time.Millisecond // what the job left behind may keep the pipes open
	return cmd.Run()
}

func (r *Runner) jobFile(job *Job) string {
	profile := `C:\Users\` + job.Account.Name
	temp := profile + `\AppData\Local\Temp`
	if job.Account.Session == Service {
		profile, temp = `C:\Windows\system32\config\systemprofile`, `C:\Windows\TEMP`
	}
	folder := job.Folder
	if folder == "" {
		folder = profile
		if job.Account.Session == Service {
			folder = `C:\Windows\system32`
		}
	}
	lines := []string{
		folder, "USERNAME=" + job.Account.Name, "USERPROFILE=" + profile, "HOMEDRIVE=C:", "HOMEPATH=" + profile[2:],
		"APPDATA=" + profile + `\AppData\Roaming`, "LOCALAPPDATA=" + profile + `\AppData\Local`,
		"TEMP=" + temp, "TMP=" + temp, "COMPUTERNAME=" + r.Computer, "USERDOMAIN=" + r.Computer,
	}
	if job.Expand {
		lines = append(lines, "STANDIN_EXPAND=1")
	}
	return strings.Join(append(lines, "", job.Line), "\n")
}

// exitCode reads what runner.exe found out.
func exitCode(file string) (uint32, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return 0, fmt.Errorf("runner.exe left no exit code: %w", err)
	}
	word, number, _ := strings.Cut(strings.TrimSpace(string(data)), " ")
	n, err := strconv.ParseUint(number, 10, 32)
	if err != nil {
		return 0, fmt.Errorf("runner.exe left %q: %w", data, err)
	}
	if word == "error" {
		return 0, &StartError{Code: uint32(n)}
	}
	return uint32(n), nil
}

// StartError is the error of CreateProcess.
type StartError struct{ Code uint32 }

func (e *StartError) Error() string {
	return fmt.Sprintf("the program could not be started, Windows error %d", e.Code)
}

// Kill ends all processes of a job.
func (r *Runner) Kill(id string) {
	mark := []byte("\x00" + jobVariable + "=" + id + "\x00")
	environments, _ := filepath.Glob("/proc/[0-9]*/environ") // the pattern is fine
	for _, file := range environments {
		env, err := os.ReadFile(file)
		if err != nil || !bytes.Contains(append([]byte{0}, env...), mark) {
			continue // ended meanwhile, or not ours
		}
		if pid, err := strconv.Atoi(strings.Split(file, "/")[2]); err == nil {
			_ = syscall.Kill(pid, syscall.SIGKILL) // it may have ended meanwhile
		}
	}
}
