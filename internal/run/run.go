// Package run starts the programs the plugin depends on. It is the only package that uses os/exec, so that every
// program gets a context, and every failure tells which command line ended how and what the program last said.
package run

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"
)

// tailSize is how much of a program's output an error keeps, in bytes.
const tailSize = 4096

// readDelay is how long what a program has written may take to be read after its end. Beyond that, something that the
// program has started and left behind holds its output open. It is long, because our own end may be slow: progress goes
// through Packer's RPC to a terminal.
const readDelay = time.Minute

// Error tells how a command failed.
type Error struct {
	Argv     []string // the command line
	ExitCode int      // -1 if the program did not start or was ended by a signal
	Tail     string   // the end of what it wrote to stdout and stderr
	Err      error    // the cause, of package os/exec or context
}

func (e *Error) Error() string {
	if errors.Is(e.Err, exec.ErrNotFound) {
		return fmt.Sprintf("%s: not found in PATH", e.Argv[0])
	}
	msg := fmt.Sprintf("%s: %v", Quote(e.Argv), e.Err)
	if e.Tail != "" {
		msg += "\n" + e.Tail
	}
	return msg
}

func (e *Error) Unwrap() error { return e.Err }

// Find returns the first of several command lines whose program is in PATH, and false if there is none.
func Find(commands ...[]string) ([]string, bool) {
	for _, c := range commands {
		if _, err := exec.LookPath(c[0]); err == nil {
			return c, true
		}
	}
	return nil, false
}

// Look finds the program name in PATH and returns its path. The error says in which package a user finds it.
func Look(name, hint string) (string, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		return "", &missingError{name: name, hint: hint}
	}
	return path, nil
}

// missingError is exec.ErrNotFound in words that help.
type missingError struct{ name, hint string }

func (e *missingError) Error() string {
	return fmt.Sprintf("%s: not found in PATH (%s)", e.name, e.hint)
}
func (e *missingError) Unwrap() error { return exec.ErrNotFound }

// Output runs a program to its end and returns what it wrote to stdout.
// Errors are of type *Error.
func Output(ctx context.Context, name string, args ...string) ([]byte, error) {
	var stdout bytes.Buffer
	err := Stream(ctx, &stdout, name, args...)
	return stdout.Bytes(), err
}

// Stream runs a program to its end and copies its stdout to w as it comes.
// Errors are of type *Error.
func Stream(ctx context.Context, w io.Writer, name string, args ...string) error {
	t := &tail{}
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stdout, cmd.Stderr = io.MultiWriter(w, t), t
	cmd.WaitDelay = readDelay
	own(cmd)
	err := cmd.Run()
	if cause := context.Cause(ctx); err != nil && cause != nil {
		err = cause // "signal: killed" says nothing of why
	}
	return explain(cmd, t, err)
}

func explain(cmd *exec.Cmd, t *tail, err error) error {
	if err == nil {
		return nil
	}
	code := -1
	if cmd.ProcessState != nil {
		code = cmd.ProcessState.ExitCode()
	}
	return &Error{Argv: cmd.Args, ExitCode: code, Tail: t.String(), Err: err}
}

// Quote writes a command line so that it can be pasted into a POSIX shell.
func Quote(argv []string) string {
	quoted := make([]string, len(argv))
	for i, a := range argv {
		if a == "" || strings.ContainsAny(a, " \t\n'\"\\$`&|;<>()*?[]#~!{}") {
			a = "'" + strings.ReplaceAll(a, "'", `'\''`) + "'"
		}
		quoted[i] = a
	}
	return strings.Join(quoted, " ")
}
