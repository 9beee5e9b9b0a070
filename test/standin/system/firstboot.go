package system

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"

	"github.com/guestprep/packer-plugin-guestprep/test/standin/state"
	"github.com/guestprep/packer-plugin-guestprep/test/standin/unattend"
	"github.com/guestprep/packer-plugin-guestprep/test/standin/wine"
)

// answer reads Setup's copy of the answer file. Setup has checked it.
func (g *Guest) answer() (*unattend.Answer, error) {
	file, err := os.ReadFile(filepath.Join(Store, "unattend.xml"))
	if err != nil {
		return nil, fmt.Errorf("reading the answer file: %w", err)
	}
	doc, err := unattend.Parse(file)
	if err != nil {
		return nil, err
	}
	return doc.Read()
}

// specialize is the pass of that name and the settings of oobeSystem.
func (g *Guest) specialize(ctx context.Context, a *unattend.Answer) error {
	g.Screen.Page("Windows Setup", "Setup is preparing your computer for first use", "")
	for _, c := range a.Specialize {
		code, err := g.Runner.Run(ctx, &wine.Job{Account: wine.System, Line: c.Line, Expand: true})
		g.Screen.Add("specialize command %d: %s: exit code %d", c.Order, c.Line, code)
		if err != nil {
			return fmt.Errorf("specialize command %d: %w", c.Order, err)
		}
	}
	if err := g.setAutoLogon(a.AutoLogon); err != nil {
		return err
	}
	return g.Store.Update(func(s *state.State) error {
		s.ComputerName = cmp.Or(a.ComputerName, "WIN-STANDIN")
		s.TimeZone = a.TimeZone
		for _, x := range a.Accounts {
			s.Accounts = append(s.Accounts, state.Account{
				Name: x.Name, Password: x.Password, DisplayName: x.DisplayName, Description: x.Description, Administrator: x.Administrator, Enabled: true,
			})
		}
		s.Phase = state.PhaseFirstLogon
		return nil
	})
}

// setAutoLogon writes what Winlogon reads. Windows adds one to the count, a known fault of it.
func (g *Guest) setAutoLogon(auto *unattend.AutoLogon) error {
	if auto == nil {
		return nil
	}
	for _, v := range [][2]string{{"AutoAdminLogon", "1"}, {"DefaultUserName", auto.Username}, {"DefaultPassword", auto.Password}} {
		if err := g.Registry.SetString(winlogon, v[0], v[1]); err != nil {
			return err
		}
	}
	if auto.LogonCount > 0 {
		return g.Registry.SetDWord(winlogon, "AutoLogonCount", uint32(auto.LogonCount)+1)
	}
	return nil
}

// firstLogon runs the first-logon commands in the name of whoever logged on. An account that is no administrator gets none.
func (g *Guest) firstLogon(ctx context.Context, a *unattend.Answer, user string) error {
	g.Screen.Page("Windows 7", "Setting up personalized settings for "+user, "")
	s := g.Store.View()
	if s.Account(user).Administrator {
		for _, c := range a.FirstLogon {
			g.Screen.Add("first-logon command %d: %s", c.Order, c.Line)
			out := &tail{}
			code, err := g.Runner.Run(ctx, &wine.Job{Account: wine.Account{Name: user, Session: wine.Interactive}, Line: c.Line, Expand: true, Stdout: out, Stderr: out})
			if err != nil { // Windows goes on with the next one
				g.Screen.Add("first-logon command %d: %v", c.Order, err)
			} else {
				g.Screen.Log("first-logon command %d: exit code %d, output: %s", c.Order, code, out)
			}
		}
	}
	if err := g.keepAnswerFile(); err != nil {
		return err
	}
	return g.Store.Update(func(s *state.State) error { s.Phase = state.PhaseDone; return nil })
}

var secret = regexp.MustCompile(`(?s)(<(?:\w+:)?(?:Password|AdministratorPassword)>\s*<Value>)[^<]*(</Value>)`)

// keepAnswerFile leaves in Panther what Windows leaves there: the answer file without its passwords.
func (g *Guest) keepAnswerFile() error {
	kept := filepath.Join(Store, "unattend.xml")
	file, err := os.ReadFile(kept)
	if err != nil {
		return fmt.Errorf("keeping the answer file: %w", err)
	}
	if err := os.WriteFile(filepath.Join(prefix, "drive_c", "windows", "Panther", "unattend.xml"), mask(file), 0o644); err != nil {
		return fmt.Errorf("keeping the answer file: %w", err)
	}
	return os.Remove(kept)
}

func mask(file []byte) []byte {
	return secret.ReplaceAll(file, []byte("${1}*SENSITIVE*DATA*DELETED*${2}"))
}

// tail keeps the end of what a command writes, for the serial port.
type tail struct{ b []byte }

func (t *tail) Write(p []byte) (int, error) {
	const most = 400
	t.b = append(t.b, p...)
	t.b = t.b[max(0, len(t.b)-most):]
	return len(p), nil
}

func (t *tail) String() string { return string(t.b) }
