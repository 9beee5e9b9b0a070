package tasks

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/guestprep/packer-plugin-guestprep/test/standin/screen"
	"github.com/guestprep/packer-plugin-guestprep/test/standin/state"
	"github.com/guestprep/packer-plugin-guestprep/test/standin/wine"
)

// What Windows keeps as a task's last result besides exit codes.
const (
	ResultNeverRun   = 0x00041303 // SCHED_S_TASK_HAS_NOT_RUN
	ResultRunning    = 0x00041301 // SCHED_S_TASK_RUNNING
	ResultTerminated = 0x00041306 // SCHED_S_TASK_TERMINATED
)

// The errors of tasks.
var (
	ErrUnknown = errors.New("The system cannot find the file specified.") //nolint:staticcheck,revive // Windows' own text
	ErrExists  = errors.New("the task name already exists")
	errTime    = errors.New("the task's time limit is over")
	errEnded   = errors.New("the task was ended")
)

// Engine registers and runs tasks.
type Engine struct {
	Store  *state.Store
	Screen *screen.Screen
	Folder string // where the definitions are for others to see: System32\Tasks
	// Run runs one program of a task to its end.
	Run func(context.Context, *wine.Job) (uint32, error)
	// LoggedOn is the account at the screen; empty if there is none.
	LoggedOn func() string

	ctx     context.Context
	mu      sync.Mutex
	running map[string]context.CancelCauseFunc
}

// Start lets tasks run until ctx ends.
func (e *Engine) Start(ctx context.Context) {
	e.ctx, e.running = ctx, map[string]context.CancelCauseFunc{}
}

// Create registers a task from its file.
func (e *Engine) Create(name string, file []byte, force bool) error {
	text, err := Decode(file)
	if err != nil {
		return err
	}
	d, err := Parse(text)
	if err != nil {
		return err
	}
	name = strings.TrimPrefix(name, `\`)
	if name == "" || strings.ContainsAny(name, `\/:*?"<>|`) {
		return &Error{fmt.Sprintf("the task name %q is not implemented: only names in the root folder are", name)}
	}
	s := e.Store.View()
	if d.UserID != "" && !d.System() && s.Account(account(d.UserID)) == nil {
		return &Error{"No mapping between account names and security IDs was done.\n(UserId:" + d.UserID + ")"}
	}
	err = e.Store.Update(func(s *state.State) error {
		task := s.Task(name)
		if task != nil && !force {
			return ErrExists
		}
		if task == nil {
			s.Tasks = append(s.Tasks, state.Task{Name: name})
			task = &s.Tasks[len(s.Tasks)-1]
		}
		task.XML, task.LastResult, task.LastRun = text, ResultNeverRun, time.Time{}
		return nil
	})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(e.Folder, name), file, 0o644)
}

