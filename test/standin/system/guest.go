// Package system is the installed Windows: from the boot of its disk to its shutdown.
package system

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"time"

	"github.com/guestprep/packer-plugin-guestprep/test/standin/tools"
	"github.com/guestprep/packer-plugin-guestprep/test/standin/wine"
	"github.com/guestprep/packer-plugin-guestprep/test/standin/winrm"
)

// Guest is the running machine: what the tools see of it, and its door to the network.
type Guest struct {
	*tools.Machine
	door     *winrm.Door
	loggedOn atomic.Pointer[string]
}

var _ winrm.Machine = (*Guest)(nil)

// user is the account at the screen, or empty.
func (g *Guest) user() string {
	if u := g.loggedOn.Load(); u != nil {
		return *u
	}
	return ""
}

const (
	lsaKey    = `HKLM\SYSTEM\CurrentControlSet\Control\Lsa`
	policyKey = `HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System`
)

// Authenticate implements winrm.Machine.
func (g *Guest) Authenticate(name, password string) winrm.Verdict {
	policy, err := g.policy()
	if err != nil {
		g.Screen.Log("WinRM: %v", err)
		return winrm.Refused
	}
	s := g.Store.View()
	verdict := winrm.Judge(&s, policy, account(name), password)
	if verdict != winrm.Granted {
		g.Screen.Log("WinRM: access refused to %q", name)
	}
	return verdict
}

func account(name string) string { return name[strings.LastIndex(name, `\`)+1:] }

// policy reads three values; what is absent has Windows' default.
func (g *Guest) policy() (p winrm.Policy, err error) {
	for _, v := range []struct {
		key, name string
		absent    uint32
		to        *bool
	}{
		{lsaKey, "LimitBlankPasswordUse", 1, &p.LimitBlankPasswordUse},
		{policyKey, "EnableLUA", 1, &p.EnableLUA},
		{policyKey, "LocalAccountTokenFilterPolicy", 0, &p.LocalAccountTokenFilterPolicy},
	} {
		n, err := g.Registry.DWord(v.key, v.name, v.absent)
		if err != nil {
			return p, err
		}
		*v.to = n != 0
	}
	return p, nil
}

// Limits implements winrm.Machine.
func (g *Guest) Limits() (timeout time.Duration, shells int) {
	w := g.Store.View().WinRM
	return time.Duration(w.MaxTimeout) * time.Millisecond, w.MaxShellsPerUser
}

// longestLine is cmd's limit.
const longestLine = 8191

// Execute implements winrm.Machine.
func (g *Guest) Execute(ctx context.Context, name, line string, stdout, stderr io.Writer) uint32 {
	if len(line) > longestLine {
		_, _ = io.WriteString(stderr, "The command line is too long.\r\n") // a winrm stream does not fail
		return 1
	}
	who := wine.Account{Name: g.spelled(account(name)), Session: wine.Network}
	call := &tools.Call{Account: who, Folder: `C:\Users\` + who.Name, StdinKind: "pipe", Stdout: stdout, Stderr: stderr}
	if code, ok := g.Shortcut(ctx, call, line); ok {
		return code
	}
	start := time.Now()
	code, err := g.Runner.Run(ctx, &wine.Job{Account: who, Line: "cmd.exe /c " + line, Stdout: stdout, Stderr: stderr})
	if err != nil {
		g.Screen.Log("WinRM: %v", err)
		_, _ = fmt.Fprintf(stderr, "stand-in: %v\r\n", err) // a winrm stream does not fail
		return 1
	}
	g.Screen.Log("WinRM: exit code %d after %.1f s", code, time.Since(start).Seconds())
	return code
}

// spelled returns an account's name as it was created.
func (g *Guest) spelled(name string) string {
	s := g.Store.View()
	if a := s.Account(name); a != nil {
		return a.Name
	}
	return name
}
