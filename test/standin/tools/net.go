package tools

import (
	"context"
	"errors"
	"strings"

	"github.com/guestprep/packer-plugin-guestprep/test/standin/services"
	"github.com/guestprep/packer-plugin-guestprep/test/standin/state"
)

const (
	netSyntax   = 1
	netFailed   = 2
	done        = "The command completed successfully.\n"
	userUnknown = "The user name could not be found.\n\nMore help is available by typing NET HELPMSG 2221.\n"
)

func netTool(_ context.Context, m *Machine, c *Call) uint32 {
	args := split(c.Args)
	if len(args) < 2 {
		return m.refuse(c, netSyntax, "net %s is not implemented", c.Args)
	}
	switch verb := strings.ToLower(args[0]); verb {
	case "start", "stop":
		return m.netService(c, verb, args[1:])
	case "user":
		return m.netUser(c, args[1], args[2:])
	}
	return m.refuse(c, netSyntax, "net %s is not implemented", args[0])
}

func (m *Machine) netService(c *Call, verb string, args []string) uint32 {
	if len(args) != 1 {
		return m.refuse(c, netSyntax, "expected one service, got %q", args)
	}
	s, err := services.Find(args[0])
	if err != nil {
		c.fail("The service name is invalid.\n\nMore help is available by typing NET HELPMSG 2185.\n")
		return netFailed
	}
	do, now := m.Services.Start, "started"
	if verb == "stop" {
		do, now = m.Services.Stop, "stopped"
	}
	var known *services.Error
	switch err := do(s); {
	case err == nil:
		c.say("The %s service was %s successfully.\n", s.Display, now)
		return 0
	case errors.Is(err, services.ErrRunning):
		c.fail("The requested service has already been started.\n\nMore help is available by typing NET HELPMSG 2182.\n")
	case errors.Is(err, services.ErrNotStarted):
		c.fail("The %s service is not started.\n\nMore help is available by typing NET HELPMSG 3521.\n", s.Display)
	case errors.As(err, &known):
		c.fail("System error %d has occurred.\n\n%s\n", known.Code, known.Text)
	default:
		c.fail("stand-in: %v", err)
	}
	return netFailed
}

var errNoUser = errors.New("no such account")

// netUser changes one account: its password, or with a switch whether it is there or may be used.
func (m *Machine) netUser(c *Call, name string, args []string) uint32 {
	change, ok := userChange(name, args)
	if !ok {
		return m.refuse(c, netSyntax, "net user accepts NAME PASSWORD, NAME PASSWORD /add, NAME /delete and NAME /active:yes|no")
	}
	err := m.Store.Update(change)
	switch {
	case errors.Is(err, errNoUser):
		c.fail(userUnknown)
	case errors.Is(err, errUserExists):
		c.fail("The account already exists.\n\nMore help is available by typing NET HELPMSG 2224.\n")
	case err != nil:
		c.fail("stand-in: %v", err)
	default:
		c.say(done)
		return 0
	}
	return netFailed
}

var errUserExists = errors.New("the account exists")

func userChange(name string, args []string) (func(*state.State) error, bool) {
	last := ""
	if len(args) > 0 {
		last = strings.ToLower(args[len(args)-1])
	}
	switch {
	case len(args) == 2 && last == "/add" && !strings.HasPrefix(args[0], "/") && args[0] != "*":
		return addUser(name, args[0]), true
	case len(args) == 1 && last == "/delete":
		return deleteUser(name), true
	case len(args) == 1 && (last == "/active:yes" || last == "/active:no"):
		return withUser(name, func(a *state.Account) { a.Enabled = last == "/active:yes" }), true
	case len(args) == 1 && !strings.HasPrefix(args[0], "/") && args[0] != "*":
		return withUser(name, func(a *state.Account) { a.Password = args[0] }), true
	}
	return nil, false
}

func withUser(name string, change func(*state.Account)) func(*state.State) error {
	return func(s *state.State) error {
		a := s.Account(name)
		if a == nil {
			return errNoUser
		}
		change(a)
		return nil
	}
}

func addUser(name, password string) func(*state.State) error {
	return func(s *state.State) error {
		if s.Account(name) != nil {
			return errUserExists
		}
		s.Accounts = append(s.Accounts, state.Account{Name: name, Password: password, Enabled: true})
		return nil
	}
}

func deleteUser(name string) func(*state.State) error {
	return func(s *state.State) error {
		for i, a := range s.Accounts {
			if strings.EqualFold(a.Name, name) && !a.BuiltIn {
				s.Accounts = append(s.Accounts[:i], s.Accounts[i+1:]...)
				return nil
			}
		}
		return errNoUser
	}
}
