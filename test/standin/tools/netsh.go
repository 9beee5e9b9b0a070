package tools

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/guestprep/packer-plugin-guestprep/test/standin/state"
)

const netshFailed = 1

// netsh accepts "advfirewall firewall add|delete|show rule name=... ...".
func netsh(_ context.Context, m *Machine, c *Call) uint32 {
	args := split(c.Args)
	const depth = 4
	if len(args) <= depth || !strings.EqualFold(strings.Join(args[:2], " "), "advfirewall firewall") || !strings.EqualFold(args[3], "rule") {
		return m.refuse(c, netshFailed, "only advfirewall firewall add|delete|show rule is implemented")
	}
	given := map[string]string{}
	for _, arg := range args[depth:] {
		name, value, ok := strings.Cut(arg, "=")
		name = strings.ToLower(name)
		if _, twice := given[name]; !ok || twice || value == "" {
			c.fail("\nA specified value is not valid.\n\n%s\n", arg)
			return netshFailed
		}
		given[name] = value
	}
	switch strings.ToLower(args[2]) {
	case "add":
		return m.addRule(c, given)
	case "delete":
		return m.deleteRules(c, given)
	case "show":
		return m.showRules(c, given)
	}
	return m.refuse(c, netshFailed, "advfirewall firewall %s rule is not implemented", args[2])
}

func (m *Machine) addRule(c *Call, given map[string]string) uint32 {
	r := state.Rule{Name: given["name"], Protocol: "any", LocalPort: "any", Profile: "any", Inbound: true, Allow: true}
	for name, value := range given {
		word := strings.ToLower(value)
		ok := true
		switch name {
		case "name":
		case "dir":
			r.Inbound, ok = word == "in", word == "in" || word == "out"
		case "action":
			r.Allow, ok = word == "allow", word == "allow" || word == "block"
		case "protocol":
			r.Protocol = strings.ToUpper(value)
			ok = slices.Contains([]string{"TCP", "UDP"}, r.Protocol)
		case "localport":
			_, err := strconv.ParseUint(value, 10, 16)
			r.LocalPort, ok = value, err == nil
		case "profile":
			r.Profile, ok = word, slices.Contains([]string{"any", "public", "private", "domain"}, word)
		case "enable":
			ok = word == "yes"
		default:
			ok = false
		}
		if !ok {
			return m.refuse(c, netshFailed, "A specified value is not valid: %s=%s", name, value)
		}
	}
	if given["name"] == "" || given["dir"] == "" || given["action"] == "" {
		c.fail("\nOne or more essential parameters were not entered.\nVerify the required parameters, and reenter them.\n")
		return netshFailed
	}
	if r.LocalPort != "any" && r.Protocol == "any" {
		c.fail("\nA port can be specified only if the protocol is TCP or UDP.\n")
		return netshFailed
	}
	if err := m.Store.Update(func(s *state.State) error { s.Firewall = append(s.Firewall, r); return nil }); err != nil {
		return m.refuse(c, netshFailed, "%v", err)
	}
	c.say("Ok.\n")
	return 0
}

const noRules = "\nNo rules match the specified criteria.\n"

func (m *Machine) deleteRules(c *Call, given map[string]string) uint32 {
	name, ok := onlyName(given)
	if !ok {
		return m.refuse(c, netshFailed, "delete rule accepts name= only")
	}
	count := 0
	err := m.Store.Update(func(s *state.State) error {
		before := len(s.Firewall)
		s.Firewall = slices.DeleteFunc(s.Firewall, func(r state.Rule) bool { return strings.EqualFold(r.Name, name) })
		count = before - len(s.Firewall)
		return nil
	})
	if err != nil {
		return m.refuse(c, netshFailed, "%v", err)
	}
	if count == 0 {
		c.fail(noRules)
		return netshFailed
	}
	c.say("\nDeleted %d rule(s).\nOk.\n", count)
	return 0
}

func (m *Machine) showRules(c *Call, given map[string]string) uint32 {
	name, ok := onlyName(given)
	if !ok {
		return m.refuse(c, netshFailed, "show rule accepts name= only")
	}
	found := false
	for _, r := range m.Store.View().Firewall {
		if !strings.EqualFold(r.Name, name) && !strings.EqualFold(name, "all") {
			continue
		}
		found = true
		c.say("\nRule Name:                            %s\n%s\nEnabled:                              Yes\nDirection:                            %s\n"+
			"Profiles:                             %s\nProtocol:                             %s\nLocalPort:                            %s\nAction:                               %s",
			r.Name, strings.Repeat("-", 70), word(r.Inbound, "In", "Out"), r.Profile, r.Protocol, r.LocalPort, word(r.Allow, "Allow", "Block"))
	}
	if !found {
		c.fail(noRules)
		return netshFailed
	}
	c.say("Ok.\n")
	return 0
}

func onlyName(given map[string]string) (string, bool) {
	name, ok := given["name"]
	return name, ok && len(given) == 1
}

func word(b bool, yes, no string) string {
	if b {
		return yes
	}
	return no
}
