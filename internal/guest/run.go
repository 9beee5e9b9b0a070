package guest

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	packersdk "github.com/hashicorp/packer-plugin-sdk/packer"
)

// ExitCode is the exit code of a Windows program. It has 32 bits; communicators give it as a signed number or not.
type ExitCode uint32

// The exit codes of successful installations.
const (
	ExitSuccess         ExitCode = 0
	ExitRebootRequired  ExitCode = 3010 // ERROR_SUCCESS_REBOOT_REQUIRED
	ExitRebootInitiated ExitCode = 1641 // ERROR_SUCCESS_REBOOT_INITIATED
)

// String writes codes that are an HRESULT or an NTSTATUS as these are documented, in hexadecimal.
func (c ExitCode) String() string {
	if int32(c) < 0 {
		return fmt.Sprintf("0x%08X", uint32(c))
	}
	return strconv.FormatUint(uint64(c), 10)
}

// Result is how a command ended.
type Result struct {
	ExitCode ExitCode
	Stdout   string
	Stderr   string
}

// CommandError says that a command ended with an exit code other than 0.
type CommandError struct {
	Command string
	Result
}

func (e *CommandError) Error() string {
	msg := fmt.Sprintf("%s: exit code %s", e.Command, e.ExitCode)
	if out := lastLines(e.Stdout + "\n" + e.Stderr); out != "" {
		msg += "\n" + out
	}
	return msg
}

// ConnectionError says that the guest could not be asked, or that its answer did not arrive.
type ConnectionError struct {
	Command string
	Err     error
}

func (e *ConnectionError) Error() string {
	return fmt.Sprintf("%s: no answer from the guest: %v", e.Command, e.Err)
}

func (e *ConnectionError) Unwrap() error { return e.Err }

// Run runs a command line in the guest's cmd and waits for its end. An exit code other than 0 is an error of type
// *CommandError; the result is valid then, too.
func (s *Session) Run(ctx context.Context, line string) (Result, error) {
	if err := ctx.Err(); err != nil {
		return Result{}, context.Cause(ctx)
	}
	var stdout, stderr output
	cmd := &packersdk.RemoteCmd{Command: line, Stdout: &stdout, Stderr: &stderr}
	ended := make(chan error, 1)
	// Packer's connection to plugins does not carry the context: the command must be left behind to stop waiting for it.
	go func() {
		err := s.comm.Start(ctx, cmd)
		if err == nil {
			cmd.Wait()
		}
		ended <- err
	}()
	select {
	case <-ctx.Done():
		return Result{}, context.Cause(ctx)
	case err := <-ended:
		if err != nil {
			return Result{}, &ConnectionError{Command: line, Err: err}
		}
	}
	result := Result{ExitCode: ExitCode(uint32(cmd.ExitStatus())), Stdout: stdout.String(), Stderr: stderr.String()}
	if cmd.ExitStatus() == packersdk.CmdDisconnect {
		return result, &ConnectionError{Command: line, Err: fmt.Errorf("the connection was closed\n%s", lastLines(result.Stderr))}
	}
	if result.ExitCode != ExitSuccess {
		return result, &CommandError{Command: line, Result: result}
	}
	return result, nil
}

// tailLines is how many lines of a program's output an error shows.
const tailLines = 15

// lastLines is the end of what a program wrote, without empty lines.
func lastLines(out string) string {
	var lines []string
	for line := range strings.Lines(out) {
		if line = strings.TrimRight(line, " \r\n"); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines[max(0, len(lines)-tailLines):], "\n")
}
