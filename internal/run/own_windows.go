package run

import (
	"os/exec"
	"syscall"
)

// own gives a program its own process group, so that the console's Ctrl-C reaches it only through us.
func own(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}