// account cuts the computer's name off an account's.
func account(id string) string { return id[strings.LastIndex(id, `\`)+1:] }

// Delete removes a task. What runs of it goes on, as on Windows.
func (e *Engine) Delete(name string) error {
	err := e.Store.Update(func(s *state.State) error {
		if s.Task(name) == nil {
			return ErrUnknown
		}
		name = s.Task(name).Name
		s.Tasks = slices.DeleteFunc(s.Tasks, func(t state.Task) bool { return t.Name == name })
		return nil
	})
	if err != nil {
		return err
	}
	return os.Remove(filepath.Join(e.Folder, name))
}

// Launch starts a task now and does not wait for it.
func (e *Engine) Launch(name string) error {
	s := e.Store.View()
	t := s.Task(name)
	if t == nil {
		return ErrUnknown
	}
	d, err := Parse(t.XML)
	if err != nil {
		return err
	}
	if d.Disabled || !d.OnDemand {
		return &Error{"The operator or administrator has refused the request."}
	}
	return e.launch(t.Name, d, 0)
}

// Logon starts the tasks that wait for this account to log on.
func (e *Engine) Logon(name string) error {
	for _, t := range e.Store.View().Tasks {
		d, err := Parse(t.XML)
		if err != nil {
			return fmt.Errorf("task %s: %w", t.Name, err)
		}
		for _, trigger := range d.Logon {
			if !d.Disabled && (trigger.UserID == "" || strings.EqualFold(account(trigger.UserID), name)) {
				if err := e.launch(t.Name, d, trigger.Delay); err != nil {
					e.Screen.Log("task %s was not started at logon: %v", t.Name, err)
				}
			}
		}
	}
	return nil
}

func (e *Engine) launch(name string, d *Definition, delay time.Duration) error {
	who, err := e.principal(d)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(e.ctx)
	e.mu.Lock()
	_, busy := e.running[name]
	if !busy {
		e.running[name] = cancel
	}
	e.mu.Unlock()
	if busy { // IgnoreNew, which is the default of MultipleInstancesPolicy
		cancel(nil)
		return nil
	}
	go e.work(ctx, cancel, name, d, who, delay)
	return nil
}

// principal finds out as whom a task runs. A task with an interactive token runs only in the session of its account.
func (e *Engine) principal(d *Definition) (wine.Account, error) {
	if d.System() {
		return wine.System, nil
	}
	user := e.LoggedOn()
	if user == "" || (d.UserID != "" && !strings.EqualFold(account(d.UserID), user)) {
		return wine.Account{}, &Error{"The account of the task is not logged on."}
	}
	return wine.Account{Name: user, Session: wine.Interactive}, nil
}

func (e *Engine) work(ctx context.Context, cancel context.CancelCauseFunc, name string, d *Definition, who wine.Account, delay time.Duration) {
	defer cancel(nil)
	e.record(name, ResultRunning, true)
	e.Screen.Log("task %s: started as %s (%s session)", name, who.Name, who.Session)
	code, err := e.actions(ctx, d, who, delay)
	switch {
	case errors.Is(err, errTime) || errors.Is(err, errEnded):
		code = ResultTerminated
		e.Screen.Log("task %s: terminated: %v", name, err)
	case err != nil:
		var start *wine.StartError
		if errors.As(err, &start) {
			code = 0x80070000 | start.Code // HRESULT_FROM_WIN32
		} else {
			code = ResultTerminated
		}
		e.Screen.Log("task %s: failed: %v", name, err)
	default:
		e.Screen.Log("task %s: exit code %d", name, code)
	}
	e.mu.Lock()
	delete(e.running, name)
	e.mu.Unlock()
	e.record(name, code, false)
}

func (e *Engine) actions(ctx context.Context, d *Definition, who wine.Account, delay time.Duration) (uint32, error) {
	select {
	case <-ctx.Done():
		return 0, context.Cause(ctx)
	case <-time.After(delay):
	}
	if d.TimeLimit > 0 {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeoutCause(ctx, d.TimeLimit, errTime)
		defer stop()
	}
	var code uint32
	for _, a := range d.Actions {
		line := a.Command
		if strings.Contains(line, " ") && !strings.HasPrefix(line, `"`) {
			line = `"` + line + `"`
		}
		var err error
		code, err = e.Run(ctx, &wine.Job{Account: who, Folder: a.WorkingDirectory, Line: strings.TrimSpace(line + " " + a.Arguments), Expand: true})
		if err != nil {
			return code, err
		}
	}
	return code, nil
}

func (e *Engine) record(name string, result uint32, started bool) {
	err := e.Store.Update(func(s *state.State) error {
		if t := s.Task(name); t != nil { // it may delete itself
			t.LastResult = result
			if started {
				t.LastRun = time.Now()
			}
		}
		return nil
	})
	if err != nil {
		e.Screen.Log("task %s: %v", name, err)
	}
}

// End kills a running task.
func (e *Engine) End(name string) error {
	s := e.Store.View()
	t := s.Task(name)
	if t == nil {
		return ErrUnknown
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if cancel, ok := e.running[t.Name]; ok {
		cancel(errEnded)
	}
	return nil
}

// Status is the word that schtasks shows.
func (e *Engine) Status(t *state.Task) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	if _, ok := e.running[t.Name]; ok {
		return "Running"
	}
	if d, err := Parse(t.XML); err != nil || d.Disabled {
		return "Disabled"
	}
	return "Ready"
}
