package agent

import (
	"time"

	"github.com/guestprep/packer-plugin-guestprep/internal/guest/cmdline"
	"github.com/guestprep/packer-plugin-guestprep/internal/guest/task"
)

// Start says how the agent is started in the guest.
type Start struct {
	User             string
	Delay            time.Duration // after the logon: the agent takes the first network card that is up when it starts
	Executable       string        // absolute path
	Arguments        []string
	WorkingDirectory string // the agent looks for its parts there; without a backslash at its end
}

// Task is the scheduled task that starts the agent when the user logs on: on the user's desktop, with full rights, and
// for as long as the machine runs.
func (s Start) Task() task.Task {
	return task.Task{
		Description: "Starts the guest agent",
		User:        s.User,
		Logon:       &task.Logon{Delay: s.Delay},
		Exec: task.Exec{
			Command:          s.Executable,
			Arguments:        cmdline.Join(s.Arguments),
			WorkingDirectory: s.WorkingDirectory,
		},
	}
}
