package tools

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/guestprep/packer-plugin-guestprep/test/standin/power"
)

const shutdownSyntax = 87 // ERROR_INVALID_PARAMETER

// shutdown accepts /s, /r or /a with /f, /t SECONDS, /c COMMENT and /d REASON.
func shutdown(_ context.Context, m *Machine, c *Call) uint32 {
	var action power.Action
	abort := false
	delay := 30 * time.Second
	args := split(c.Args)
	for i := 0; i < len(args); i++ {
		flag := strings.ToLower(strings.Replace(args[i], "-", "/", 1))
		switch {
		case flag == "/s" && action == "":
			action = power.Off
		case flag == "/r" && action == "":
			action = power.Reboot
		case flag == "/a":
			abort = true
		case flag == "/f":
		case flag == "/t" && i+1 < len(args):
			n, err := strconv.ParseUint(args[i+1], 10, 32)
			if err != nil || n > 315360000 {
				return m.refuse(c, shutdownSyntax, "/t %s is not a number of seconds", args[i+1])
			}
			delay = time.Duration(n) * time.Second
			i++
		case (flag == "/c" || flag == "/d") && i+1 < len(args):
			i++
		default:
			return m.refuse(c, shutdownSyntax, "unknown argument %q", args[i])
		}
	}
	var err error
	var code uint32
	switch {
	case abort && action == "":
		err, code = m.Power.Abort(), 1116
	case !abort && action != "":
		err, code = m.Power.Schedule(action, delay), 1190
	default:
		return m.refuse(c, shutdownSyntax, "expected one of /s, /r and /a")
	}
	if err != nil {
		c.fail("%v", err)
		return code
	}
	return 0
}

// timeout works at a console only, and the stand-in has none: as on Windows over WinRM or in a task.
func timeout(_ context.Context, _ *Machine, c *Call) uint32 {
	c.fail("ERROR: Input redirection is not supported, exiting the process immediately.")
	return 1
}

// ping reaches the machine itself only; it is how scripts wait.
func ping(ctx context.Context, m *Machine, c *Call) uint32 {
	count, host := 4, ""
	args := split(c.Args)
	for i := 0; i < len(args); i++ {
		switch flag := strings.ToLower(strings.Replace(args[i], "/", "-", 1)); {
		case (flag == "-n" || flag == "-w") && i+1 < len(args):
			n, err := strconv.ParseUint(args[i+1], 10, 31)
			if err != nil || n == 0 {
				c.say("Bad value for option %s, valid range is from 1 to 4294967295.", args[i])
				return 1
			}
			if flag == "-n" {
				count = int(n)
			}
			i++
		case host == "" && slices.Contains([]string{"127.0.0.1", "localhost"}, flag):
			host = "127.0.0.1"
		default:
			return m.refuse(c, 1, "only -n, -w and 127.0.0.1 are implemented, got %q", args[i])
		}
	}
	if host == "" {
		return m.refuse(c, 1, "no host")
	}
	c.say("\nPinging %s with 32 bytes of data:", host)
	for i := range count {
		if i > 0 {
			select {
			case <-ctx.Done():
				return 1
			case <-time.After(time.Second):
			}
		}
		c.say("Reply from %s: bytes=32 time<1ms TTL=128", host)
	}
	c.say("\nPing statistics for %s:\n    Packets: Sent = %d, Received = %d, Lost = 0 (0%% loss),", host, count, count)
	return 0
}

// The logs of a fresh Windows 7 that a preparation clears.
var eventLogs = []string{"Application", "HardwareEvents", "Internet Explorer", "Key Management Service", "Media Center", "Security", "Setup", "System", "Windows PowerShell"}

// wevtutil clears and lists. There is never an event in the stand-in, so all logs are clear at all times.
func wevtutil(_ context.Context, m *Machine, c *Call) uint32 {
	args := split(c.Args)
	switch {
	case len(args) == 1 && slices.Contains([]string{"el", "enum-logs"}, strings.ToLower(args[0])):
		for _, name := range eventLogs {
			c.say("%s", name)
		}
		return 0
	case len(args) == 2 && slices.Contains([]string{"cl", "clear-log"}, strings.ToLower(args[0])):
		if !slices.ContainsFunc(eventLogs, func(name string) bool { return strings.EqualFold(name, args[1]) }) {
			c.fail("Failed to clear log %s.\nThe specified channel could not be found. Check channel configuration.", args[1])
			return 15007
		}
		return 0
	}
	return m.refuse(c, shutdownSyntax, "accepted are: cl LOG, el")
}
