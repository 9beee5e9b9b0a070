package system

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/guestprep/packer-plugin-guestprep/test/standin/power"
	"github.com/guestprep/packer-plugin-guestprep/test/standin/screen"
	"github.com/guestprep/packer-plugin-guestprep/test/standin/services"
	"github.com/guestprep/packer-plugin-guestprep/test/standin/state"
	"github.com/guestprep/packer-plugin-guestprep/test/standin/tasks"
	"github.com/guestprep/packer-plugin-guestprep/test/standin/tools"
	"github.com/guestprep/packer-plugin-guestprep/test/standin/unattend"
	"github.com/guestprep/packer-plugin-guestprep/test/standin/wine"
	"github.com/guestprep/packer-plugin-guestprep/test/standin/winrm"
)

// Run is the machine's life from power-on to power-off. It returns what the end is to be.
func Run(ctx context.Context, scr *screen.Screen) (power.Action, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	scr.Page("Windows 7", "Starting Windows")
	g, err := assemble(ctx, scr)
	if err != nil {
		return "", err
	}
	defer g.stopWine()
	// Services and logon go on while the machine waits for its end: a command of the first logon may shut it down.
	failed := make(chan error, 1)
	go func() { failed <- g.start(ctx) }()
	for {
		select {
		case action := <-g.Power.Down():
			scr.Page("Windows 7", "Shutting down")
			return action, nil
		case err := <-failed:
			if err != nil {
				return "", err
			}
			failed = nil
		}
	}
}

// assemble brings up what everything else needs: the disk, the drives, the network, Wine and its registry.
func assemble(ctx context.Context, scr *screen.Screen) (*Guest, error) {
	store, err := state.Open(filepath.Join(Store, "state.json"))
	if err != nil {
		return nil, err
	}
	if err := mountPrefix(); err != nil {
		return nil, err
	}
	cds, err := MountCDs()
	if err != nil {
		return nil, err
	}
	drives, err := letters(cds)
	if err != nil {
		return nil, err
	}
	g := &Guest{Machine: &tools.Machine{Store: store, Power: power.New(), Screen: scr, Drives: drives, Runner: newRunner(), HTTP: newClient()}}
	if err := g.network(ctx); err != nil {
		return nil, err
	}
	if err := g.startWine(ctx); err != nil {
		return nil, err
	}
	g.door = &winrm.Door{Machine: g, Log: scr.Add}
	g.Services = services.NewManager(g.Registry, g.settle)
	store.OnChange(func(state.State) { g.settle() })
	g.Tasks = &tasks.Engine{Store: store, Screen: scr, Folder: filepath.Join(prefix, "drive_c", "windows", "system32", "Tasks"), Run: g.Runner.Run, LoggedOn: g.user}
	g.Tasks.Start(ctx)
	l, err := net.Listen("tcp", tools.Address)
	if err != nil {
		return nil, fmt.Errorf("listening for tools: %w", err)
	}
	go func() {
		if err := g.Serve(ctx, l); err != nil {
			scr.Log("%v", err)
		}
	}()
	return g, power.WatchButton(g.pressed)
}

// settle opens or closes WinRM after any change that may matter to it.
func (g *Guest) settle() {
	s := g.Store.View()
	if err := g.door.Set(winrm.Address(&s, g.Services.Running(services.WinRM))); err != nil {
		g.Screen.Add("%v", err)
	}
}

// start goes through the passes that are left, starts the services, and logs on.
func (g *Guest) start(ctx context.Context) error {
	var answer *unattend.Answer
	if g.Store.View().Phase != state.PhaseDone {
		var err error
		if answer, err = g.answer(); err != nil {
			return err
		}
	}
	if g.Store.View().Phase == state.PhaseSpecialize {
		if err := g.specialize(ctx, answer); err != nil {
			return err
		}
	}
	s := g.Store.View()
	g.Runner.Computer = s.ComputerName
	if err := syscall.Sethostname([]byte(s.ComputerName)); err != nil {
		return fmt.Errorf("setting the computer's name: %w", err)
	}
	for _, a := range s.Accounts {
		if a.Enabled {
			if err := makeProfile(a.Name); err != nil {
				return err
			}
		}
	}
	if err := g.Services.Boot(); err != nil {
		return err
	}
	return g.logOn(ctx, answer)
}

// logOn shows the logon screen or goes past it.
func (g *Guest) logOn(ctx context.Context, answer *unattend.Answer) error {
	s := g.Store.View()
	logon, err := decideLogon(&s, g.Registry)
	if err != nil {
		return err
	}
	if logon.User == "" {
		g.Screen.Page("Windows 7", "Log on to "+s.ComputerName, "", logon.Why)
		return nil
	}
	g.loggedOn.Store(&logon.User)
	if s.Phase == state.PhaseFirstLogon {
		if err := g.firstLogon(ctx, answer, logon.User); err != nil {
			return err
		}
	}
	g.Screen.Page("Windows 7", "Computer:  "+s.ComputerName, "Edition:   "+s.Edition, "Logged on: "+logon.User+" ("+logon.Why+")")
	if g.Services.Running(services.WinRM) {
		g.Screen.Add("WinRM:     running")
	}
	return g.Tasks.Logon(logon.User)
}

// pressed is the ACPI power button: as on Windows 7, it does nothing while the logon screen waits.
func (g *Guest) pressed() {
	if g.user() == "" {
		g.Screen.Add("Power button: ignored, nobody is logged on")
		return
	}
	g.Screen.Add("Power button: shutting down")
	if err := g.Power.Schedule(power.Off, 0); err != nil {
		g.Screen.Add("Power button: %v", err)
	}
}

func makeProfile(name string) error {
	for _, dir := range []string{`AppData\Local\Temp`, `AppData\Roaming`, "Desktop", "Documents"} {
		path, err := wine.Drives{"c": filepath.Join(prefix, "drive_c")}.Resolve(`C:\`, `C:\users\`+name+`\`+dir)
		if err != nil {
			return err
		}
		if err := os.MkdirAll(path, 0o755); err != nil {
			return fmt.Errorf("making the profile of %s: %w", name, err)
		}
	}
	return nil
}

func newClient() *http.Client {
	const perRequest = 30 * time.Minute
	return &http.Client{Transport: &http.Transport{Proxy: nil}, Timeout: perRequest}
}
