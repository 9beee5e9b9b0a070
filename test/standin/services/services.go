// Package services is the service control manager, as far as a service of the stand-in has any effect: which there are, how
// they start, and which run.
package services

import (
	"fmt"
	"strings"
	"sync"

	"github.com/guestprep/packer-plugin-guestprep/test/standin/wine"
)

// Start is a service's start type, as the registry has it.
type Start uint32

// The start types of services that are no drivers.
const (
	Auto     Start = 2
	Demand   Start = 3
	Disabled Start = 4
)

// Service is a service of Windows 7.
type Service struct {
	Name    string
	Display string
	Default Start
}

// list holds the services that a preparation may want to name. Only WinRM does anything here.
var list = []Service{
	{"BITS", "Background Intelligent Transfer Service", Demand},
	{"Dnscache", "DNS Client", Auto},
	{"eventlog", "Windows Event Log", Auto},
	{"LanmanServer", "Server", Auto},
	{"LanmanWorkstation", "Workstation", Auto},
	{"MpsSvc", "Windows Firewall", Auto},
	{"msiserver", "Windows Installer", Demand},
	{"Schedule", "Task Scheduler", Auto},
	{"Spooler", "Print Spooler", Auto},
	{"SSDPSRV", "SSDP Discovery", Demand},
	{"SysMain", "Superfetch", Auto},
	{"TrustedInstaller", "Windows Modules Installer", Demand},
	{"W32Time", "Windows Time", Demand},
	{"WinDefend", "Windows Defender", Auto},
	{WinRM, "Windows Remote Management (WS-Management)", Demand},
	{"wscsvc", "Security Center", Auto},
	{"WSearch", "Windows Search", Auto},
	{"wuauserv", "Windows Update", Auto},
}

// WinRM is the name of the service behind package winrm.
const WinRM = "WinRM"

// Error is a Windows error code with its text.
type Error struct {
	Code uint32
	Text string
}

func (e *Error) Error() string { return fmt.Sprintf("%s (%d)", e.Text, e.Code) }

// What can go wrong with a service.
var (
	ErrUnknown    = &Error{1060, "The specified service does not exist as an installed service."}
	ErrDisabled   = &Error{1058, "The service cannot be started, either because it is disabled or because it has no enabled devices associated with it."}
	ErrRunning    = &Error{1056, "An instance of the service is already running."}
	ErrNotStarted = &Error{1062, "The service has not been started."}
)

// Manager starts and stops services. Their start types are in the registry, where programs look for them and may change them.
type Manager struct {
	mu       sync.Mutex
	registry *wine.Registry
	running  map[string]bool
	changed  func()
}

// NewManager calls changed after each start or stop.
func NewManager(registry *wine.Registry, changed func()) *Manager {
	return &Manager{registry: registry, running: map[string]bool{}, changed: changed}
}

// Find finds a service by its name or its display name, in any case.
func Find(name string) (Service, error) {
	for _, s := range list {
		if strings.EqualFold(s.Name, name) || strings.EqualFold(s.Display, name) {
			return s, nil
		}
	}
	return Service{}, ErrUnknown
}

// Boot starts the services that start by themselves.
func (m *Manager) Boot() error {
	for _, s := range list {
		start, err := m.StartType(s)
		if err != nil {
			return err
		}
		m.mu.Lock()
		m.running[s.Name] = start == Auto
		m.mu.Unlock()
	}
	m.changed()
	return nil
}

// StartType reads how a service starts.
func (m *Manager) StartType(s Service) (Start, error) {
	n, err := m.registry.DWord(key(s), "Start", uint32(s.Default))
	return Start(n), err
}

// Configure changes how a service starts, from the next time on.
func (m *Manager) Configure(s Service, start Start) error {
	return m.registry.SetDWord(key(s), "Start", uint32(start))
}

// Running tells whether a service runs.
func (m *Manager) Running(name string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.running[name]
}

// Start starts a service.
func (m *Manager) Start(s Service) error {
	start, err := m.StartType(s)
	if err != nil {
		return err
	}
	if start == Disabled {
		return ErrDisabled
	}
	return m.set(s, true, ErrRunning)
}

// Stop stops a service.
func (m *Manager) Stop(s Service) error { return m.set(s, false, ErrNotStarted) }

func (m *Manager) set(s Service, running bool, already error) error {
	m.mu.Lock()
	same := m.running[s.Name] == running
	m.running[s.Name] = running
	m.mu.Unlock()
	if same {
		return already
	}
	m.changed()
	return nil
}

func key(s Service) string { return `HKLM\SYSTEM\CurrentControlSet\services\` + s.Name }
