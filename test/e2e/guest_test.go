package e2e

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guestprep/packer-plugin-guestprep/internal/answer"
)

// installArgs are the arguments that build with the builder alone. vars are NAME=VALUE.
func installArgs(vars ...string) []string {
	args := []string{"build", "-color=false"}
	for _, v := range append(vars, "iso_url="+filepath.Join(built.standin, "standin.iso"), "iso_checksum="+built.checksum) {
		args = append(args, "-var", v)
	}
	return append(args, filepath.Join(built.root, "test", "e2e", "testdata", "install.pkr.hcl"))
}

const waiting = "Waiting for the guest's WinRM"

func TestCtrlC(t *testing.T) {
	p := newPacker(t)
	p.start(t, installArgs()...)
	p.waitFor(t, waiting)
	require.NotEmpty(t, p.qemu(t))
	require.NoError(t, syscall.Kill(-p.cmd.Process.Pid, syscall.SIGINT))
	require.Equal(t, 1, p.wait(t))
	p.leavesNothing(t)
	entries, err := os.ReadDir(p.dir)
	require.NoError(t, err)
	require.Empty(t, entries, "a build that the user ends needs no picture")
}

func TestGuestDies(t *testing.T) {
	p := newPacker(t)
	p.start(t, installArgs()...)
	p.waitFor(t, waiting)
	pids := p.qemu(t)
	require.Len(t, pids, 1)
	require.NoError(t, syscall.Kill(pids[0], syscall.SIGKILL))
	require.Equal(t, 1, p.wait(t), "long before winrm_timeout")
	require.Contains(t, p.output.String(), "the virtual machine is gone: the virtual machine's process ended:")
	require.Contains(t, p.output.String(), "signal: killed")
	p.leavesNothing(t)
}

// The guest can be turned off without being sealed: by a command of the user's, or by its power button.
func TestUnsealed(t *testing.T) {
	for _, way := range []string{"shutdown_command=shutdown /s /f /t 0", "skip_seal=true"} {
		t.Run(way, func(t *testing.T) {
			p := newPacker(t)
			require.Zero(t, p.run(t, installArgs(way)...))
			require.Contains(t, p.output.String(), "Shutting the guest down, unsealed")
			require.Contains(t, p.output.String(), "the guest powered off after")
			require.FileExists(t, filepath.Join(p.dir, "output-windows7", "guest_preparation.qcow2"))
			require.Empty(t, p.qemu(t), "processes")
		})
	}
}

// The user brings an answer file, and says another password than is in it.
func TestWrongPassword(t *testing.T) {
	p := newPacker(t)
	file, err := answer.Render(answer.Install{
		Arch: answer.X86, Edition: "Windows 7 PROFESSIONAL", Language: "en-US", TimeZone: "UTC", ComputerName: "GUEST",
		User: "bot", Password: "the-right-one", Organization: "e2e",
		FirstLogon: []answer.Command{{
			Line:        `cmd /c for %d in (D E F G H) do if exist %d:\guestprep\open-winrm.cmd call %d:\guestprep\open-winrm.cmd`,
			Description: "Open WinRM",
		}},
	})
	require.NoError(t, err)
	path := filepath.Join(p.dir, "answer.xml")
	require.NoError(t, os.WriteFile(path, file, 0o600))
	require.Equal(t, 1, p.run(t, installArgs("answer_file="+path, "winrm_password=the-wrong-one")...))

	out := p.output.String()
	require.Contains(t, out, `winrm_username, winrm_password: the guest's WinRM has refused user "bot"`)
	picture := filepath.Join(p.dir, "output-windows7-failure.png")
	require.Contains(t, out, filepath.Base(picture))
	requirePicture(t, picture)
	p.leavesNothing(t)
	requireNoSecrets(t, p, "the-right-one", "the-wrong-one")
}
