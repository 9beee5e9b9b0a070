// Command standin is the one program of the stand-in guest: as process 1 ("init setup" from the CD, "init disk" from the disk)
// it starts itself again as what the machine is to do, and takes the machine down after it.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/guestprep/packer-plugin-guestprep/test/standin/power"
	"github.com/guestprep/packer-plugin-guestprep/test/standin/screen"
	"github.com/guestprep/packer-plugin-guestprep/test/standin/setup"
	"github.com/guestprep/packer-plugin-guestprep/test/standin/system"
)

// The exit codes by which the work tells process 1 how to end. Any other is a failure, at which the machine stands still.
const (
	exitOff    = 0
	exitReboot = 3
)

func main() {
	scr := newScreen()
	switch strings.Join(os.Args[1:], " ") {
	case "init setup", "init disk":
		os.Exit(initialize(scr, os.Args[2]))
	case "setup":
		stop(scr, install(context.Background(), scr))
		os.Exit(exitReboot)
	case "disk":
		action, err := system.Run(context.Background(), scr)
		stop(scr, err)
		if action == power.Reboot {
			os.Exit(exitReboot)
		}
		os.Exit(exitOff)
	}
	_, _ = fmt.Fprintln(os.Stderr, "usage: standin init setup|disk; it runs as process 1 of the stand-in guest only")
	os.Exit(2)
}

// newScreen opens the VGA console and the serial port. Neither may make us wait: the port has no carrier, or is not there.
func newScreen() *screen.Screen {
	return screen.New(open("/dev/tty1"), open("/dev/ttyS0"), func() time.Duration {
		var seconds float64
		data, _ := os.ReadFile("/proc/uptime") // without it the lines begin with 0.00
		_, _ = fmt.Sscanf(string(data), "%f", &seconds)
		return time.Duration(seconds * float64(time.Second))
	})
}

func open(device string) io.Writer {
	f, err := os.OpenFile(device, os.O_WRONLY|syscall.O_NONBLOCK|syscall.O_NOCTTY, 0)
	if err != nil {
		return io.Discard
	}
	return f
}

// stop shows why the machine cannot go on, and waits for ever, as Windows does at a page or a blue screen.
func stop(scr *screen.Screen, err error) {
	if err == nil {
		return
	}
	if page, ok := setup.AsPage(err); ok {
		scr.Page(page.Title, page.Lines...)
	} else {
		scr.Page("STOP", "A problem has been detected and Windows has been shut down to prevent damage to your computer.", "", err.Error())
	}
	select {}
}

func install(ctx context.Context, scr *screen.Screen) error {
	scr.Page("Windows Setup", "Setup is starting...")
	media, err := system.MountCDs()
	if err != nil {
		return err
	}
	list, err := os.ReadFile(filepath.Join(system.Disk, "sources", "editions.txt"))
	if err != nil {
		return fmt.Errorf("reading the medium's editions: %w", err)
	}
	file, err := setup.Find(media)
	if err != nil {
		return err
	}
	answer, err := setup.Read(file, strings.Split(strings.TrimSpace(string(list)), "\n"))
	if err != nil {
		return err
	}
	// An IDE or SATA disk; Windows 7 has no driver for a virtio one.
	const disk = "/dev/sda"
	if _, err := os.Stat(disk); err != nil {
		return &setup.Page{Title: "Windows Setup", Lines: []string{
			"Where do you want to install Windows?", "We couldn't find any drives. To get a storage driver, click Load driver.",
		}}
	}
	scr.Page("Windows Setup", "Installing Windows: "+answer.ImageName, "")
	t := &setup.Target{Disk: disk, Medium: system.Disk, Screen: scr}
	if err := t.Install(ctx, answer, file); err != nil {
		return err
	}
	scr.Add("Windows needs to restart to continue")
	return nil
}

// initialize is process 1: it runs the work, collects what orphans leave, and takes the machine down.
func initialize(scr *screen.Screen, mode string) int {
	cmd := exec.Command("/sbin/standin", mode)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		stop(scr, err)
	}
	code := reap(cmd.Process.Pid)
	if code != exitOff && code != exitReboot {
		stop(scr, fmt.Errorf("the stand-in ended with exit code %d", code))
	}
	if err := release(); err != nil {
		stop(scr, err)
	}
	how := syscall.LINUX_REBOOT_CMD_POWER_OFF
	if code == exitReboot {
		how = syscall.LINUX_REBOOT_CMD_RESTART
	}
	stop(scr, syscall.Reboot(how))
	return 0
}

// reap waits for one child and for all that become children of process 1. It must not go through os/exec, whose Wait would race.
func reap(pid int) int {
	for {
		var status syscall.WaitStatus
		got, err := syscall.Wait4(-1, &status, 0, nil)
		if err == nil && got == pid {
			return status.ExitStatus()
		}
		if err != nil && err != syscall.EINTR {
			return -1
		}
	}
}

// release ends all other processes and leaves every file system clean.
func release() error {
	_ = syscall.Kill(-1, syscall.SIGKILL) // fails if there is none left
	for {
		if _, err := syscall.Wait4(-1, nil, 0, nil); err != nil && err != syscall.EINTR {
			break
		}
	}
	syscall.Sync()
	_ = syscall.Unmount("/wp", 0) // not mounted during Setup
	if err := syscall.Mount("", system.Disk, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		return fmt.Errorf("dismounting the disk: %w", err)
	}
	syscall.Sync()
	return nil
}
