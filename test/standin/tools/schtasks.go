package tools

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/guestprep/packer-plugin-guestprep/test/standin/state"
	"github.com/guestprep/packer-plugin-guestprep/test/standin/tasks"
)

const schtasksFailed = 1

// schtasks accepts /Create /TN NAME /XML FILE [/F], /Run, /End, /Delete /F and /Query.
func schtasks(_ context.Context, m *Machine, c *Call) uint32 {
	o, err := taskOptions(split(c.Args))
	if err != nil {
		return m.refuse(c, schtasksFailed, "%v", err)
	}
	switch o.verb {
	case "/create":
		return m.createTask(c, o)
	case "/run":
		return m.taskDone(c, o, m.Tasks.Launch(o.name), "SUCCESS: Attempted to run the scheduled task \"%s\".")
	case "/end":
		return m.taskDone(c, o, m.Tasks.End(o.name), "SUCCESS: The scheduled task \"%s\" has been terminated successfully.")
	case "/delete":
		if !o.force {
			return m.refuse(c, schtasksFailed, "without /F it asks, and nobody is there to answer")
		}
		return m.taskDone(c, o, m.Tasks.Delete(o.name), "SUCCESS: The scheduled task \"%s\" was successfully deleted.")
	}
	return m.queryTask(c, o)
}

type taskOption struct {
	verb, name, file, format string
	force, xml, verbose      bool
}

// takes lists what each verb may be followed by.
var takes = map[string][]string{
	"/create": {"/tn", "/xml", "/f"}, "/run": {"/tn"}, "/end": {"/tn"}, "/delete": {"/tn", "/f"}, "/query": {"/tn", "/xml", "/fo", "/v"},
}

func taskOptions(args []string) (o taskOption, err error) {
	if len(args) == 0 || takes[strings.ToLower(args[0])] == nil {
		return o, fmt.Errorf("Invalid argument/option - %q; accepted are /Create /XML, /Run, /End, /Delete, /Query", args) //nolint:staticcheck // Windows' own text
	}
	o.verb = strings.ToLower(args[0])
	value := ""
	for args = args[1:]; len(args) > 0; {
		flag := strings.ToLower(args[0])
		if !slices.Contains(takes[o.verb], flag) {
			return o, fmt.Errorf("Invalid argument/option - %q", args[0]) //nolint:staticcheck // Windows' own text
		}
		args = args[1:]
		if flag == "/tn" || flag == "/fo" || flag == "/xml" && o.verb == "/create" {
			if len(args) == 0 {
				return o, fmt.Errorf("Value expected for %q", flag) //nolint:staticcheck // Windows' own text
			}
			value, args = args[0], args[1:]
		}
		switch flag {
		case "/tn":
			o.name = value
		case "/fo":
			o.format = strings.ToUpper(value)
		case "/xml":
			o.file, o.xml = value, true
		case "/f":
			o.force = true
		case "/v":
			o.verbose = true
		}
	}
	if o.name == "" || o.verb == "/create" && o.file == "" {
		return o, fmt.Errorf("Mandatory option missing") //nolint:staticcheck // Windows' own text
	}
	return o, nil
}

func (m *Machine) createTask(c *Call, o taskOption) uint32 {
	path, err := m.Drives.Resolve(c.Folder, o.file)
	if err != nil {
		return m.taskDone(c, o, err, "")
	}
	file, err := os.ReadFile(path)
	if err != nil {
		return m.taskDone(c, o, tasks.ErrUnknown, "")
	}
	return m.taskDone(c, o, m.Tasks.Create(o.name, file, o.force), "SUCCESS: The scheduled task \"%s\" has successfully been created.")
}

func (m *Machine) taskDone(c *Call, o taskOption, err error, success string) uint32 {
	if errors.Is(err, tasks.ErrExists) {
		return m.refuse(c, schtasksFailed, "the task name %q already exists; without /F it asks, and nobody is there to answer", o.name)
	}
	if err != nil {
		m.Screen.Log("schtasks: %v", err)
		c.fail("ERROR: %v", err)
		return schtasksFailed
	}
	c.say(success, o.name)
	return 0
}

func (m *Machine) queryTask(c *Call, o taskOption) uint32 {
	s := m.Store.View()
	t := s.Task(o.name)
	if t == nil {
		return m.taskDone(c, o, tasks.ErrUnknown, "")
	}
	switch {
	case o.xml:
		c.say("%s", t.XML)
	case o.format == "LIST":
		m.listTask(c, t, &s, o.verbose)
	case o.format == "" && !o.verbose:
		c.say("\nFolder: \\\nTaskName                                 Next Run Time          Status         \n"+
			"======================================== ====================== ===============\n%-40s %-22s %-15s", t.Name, "N/A", m.Tasks.Status(t))
	default:
		return m.refuse(c, schtasksFailed, "/Query accepts /XML, /FO LIST and /FO LIST /V")
	}
	return 0
}

func (m *Machine) listTask(c *Call, t *state.Task, s *state.State, verbose bool) {
	c.say("\nFolder: \\\nHostName:      %s\nTaskName:      \\%s\nNext Run Time: N/A\nStatus:        %s\nLogon Mode:    Interactive/Background", s.ComputerName, t.Name, m.Tasks.Status(t))
	if verbose {
		last := "N/A"
		if !t.LastRun.IsZero() {
			last = t.LastRun.UTC().Format("1/2/2006 3:04:05 PM")
		}
		c.say("Last Run Time: %s\nLast Result:   %d", last, int32(t.LastResult))
	}
}
