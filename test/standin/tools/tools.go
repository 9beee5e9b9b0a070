// Package tools does the work of the Windows tools that Wine lacks or only pretends to have. Each accepts the syntax of
// Windows 7 as far as it is implemented; all else fails with a message, an exit code, and a line on the serial port.
package tools

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/guestprep/packer-plugin-guestprep/test/standin/power"
	"github.com/guestprep/packer-plugin-guestprep/test/standin/screen"
	"github.com/guestprep/packer-plugin-guestprep/test/standin/services"
	"github.com/guestprep/packer-plugin-guestprep/test/standin/state"
	"github.com/guestprep/packer-plugin-guestprep/test/standin/tasks"
	"github.com/guestprep/packer-plugin-guestprep/test/standin/wine"
)

// Machine is what the tools work on.
type Machine struct {
	Store    *state.Store
	Registry *wine.Registry
	Services *services.Manager
	Tasks    *tasks.Engine
	Power    *power.Control
	Screen   *screen.Screen
	Runner   *wine.Runner
	Drives   wine.Drives
	HTTP     *http.Client
}

// Call is one start of a tool.
type Call struct {
	Name      string // in lower case, without .exe
	Args      string // the raw command line behind the name
	Folder    string // the working directory, a Windows path
	StdinKind string // console, file, pipe, nul or none
	Account   wine.Account
	Stdin     func() ([]byte, error)
	Stdout    io.Writer
	Stderr    io.Writer
}

type tool func(ctx context.Context, m *Machine, c *Call) uint32

// table holds the tools that are implemented. The others are called by their names all the same, and refuse.
var table = map[string]tool{
	"certutil":   certutil,
	"findstr":    findstr,
	"messagebox": messageBox,
	"net":        netTool,
	"net1":       netTool,
	"netsh":      netsh,
	"ping":       ping,
	"powershell": powershell,
	"sc":         sc,
	"schtasks":   schtasks,
	"shutdown":   shutdown,
	"timeout":    timeout,
	"wevtutil":   wevtutil,
	"window":     window,
	"winrm":      winrm,
}

// refusedCode is what a tool that is not there at all ends with: cmd's code for a command it does not know.
const refusedCode = 9009

// Call runs a tool and returns its exit code.
func (m *Machine) Call(ctx context.Context, c *Call) uint32 {
	do, ok := table[c.Name]
	if !ok {
		return m.refuse(c, refusedCode, "the stand-in has no %s", c.Name)
	}
	code := do(ctx, m, c)
	m.Screen.Log("%s %s: exit code %d", c.Name, shorten(c.Args), code)
	return code
}

// refuse is how a tool says that the stand-in cannot do what a Windows 7 may be able to do.
func (m *Machine) refuse(c *Call, code uint32, format string, args ...any) uint32 {
	text := fmt.Sprintf(format, args...)
	c.fail("stand-in: %s: %s", c.Name, text)
	m.Screen.Log("REFUSED %s %s: %s", c.Name, shorten(c.Args), text)
	return code
}

// shorten keeps command lines from flooding the serial port, and keeps passwords off it.
func shorten(args string) string {
	if words := strings.Fields(args); len(words) > 2 && strings.EqualFold(words[0], "user") {
		return strings.Join(words[:2], " ") + " ..."
	}
	if flag, _, ok := strings.Cut(args, " "); ok && strings.EqualFold(flag, "-EncodedCommand") {
		return flag + " ..."
	}
	const most = 200
	if len(args) > most {
		return args[:most] + "..."
	}
	return args
}

// say writes a line as Windows ends it.
func (c *Call) say(format string, args ...any) { write(c.Stdout, format, args...) }

func (c *Call) fail(format string, args ...any) { write(c.Stderr, format, args...) }

// write ignores errors: the caller may have closed its end, as "tool | exit" does.
func write(w io.Writer, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	_, _ = io.WriteString(w, strings.ReplaceAll(text, "\n", "\r\n")+"\r\n")
}

// messageBox shows a window that only a person could close: it never returns while the machine runs.
func messageBox(ctx context.Context, m *Machine, c *Call) uint32 {
	m.Screen.Page("Message", c.Args, "", "[ OK ]")
	<-ctx.Done()
	return 1
}

// window tells what a program shows in its own window.
func window(_ context.Context, m *Machine, c *Call) uint32 {
	m.Screen.Add("%s", c.Args)
	return 0
}
