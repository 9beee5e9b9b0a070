package task

import "encoding/xml"

const namespace = "http://schemas.microsoft.com/windows/2004/02/mit/task"

// schemaVersion is that of Windows Vista. Windows 7 knows 1.3 too, and refuses 1.4.
const schemaVersion = "1.2"

// document is a task in the order in which the scheduler exports one. Settings that have a default which suits nobody
// in a virtual machine are always written.
type document struct {
	XMLName      xml.Name      `xml:"Task"`
	Version      string        `xml:"version,attr"`
	Namespace    string        `xml:"xmlns,attr"`
	Description  string        `xml:"RegistrationInfo>Description,omitempty"`
	LogonTrigger *logonTrigger `xml:"Triggers>LogonTrigger"`
	Principal    principal     `xml:"Principals>Principal"`
	Settings     settings      `xml:"Settings"`
	Actions      actions       `xml:"Actions"`
}

type logonTrigger struct {
	Enabled bool   `xml:"Enabled"`
	UserID  string `xml:"UserId"`
	Delay   string `xml:"Delay,omitempty"`
}

type principal struct {
	ID        string `xml:"id,attr"`
	UserID    string `xml:"UserId"`
	LogonType string `xml:"LogonType,omitempty"`
	RunLevel  string `xml:"RunLevel"`
}

type settings struct {
	MultipleInstancesPolicy    string `xml:"MultipleInstancesPolicy"`
	DisallowStartIfOnBatteries bool   `xml:"DisallowStartIfOnBatteries"`
	StopIfGoingOnBatteries     bool   `xml:"StopIfGoingOnBatteries"`
	AllowHardTerminate         bool   `xml:"AllowHardTerminate"`
	StartWhenAvailable         bool   `xml:"StartWhenAvailable"`
	RunOnlyIfNetworkAvailable  bool   `xml:"RunOnlyIfNetworkAvailable"`
	StopOnIdleEnd              bool   `xml:"IdleSettings>StopOnIdleEnd"`
	RestartOnIdle              bool   `xml:"IdleSettings>RestartOnIdle"`
	AllowStartOnDemand         bool   `xml:"AllowStartOnDemand"`
	Enabled                    bool   `xml:"Enabled"`
	Hidden                     bool   `xml:"Hidden"`
	RunOnlyIfIdle              bool   `xml:"RunOnlyIfIdle"`
	WakeToRun                  bool   `xml:"WakeToRun"`
	ExecutionTimeLimit         string `xml:"ExecutionTimeLimit"`
	Priority                   int    `xml:"Priority"`
}

type actions struct {
	Context          string `xml:"Context,attr"`
	Command          string `xml:"Exec>Command"`
	Arguments        string `xml:"Exec>Arguments,omitempty"`
	WorkingDirectory string `xml:"Exec>WorkingDirectory,omitempty"`
}

// principalID ties a task's actions to the account they run as.
const principalID = "Author"

func (t Task) document() document {
	return document{
		Version:      schemaVersion,
		Namespace:    namespace,
		Description:  t.Description,
		LogonTrigger: t.trigger(),
		Principal:    t.principal(),
		Settings: settings{
			MultipleInstancesPolicy: "IgnoreNew",
			AllowHardTerminate:      true,
			AllowStartOnDemand:      true,
			Enabled:                 true,
			ExecutionTimeLimit:      duration(t.TimeLimit),
			Priority:                priority,
		},
		Actions: actions{
			Context:          principalID,
			Command:          t.Exec.Command,
			Arguments:        t.Exec.Arguments,
			WorkingDirectory: t.Exec.WorkingDirectory,
		},
	}
}

func (t Task) trigger() *logonTrigger {
	if t.Logon == nil {
		return nil
	}
	trigger := &logonTrigger{Enabled: true, UserID: t.User}
	if t.Logon.Delay > 0 {
		trigger.Delay = duration(t.Logon.Delay)
	}
	return trigger
}

// principal gives an account other than SYSTEM the logon type that needs no password and has a desktop. A task with
// a stored password cannot run for an account whose password is blank.
func (t Task) principal() principal {
	p := principal{ID: principalID, UserID: t.User, RunLevel: "HighestAvailable"}
	if t.User != System {
		p.LogonType = "InteractiveToken"
	}
	return p
}
