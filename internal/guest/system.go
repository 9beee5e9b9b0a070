package guest

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/guestprep/packer-plugin-guestprep/internal/guest/cmdline"
	"github.com/guestprep/packer-plugin-guestprep/internal/guest/task"
)

// Job is a program that runs as SYSTEM. A program that WinRM starts has a network logon, in which many installers fail.
type Job struct {
	Name      string   // letters, digits and ._-; names the job's folder and its task
	Argv      []string // program and arguments; see cmdline.CheckBatch for what they may contain
	TimeLimit time.Duration
}

// JobResult is how a job ended.
type JobResult struct {
	ExitCode ExitCode
	Log      string // the end of what it wrote to its output
}

// TimeLimitError says that a job was ended because it took too long.
type TimeLimitError struct {
	Job   string
	Limit time.Duration
	Log   string // the end of its output
}

func (e *TimeLimitError) Error() string {
	msg := fmt.Sprintf("%s did not end within its time limit of %s, and was ended", e.Job, e.Limit)
	if e.Log != "" {
		return msg + "; it wrote last:\n" + e.Log
	}
	return msg + "; it wrote nothing. It may have waited for an answer in a window that nobody sees"
}

// JobDir is the folder in the guest of the job of that name. What a job needs is put there before it runs.
func JobDir(name string) string { return workDir + `\` + name }

// RunAsSystem runs a job in a scheduled task and waits for its end. Any exit code is a result, not an error. The task
// is gone when it returns, and the job's folder too, unless it is in use.
func (s *Session) RunAsSystem(ctx context.Context, job Job) (result JobResult, err error) {
	dir, name := JobDir(job.Name), "guestprep-"+job.Name
	if err := errors.Join(CheckPath(dir), CheckTaskName(name)); err != nil {
		return JobResult{}, err
	}
	if err := s.putJob(ctx, job, dir); err != nil {
		return JobResult{}, fmt.Errorf("prepare %s in the guest: %w", job.Name, err)
	}
	defer func() {
		// The exit codes do not matter: the task may not have been made, and something that the program left running may
		// still use the folder. Close finds out whether it does to the end.
		err = s.cleanup(ctx, err, fmt.Sprintf(`schtasks /Delete /TN "%s" /F >nul 2>nul & rmdir /s /q "%s" 2>nul & exit 0`, name, dir))
	}()
	start := fmt.Sprintf(`(if exist "%[1]s\exit.txt" del /f /q "%[1]s\exit.txt") & schtasks /Create /TN "%[2]s" /XML "%[1]s\task.xml" /F && schtasks /Run /TN "%[2]s"`, dir, name)
	if _, err := s.Run(ctx, start); err != nil {
		return JobResult{}, fmt.Errorf("start %s as SYSTEM: %w", job.Name, err)
	}
	limited, cancel := context.WithTimeoutCause(ctx, job.TimeLimit, errTimeLimit)
	defer cancel()
	result, err = s.waitForJob(limited, dir)
	if err == nil {
		return result, nil
	}
	log := s.endJob(ctx, name, dir)
	if errors.Is(err, errTimeLimit) {
		return JobResult{}, &TimeLimitError{Job: job.Name, Limit: job.TimeLimit, Log: log}
	}
	return JobResult{}, fmt.Errorf("wait for %s: %w", job.Name, err)
}

// errTimeLimit is why a job is no longer waited for.
var errTimeLimit = errors.New("the job's time limit is over")

// taskMargin is how much longer than we the guest itself waits before it ends a job: it does so if we no longer can.
const taskMargin = time.Minute

func (s *Session) putJob(ctx context.Context, job Job, dir string) error {
	command, err := cmdline.Batch(job.Argv)
	if err != nil {
		return err
	}
	script, err := render(jobTemplate, struct{ Command string }{command})
	if err != nil {
		return err
	}
	definition, err := task.Task{
		Description: "Runs " + job.Name + " for guestprep",
		User:        task.System,
		TimeLimit:   job.TimeLimit + taskMargin,
		Exec:        batchFile(dir + `\job.cmd`),
	}.Encode()
	if err != nil {
		return err
	}
	if err := s.Put(ctx, script, dir+`\job.cmd`); err != nil {
		return err
	}
	return s.Put(ctx, definition, dir+`\task.xml`)
}

// batchFile is how a task runs a batch file. The path contains no space: cmd /c treats quotes in its own way.
func batchFile(path string) task.Exec {
	return task.Exec{Command: `C:\Windows\System32\cmd.exe`, Arguments: "/c " + path}
}

// waitForJob asks until the job's exit code is there.
func (s *Session) waitForJob(ctx context.Context, dir string) (JobResult, error) {
	ask := fmt.Sprintf(`type "%[1]s\exit.txt" >nul 2>nul && (type "%[1]s\output.log" & echo. & type "%[1]s\exit.txt")`, dir)
	lastAnswer := time.Now()
	for poll := s.poll; ; poll = min(2*poll, maxPoll) {
		if err := sleep(ctx, poll); err != nil {
			return JobResult{}, err
		}
		result, err := s.Run(ctx, ask)
		var running *CommandError
		var lost *ConnectionError
		switch {
		case err == nil:
			return parseJob(result.Stdout)
		case errors.As(err, &running):
			lastAnswer = time.Now()
		case errors.As(err, &lost) && time.Since(lastAnswer) < s.patience:
			// The job goes on without us.
		default:
			return JobResult{}, err
		}
	}
}

// parseJob reads a job's log and, on the last line, its exit code, as cmd prints it: signed.
func parseJob(out string) (JobResult, error) {
	out = strings.TrimRight(out, " \r\n")
	i := strings.LastIndexByte(out, '\n') + 1
	code, err := strconv.ParseInt(strings.TrimSpace(out[i:]), 10, 64)
	if err != nil {
		return JobResult{}, fmt.Errorf("exit code: %w", err)
	}
	return JobResult{ExitCode: ExitCode(uint32(code)), Log: lastLines(out[:i])}, nil
}

// endJob ends a job that is no longer waited for and returns the end of its output, if the guest still gives it.
func (s *Session) endJob(ctx context.Context, name, dir string) string {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTimeout)
	defer cancel()
	result, err := s.Run(ctx, fmt.Sprintf(`schtasks /End /TN "%s" >nul & type "%s\output.log"`, name, dir))
	if err != nil {
		return ""
	}
	return lastLines(result.Stdout)
}
