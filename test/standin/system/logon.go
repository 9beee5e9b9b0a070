package system

import (
	"fmt"
	"strings"

	"github.com/guestprep/packer-plugin-guestprep/test/standin/state"
	"github.com/guestprep/packer-plugin-guestprep/test/standin/wine"
)

const winlogon = `HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon`

// Logon is what happens at the logon screen.
type Logon struct {
	User string // who is logged on; empty if the screen waits for somebody
	Why  string
}

// decideLogon is Winlogon: the registry's automatic logon first, else the one account that needs no password.
func decideLogon(s *state.State, r *wine.Registry) (Logon, error) {
	auto, err := r.String(winlogon, "AutoAdminLogon")
	if err != nil {
		return Logon{}, err
	}
	if auto == "1" {
		return autoLogon(s, r)
	}
	var enabled []state.Account
	for _, a := range s.Accounts {
		if a.Enabled {
			enabled = append(enabled, a)
		}
	}
	switch {
	case len(enabled) == 1 && enabled[0].Password == "":
		return Logon{enabled[0].Name, "the only enabled account has no password"}, nil
	case len(enabled) == 1:
		return Logon{Why: "the account " + enabled[0].Name + " has a password"}, nil
	}
	return Logon{Why: fmt.Sprintf("%d accounts to choose from", len(enabled))}, nil
}

// autoLogon follows the values of Winlogon's key and uses up one of its logons.
func autoLogon(s *state.State, r *wine.Registry) (Logon, error) {
	name, err := r.String(winlogon, "DefaultUserName")
	if err != nil {
		return Logon{}, err
	}
	password, err := r.String(winlogon, "DefaultPassword")
	if err != nil {
		return Logon{}, err
	}
	a := s.Account(name[strings.LastIndex(name, `\`)+1:])
	if a == nil || !a.Enabled || a.Password != password {
		return Logon{Why: "The user name or password is incorrect. [ OK ]"}, nil
	}
	const unlimited = 0
	count, err := r.DWord(winlogon, "AutoLogonCount", unlimited)
	if err != nil {
		return Logon{}, err
	}
	if err := useUp(r, count, password); err != nil {
		return Logon{}, err
	}
	return Logon{a.Name, "automatic logon"}, nil
}

// useUp counts down. A blank password serves once: Winlogon then turns automatic logon off.
func useUp(r *wine.Registry, count uint32, password string) error {
	switch {
	case password == "":
		return r.SetString(winlogon, "AutoAdminLogon", "0")
	case count > 1:
		return r.SetDWord(winlogon, "AutoLogonCount", count-1)
	case count == 1:
		if err := r.SetString(winlogon, "AutoAdminLogon", "0"); err != nil {
			return err
		}
		if err := r.Delete(winlogon, "DefaultPassword"); err != nil {
			return err
		}
		return r.Delete(winlogon, "AutoLogonCount")
	}
	return nil
}
