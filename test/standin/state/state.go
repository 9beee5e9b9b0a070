// Package state is what the stand-in remembers of the machine between boots, apart from files and registry, which Wine keeps:
// accounts, firewall rules, WinRM's configuration, scheduled tasks, and how far the installation got.
package state

import (
	"strings"
	"time"
)

// Phase says which pass of the installation comes next.
type Phase string

// The phases, in their order.
const (
	PhaseSpecialize Phase = "specialize"
	PhaseFirstLogon Phase = "first logon"
	PhaseDone       Phase = "done"
)

// State is the whole of it. It is stored as JSON.
type State struct {
	Phase        Phase
	ComputerName string
	Edition      string
	TimeZone     string
	Accounts     []Account
	Firewall     []Rule
	WinRM        WinRM
	Tasks        []Task
}

// Account is a local account.
type Account struct {
	Name          string
	Password      string
	DisplayName   string
	Description   string
	Administrator bool
	BuiltIn       bool // Administrator and Guest, which Setup makes and disables
	Enabled       bool
}

// Rule is a rule of the Windows firewall.
type Rule struct {
	Name      string
	Inbound   bool
	Allow     bool
	Protocol  string // TCP, UDP or any
	LocalPort string // a number or any
	Profile   string
	Program   string
}

// WinRM is winrm/config: what the service would do if it ran.
type WinRM struct {
	Listeners            []Listener
	AllowUnencrypted     bool
	Basic                bool
	MaxTimeout           int // milliseconds
	MaxMemoryPerShellMB  int
	MaxProcessesPerShell int
	MaxShellsPerUser     int
}

// Listener is one of winrm/config/listener.
type Listener struct {
	Address   string
	Transport string
	Port      int
}

// Task is a scheduled task: its definition as registered, and its last run.
type Task struct {
	Name       string
	XML        string
	LastRun    time.Time
	LastResult uint32
}

// New returns the state of a machine that was just installed: as on Windows 7, two disabled built-in accounts, and a WinRM
// that has no listener and no way in.
func New() *State {
	return &State{
		Phase: PhaseSpecialize,
		Accounts: []Account{
			{Name: "Administrator", Administrator: true, BuiltIn: true, Description: "Built-in account for administering the computer/domain"},
			{Name: "Guest", BuiltIn: true, Description: "Built-in account for guest access to the computer/domain"},
		},
		WinRM: WinRM{MaxTimeout: 60000, MaxMemoryPerShellMB: 150, MaxProcessesPerShell: 15, MaxShellsPerUser: 5},
	}
}

// Account finds an account by its name, in any case. The pointer is into s.
func (s *State) Account(name string) *Account {
	for i := range s.Accounts {
		if strings.EqualFold(s.Accounts[i].Name, name) {
			return &s.Accounts[i]
		}
	}
	return nil
}

// Task finds a task by its name, in any case; a leading backslash is the root folder. The pointer is into s.
func (s *State) Task(name string) *Task {
	for i := range s.Tasks {
		if strings.EqualFold(s.Tasks[i].Name, strings.TrimPrefix(name, `\`)) {
			return &s.Tasks[i]
		}
	}
	return nil
}

// PortOpen tells whether the firewall lets a TCP connection to the port in. As on Windows, a block wins over an allow.
func (s *State) PortOpen(port string) bool {
	open := false
	for _, r := range s.Firewall {
		if !r.Inbound || (r.Protocol != "TCP" && r.Protocol != "any") || (r.LocalPort != port && r.LocalPort != "any") {
			continue
		}
		if !r.Allow {
			return false
		}
		open = true
	}
	return open
}
