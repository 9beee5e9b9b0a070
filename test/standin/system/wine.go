package system

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/guestprep/packer-plugin-guestprep/test/standin/wine"
)

const (
	loader = "/usr/lib/wine/wine"
	server = "/usr/lib/wine/wineserver32"
)

func newRunner() *wine.Runner {
	return &wine.Runner{Prefix: prefix, Wine: []string{loader}, Env: []string{
		"HOME=/root", "PATH=/bin:/sbin", "WINEPREFIX=" + prefix, "WINEARCH=win32", "WINEDEBUG=-all", "LC_ALL=C.UTF-8",
		"WINEDLLOVERRIDES=mscoree,mshtml=", // else Wine offers to download Mono and Gecko
		"WINESERVER=" + server, "WINELOADER=" + loader,
	}}
}

// startWine starts the server, to stay, and regd.exe, which brings Wine's own services up with it.
func (g *Guest) startWine(ctx context.Context) error {
	for _, dir := range []string{"standin/jobs", "system32/Tasks", "Panther", "Temp"} {
		if err := os.MkdirAll(filepath.Join(prefix, "drive_c", "windows", dir), 0o755); err != nil {
			return fmt.Errorf("starting Wine: %w", err)
		}
	}
	cmd := exec.CommandContext(ctx, server, "-p")
	cmd.Env = g.Runner.Env
	if err := cmd.Run(); err != nil { // without pipes, which the server in the background would keep open
		return fmt.Errorf("starting Wine: %w", err)
	}
	regd := exec.Command(loader, `C:\windows\standin\regd.exe`) // stopWine ends it, after the registry is saved
	regd.Env = slices.Concat(g.Runner.Env, []string{"USER=SYSTEM"})
	regd.Dir = filepath.Join(prefix, "drive_c")
	regd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	in, err := regd.StdinPipe()
	if err != nil {
		return fmt.Errorf("starting Wine: %w", err)
	}
	out, err := regd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("starting Wine: %w", err)
	}
	if err := regd.Start(); err != nil {
		return fmt.Errorf("starting Wine: %w", err)
	}
	g.Registry = wine.NewRegistry(in, out)
	if _, err := g.Registry.String(`HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion`, "CurrentBuildNumber"); err != nil {
		return fmt.Errorf("starting Wine: %w", err)
	}
	return nil
}

// stopWine ends all Windows programs and waits until the registry is on the disk.
func (g *Guest) stopWine() {
	const patience = 30 * time.Second
	ctx, stop := context.WithTimeout(context.Background(), patience)
	defer stop()
	for _, flag := range []string{"-k2", "-w"} { // SIGINT, which saves the registry; then wait
		cmd := exec.CommandContext(ctx, server, flag)
		cmd.Env = g.Runner.Env
		if out, err := cmd.CombinedOutput(); err != nil {
			g.Screen.Log("stopping Wine: %v: %s", err, out)
		}
	}
}
