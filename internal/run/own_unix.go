//go:build unix && !linux

package run

import (
	"os/exec"
	"syscall"
)

// own gives a program its own process group, so that the terminal's Ctrl-C reaches it only through us.
func own(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
