package tools

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/guestprep/packer-plugin-guestprep/test/standin/services"
	"github.com/guestprep/packer-plugin-guestprep/test/standin/state"
)

const winrmFailed = 1

// DefaultPort is WinRM 2.0's for HTTP.
const DefaultPort = 5985

// winrm is behind winrm.cmd: create and delete of the HTTP listener, set of a few values, enumerate of the listeners.
func winrm(_ context.Context, m *Machine, c *Call) uint32 {
	args := split(c.Args)
	if len(args) < 2 {
		return m.refuse(c, winrmFailed, "winrm %s is not implemented", c.Args)
	}
	if !m.Services.Running(services.WinRM) {
		return winrmError(c, 2150858770, "The client cannot connect to the destination specified in the request. "+
			"Verify that the service on the destination is running and is accepting requests.")
	}
	verb, resource := strings.ToLower(args[0]), strings.ToLower(args[1])
	switch listener := listenerSelector(resource); {
	case verb == "create" && listener && len(args) <= 3:
		return m.createListener(c, args[2:])
	case verb == "delete" && listener && len(args) == 2:
		return m.deleteListener(c)
	case verb == "set" && len(args) == 3:
		return m.setWinRM(c, resource, args[2])
	case slices.Contains([]string{"e", "enum", "enumerate"}, verb) && resource == "winrm/config/listener" && len(args) == 2:
		for _, l := range m.Store.View().WinRM.Listeners {
			c.say("Listener\n    Address = %s\n    Transport = %s\n    Port = %d\n    Hostname\n    Enabled = true\n    URLPrefix = wsman\n", l.Address, l.Transport, l.Port)
		}
		return 0
	}
	return m.refuse(c, winrmFailed, "winrm %s %s is not implemented", args[0], args[1])
}

func winrmError(c *Call, code uint32, text string) uint32 {
	c.fail("WSManFault\n    Message = %s\n\nError number:  -%d 0x%X\n", text, -int64(int32(code)), code)
	return winrmFailed
}

func listenerSelector(resource string) bool {
	return resource == "winrm/config/listener?address=*+transport=http" || resource == "winrm/config/listener?transport=http+address=*"
}

var hashtable = regexp.MustCompile(`^@\{\s*(.*?)\s*\}$`)

// settings reads @{Name="value";Name="value"}. The C runtime has taken the quotes away if they were not escaped.
func settings(text string) (map[string]string, bool) {
	inner := hashtable.FindStringSubmatch(text)
	if inner == nil {
		return nil, false
	}
	out := map[string]string{}
	for _, pair := range strings.FieldsFunc(inner[1], func(r rune) bool { return r == ';' }) {
		name, value, ok := strings.Cut(pair, "=")
		if !ok {
			return nil, false
		}
		out[strings.ToLower(strings.TrimSpace(name))] = strings.Trim(strings.TrimSpace(value), `"`)
	}
	return out, true
}

func (m *Machine) createListener(c *Call, args []string) uint32 {
	port := DefaultPort
	if len(args) == 1 {
		given, ok := settings(args[0])
		n, err := strconv.ParseUint(given["port"], 10, 16)
		if !ok || len(given) != 1 || err != nil {
			return m.refuse(c, winrmFailed, "a listener accepts @{Port=\"...\"} only, got %q", args[0])
		}
		port = int(n)
	}
	exists := false
	err := m.Store.Update(func(s *state.State) error {
		if exists = len(s.WinRM.Listeners) > 0; !exists {
			s.WinRM.Listeners = []state.Listener{{Address: "*", Transport: "HTTP", Port: port}}
		}
		return nil
	})
	if err != nil {
		return m.refuse(c, winrmFailed, "%v", err)
	}
	if exists {
		return winrmError(c, 2150858843-116, "The WS-Management service cannot create the resource because it already exists.")
	}
	c.say("ResourceCreated\n    Address = http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous\n    ReferenceParameters\n" +
		"        ResourceURI = http://schemas.microsoft.com/wbem/wsman/1/config/listener\n        SelectorSet\n            Selector: Address = *, Transport = HTTP\n")
	return 0
}

func (m *Machine) deleteListener(c *Call) uint32 {
	missing := false
	err := m.Store.Update(func(s *state.State) error {
		missing = len(s.WinRM.Listeners) == 0
		s.WinRM.Listeners = nil
		return nil
	})
	if err != nil {
		return m.refuse(c, winrmFailed, "%v", err)
	}
	if missing {
		return winrmError(c, 2150858752, "The WS-Management service cannot process the request. The service cannot find the resource identified by the resource URI and selectors.")
	}
	return 0
}

// setters are the values that "winrm set" can change, by resource and name.
var setters = map[string]map[string]func(*state.WinRM, string) bool{
	"winrm/config":              {"maxtimeoutms": number(1, func(w *state.WinRM) *int { return &w.MaxTimeout })},
	"winrm/config/service":      {"allowunencrypted": boolean(func(w *state.WinRM) *bool { return &w.AllowUnencrypted })},
	"winrm/config/service/auth": {"basic": boolean(func(w *state.WinRM) *bool { return &w.Basic })},
	"winrm/config/winrs": {
		"maxmemorypershellmb":  number(0, func(w *state.WinRM) *int { return &w.MaxMemoryPerShellMB }),
		"maxprocessespershell": number(0, func(w *state.WinRM) *int { return &w.MaxProcessesPerShell }),
		"maxshellsperuser":     number(0, func(w *state.WinRM) *int { return &w.MaxShellsPerUser }),
	},
}

func number(least uint64, field func(*state.WinRM) *int) func(*state.WinRM, string) bool {
	return func(w *state.WinRM, text string) bool {
		n, err := strconv.ParseUint(text, 10, 31)
		if err != nil || n < least {
			return false
		}
		*field(w) = int(n)
		return true
	}
}

func boolean(field func(*state.WinRM) *bool) func(*state.WinRM, string) bool {
	return func(w *state.WinRM, text string) bool {
		*field(w) = strings.EqualFold(text, "true")
		return strings.EqualFold(text, "true") || strings.EqualFold(text, "false")
	}
}

func (m *Machine) setWinRM(c *Call, resource, text string) uint32 {
	given, ok := settings(text)
	if !ok || len(given) == 0 {
		return winrmError(c, 2150858778-29, "The WS-Management service cannot process the request because the XML is invalid: "+text)
	}
	next := m.Store.View().WinRM
	for name, value := range given {
		set, ok := setters[resource][name]
		if !ok {
			return m.refuse(c, winrmFailed, "%s has no %s here", resource, name)
		}
		if !set(&next, value) {
			return winrmError(c, 2150858778, name+" does not accept "+value)
		}
	}
	err := m.Store.Update(func(s *state.State) error {
		listeners := s.WinRM.Listeners
		s.WinRM = next
		s.WinRM.Listeners = listeners
		return nil
	})
	if err != nil {
		return m.refuse(c, winrmFailed, "%v", err)
	}
	for name, value := range given {
		c.say("%s\n    %s = %s", resource, name, value)
	}
	return 0
}
