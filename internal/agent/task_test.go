package agent

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guestprep/packer-plugin-guestprep/internal/guest/task"
)

func TestTask(t *testing.T) {
	start := Start{
		User:             "bot",
		Delay:            15 * time.Second,
		Executable:       `C:\GuestAgent\InstallerAnalyzer1_Guest.exe`,
		Arguments:        []string{"203.0.113.10", "9000", "two words"},
		WorkingDirectory: `C:\GuestAgent`,
	}
	require.Equal(t, task.Task{
		Description: "Starts the guest agent",
		User:        "bot",
		Logon:       &task.Logon{Delay: 15 * time.Second},
		TimeLimit:   0,
		Exec: task.Exec{
			Command:          `C:\GuestAgent\InstallerAnalyzer1_Guest.exe`,
			Arguments:        `203.0.113.10 9000 "two words"`,
			WorkingDirectory: `C:\GuestAgent`,
		},
	}, start.Task())
}
