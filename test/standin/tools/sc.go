package tools

import (
	"context"
	"errors"
	"strings"

	"github.com/guestprep/packer-plugin-guestprep/test/standin/services"
)

const scSyntax = 1639 // ERROR_INVALID_COMMAND_LINE

// sc accepts "config NAME start= TYPE", where the value is an argument of its own, and query, qc, start, stop with a name.
func sc(_ context.Context, m *Machine, c *Call) uint32 {
	args := split(c.Args)
	if len(args) < 2 {
		return m.refuse(c, scSyntax, "sc %s is not implemented", c.Args)
	}
	verb := strings.ToLower(args[0])
	s, err := services.Find(args[1])
	if err != nil || !strings.EqualFold(s.Name, args[1]) { // sc, unlike net, does not know display names
		return scFailed(c, scCall[verb], services.ErrUnknown)
	}
	switch {
	case verb == "config" && len(args) == 4 && strings.EqualFold(args[2], "start="):
		return m.scConfig(c, s, args[3])
	case verb == "query" && len(args) == 2:
		m.scQuery(c, s)
		return 0
	case verb == "qc" && len(args) == 2:
		return m.scQueryConfig(c, s)
	case verb == "start" && len(args) == 2:
		if err := m.Services.Start(s); err != nil {
			return scFailed(c, "StartService", err)
		}
		m.scQuery(c, s)
		return 0
	case verb == "stop" && len(args) == 2:
		if err := m.Services.Stop(s); err != nil {
			return scFailed(c, "ControlService", err)
		}
		m.scQuery(c, s)
		return 0
	}
	return m.refuse(c, scSyntax, "accepted are: config NAME start= auto|demand|disabled; query|qc|start|stop NAME")
}

var scCall = map[string]string{
	"config": "OpenService", "query": "EnumQueryServicesStatus:OpenService", "qc": "OpenService", "start": "StartService: OpenService", "stop": "OpenService",
}

var startTypes = map[string]services.Start{"auto": services.Auto, "demand": services.Demand, "disabled": services.Disabled}

func (m *Machine) scConfig(c *Call, s services.Service, word string) uint32 {
	start, ok := startTypes[strings.ToLower(word)]
	if !ok {
		return m.refuse(c, scSyntax, "start type %q is not implemented", word)
	}
	if err := m.Services.Configure(s, start); err != nil {
		return scFailed(c, "ChangeServiceConfig", err)
	}
	c.say("[SC] ChangeServiceConfig SUCCESS")
	return 0
}

func (m *Machine) scQuery(c *Call, s services.Service) {
	now := "1  STOPPED "
	if m.Services.Running(s.Name) {
		now = "4  RUNNING \n                                (STOPPABLE, NOT_PAUSABLE, ACCEPTS_SHUTDOWN)"
	}
	c.say("\nSERVICE_NAME: %s \n        TYPE               : 20  WIN32_SHARE_PROCESS  \n        STATE              : %s\n"+
		"        WIN32_EXIT_CODE    : 0  (0x0)\n        SERVICE_EXIT_CODE  : 0  (0x0)\n        CHECKPOINT         : 0x0\n        WAIT_HINT          : 0x0", s.Name, now)
}

func (m *Machine) scQueryConfig(c *Call, s services.Service) uint32 {
	start, err := m.Services.StartType(s)
	if err != nil {
		return scFailed(c, "QueryServiceConfig", err)
	}
	word := map[services.Start]string{services.Auto: "AUTO_START", services.Demand: "DEMAND_START", services.Disabled: "DISABLED"}[start]
	c.say("[SC] QueryServiceConfig SUCCESS\n\nSERVICE_NAME: %s\n        TYPE               : 20  WIN32_SHARE_PROCESS \n        START_TYPE         : %d   %s\n"+
		"        DISPLAY_NAME       : %s", s.Name, start, word, s.Display)
	return 0
}

func scFailed(c *Call, call string, err error) uint32 {
	var known *services.Error
	if errors.As(err, &known) {
		c.say("[SC] %s FAILED %d:\n\n%s\n", call, known.Code, known.Text)
		return known.Code
	}
	c.fail("stand-in: %v", err)
	return 1
}
