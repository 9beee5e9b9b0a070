package winrm

import (
	"strconv"

	"github.com/guestprep/packer-plugin-guestprep/test/standin/state"
)

// Address says where the service listens: nowhere unless it runs, has a listener, and the firewall lets the port in.
func Address(s *state.State, running bool) string {
	if !running || len(s.WinRM.Listeners) == 0 {
		return ""
	}
	port := strconv.Itoa(s.WinRM.Listeners[0].Port)
	if !s.PortOpen(port) {
		return ""
	}
	return ":" + port
}

// Policy is what the registry says about logons over the network.
type Policy struct {
	LimitBlankPasswordUse         bool
	LocalAccountTokenFilterPolicy bool // false: administrators come in without their rights
	EnableLUA                     bool // false: there is nothing to filter
}

// Judge decides whether an account gets in with Basic authentication over plain HTTP.
func Judge(s *state.State, p Policy, name, password string) Verdict {
	a := s.Account(name)
	switch {
	case !s.WinRM.Basic || !s.WinRM.AllowUnencrypted:
		return Refused
	case a == nil || !a.Enabled || a.Password != password:
		return Refused
	case password == "" && p.LimitBlankPasswordUse:
		return Refused
	case !a.Administrator:
		return AccessDenied
	case !a.BuiltIn && p.EnableLUA && !p.LocalAccountTokenFilterPolicy:
		return AccessDenied
	}
	return Granted
}
