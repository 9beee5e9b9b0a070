package run

import (
	"context"
	"os/exec"
	"runtime"
)

// Process is a program that runs beside us.
type Process struct {
	done chan struct{}
	kill context.CancelFunc
	err  error
	pid  int
}

// Start starts a program that runs until it ends or Kill is called. It is not ended by a Ctrl-C in our terminal, and
// on Linux it does not outlive us even if we are killed. The error of a program that does not start is of type *Error.
func Start(name string, args ...string) (*Process, error) {
	ctx, kill := context.WithCancel(context.Background())
	p := &Process{done: make(chan struct{}), kill: kill}
	started := make(chan error)
	go p.run(ctx, started, name, args)
	if err := <-started; err != nil {
		kill()
		return nil, err
	}
	return p, nil
}

func (p *Process) run(ctx context.Context, started chan<- error, name string, args []string) {
	// The signal that ends the program with us is tied to the thread that started it, not to the process.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	t := &tail{}
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stdout, cmd.Stderr = t, t
	cmd.WaitDelay = readDelay
	own(cmd)
	if err := cmd.Start(); err != nil {
		started <- explain(cmd, t, err)
		return
	}
	p.pid = cmd.Process.Pid
	started <- nil
	p.err = explain(cmd, t, cmd.Wait())
	close(p.done)
}

// Done is closed when the program has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Err is nil if the program ended with exit code 0, otherwise an *Error. It may be called after Done.
func (p *Process) Err() error { return p.err }

// Pid is the program's process id.
func (p *Process) Pid() int { return p.pid }

// Kill ends the program at once and returns when it is gone. It may be called more than once.
func (p *Process) Kill() {
	p.kill()
	<-p.done
}
