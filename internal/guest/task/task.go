// Package task describes scheduled tasks of Windows 7 and writes them as the XML that schtasks /Create /XML reads.
// The command line of schtasks itself cannot say what is needed: it has no working directory, no time limit and no
// battery rules, and cuts a command at 261 characters.
package task

import (
	"fmt"
	"time"
)

// System is the SID of the account SYSTEM. It has the same value in every language of Windows.
const System = "S-1-5-18"

// priority is the scheduler's "normal" for the process, its disk access and its memory. What is not set becomes 7,
// below normal, and every child process inherits that.
const priority = 5

// Task is one scheduled task.
type Task struct {
	Description string
	User        string        // who it runs as: System, or the name of an account, which then sees its windows
	Logon       *Logon        // runs it when the user logs on; nil: it runs only when schtasks /Run asks for it
	TimeLimit   time.Duration // the scheduler ends it after that; 0: never
	Exec        Exec
}

// Logon starts a task when its user logs on.
type Logon struct {
	Delay time.Duration // from the logon to the start
}

// Exec is what a task runs. It is started without a shell.
type Exec struct {
	Command          string
	Arguments        string // as the program sees its command line; cmdline.Join makes it
	WorkingDirectory string // without quotes, without a backslash at its end
}

// Diff tells in which property another task differs from t, or nothing if in none.
func (t Task) Diff(other Task) string {
	for _, p := range []struct{ name, want, found string }{
		{"user", t.User, other.User},
		{"command", t.Exec.Command, other.Exec.Command},
		{"arguments", t.Exec.Arguments, other.Exec.Arguments},
		{"working directory", t.Exec.WorkingDirectory, other.Exec.WorkingDirectory},
		{"time limit", t.TimeLimit.String(), other.TimeLimit.String()},
		{"logon trigger", t.Logon.String(), other.Logon.String()},
	} {
		if p.want != p.found {
			return fmt.Sprintf("the %s is %q, wanted %q", p.name, p.found, p.want)
		}
	}
	return ""
}

func (l *Logon) String() string {
	if l == nil {
		return "none"
	}
	return "after " + l.Delay.String()
}
