package windows

//go:generate go tool packer-sdc struct-markdown

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/guestprep/packer-plugin-guestprep/internal/agent"
	"github.com/guestprep/packer-plugin-guestprep/internal/guest"
)

const (
	defaultDestination = `C:\GuestAgent`
	defaultExecutable  = "InstallerAnalyzer1_Guest.exe"
	defaultPort        = 9000
	defaultTaskName    = "Guest Agent Bootstrap"
	defaultDelay       = 15 * time.Second
)

// GuestAgent is the block `guest_agent`. It copies the agent into the guest and registers a scheduled task that starts it whenever its user
// logs on: on the user's desktop, with highest privileges, without a time limit, on batteries too. The task does not start
// during the build unless the guest restarts after it.
//
// The published agent of TheThing looks for its parts in `C:\GuestController`: set `destination` to that for it. Its
// discovering form finds its host by itself: set `executable` to it and `arguments = []`.
type GuestAgent struct {
	// A zip file with the agent and what it needs beside it, on the machine that Packer runs on. It is read before the
	// build starts. Refused are: paths that leave the folder, names that Windows or the guest's code page cannot hold,
	// encrypted entries, links, more than 10000 entries, more than 1 GiB unpacked.
	Archive string `mapstructure:"archive" required:"true"`
	// The folder in the guest that the archive is unpacked to: an absolute path of letters, digits, spaces and `._()-`.
	// Default: `C:\GuestAgent`.
	Destination string `mapstructure:"destination"`
	// The program to start, as a path inside the archive. Default: `InstallerAnalyzer1_Guest.exe`.
	Executable string `mapstructure:"executable"`
	// The host that the agent reports to, a name or an IPv4 address, without a port. Required unless `arguments` is set.
	HostController string `mapstructure:"host_controller"`
	// The TCP port on that host. Default: 9000.
	Port int `mapstructure:"port"`
	// The program's arguments, one an element. Default: the host and the port. Conflicts with `host_controller` and
	// `port`.
	Arguments []string `mapstructure:"arguments"`
	// The folder that the program is started in. Default: `destination`.
	WorkingDirectory string `mapstructure:"working_directory"`
	// The scheduled task's name: letters, digits, spaces and `._-`. Default: `Guest Agent Bootstrap`.
	TaskName string `mapstructure:"task_name"`
	// How long after the logon the program is started, at least `"1s"`: an agent that looks for its network card needs
	// one that is up. Default: `"15s"`.
	Delay time.Duration `mapstructure:"delay"`
	// The account at whose logon the program is started. Default: the account that Packer connects with.
	User string `mapstructure:"user"`
}

func (a *GuestAgent) setDefaults() {
	setDefault(&a.Destination, defaultDestination)
	setDefault(&a.Executable, defaultExecutable)
	setDefault(&a.WorkingDirectory, a.Destination)
	setDefault(&a.TaskName, defaultTaskName)
	setDefault(&a.Delay, defaultDelay)
	if a.Arguments == nil {
		setDefault(&a.Port, defaultPort)
	}
}

func setDefault[T comparable](field *T, value T) {
	var unset T
	if *field == unset {
		*field = value
	}
}

// arguments is what the program is started with.
func (a *GuestAgent) arguments() []string {
	if a.Arguments != nil {
		return a.Arguments
	}
	return []string{a.HostController, strconv.Itoa(a.Port)}
}

func (a *GuestAgent) check() (*agent.Archive, []error) {
	var errs []error
	if err := guest.CheckPath(a.Destination); err != nil {
		errs = append(errs, fmt.Errorf("destination: %w", err))
	}
	if a.WorkingDirectory != a.Destination {
		if err := guest.CheckPath(a.WorkingDirectory); err != nil {
			errs = append(errs, fmt.Errorf("working_directory: %w", err))
		}
	}
	if err := guest.CheckTaskName(a.TaskName); err != nil {
		errs = append(errs, fmt.Errorf("task_name: %w", err))
	}
	if a.User != "" {
		if err := guest.CheckUser(a.User); err != nil {
			errs = append(errs, fmt.Errorf("user: %w", err))
		}
	}
	if a.Delay < time.Second {
		errs = append(errs, option("delay", a.Delay, "at least 1s is wanted"))
	}
	if a.Arguments != nil {
		errs = append(errs, a.checkArguments()...)
	} else {
		errs = append(errs, a.checkHost()...)
	}
	archive, archiveErrs := a.checkArchive()
	return archive, append(errs, archiveErrs...)
}

func (a *GuestAgent) checkArguments() (errs []error) {
	if a.HostController != "" {
		errs = append(errs, option("host_controller", a.HostController, "it conflicts with arguments; write the host there, or leave arguments out"))
	}
	if a.Port != 0 {
		errs = append(errs, option("port", a.Port, "it conflicts with arguments; write the port there, or leave arguments out"))
	}
	for i, arg := range a.Arguments {
		if strings.ContainsFunc(arg, notPrintable) {
			errs = append(errs, fmt.Errorf("arguments[%d] = %q: it contains a character that is not printable ASCII", i, arg))
		}
	}
	return errs
}

func (a *GuestAgent) checkHost() (errs []error) {
	const wanted = "a host name or an IPv4 address is wanted"
	switch {
	case a.HostController == "":
		errs = append(errs, missing("host_controller", `the host that the agent reports to is wanted, such as "203.0.113.10"`))
	case strings.Contains(a.HostController, ":"):
		errs = append(errs, option("host_controller", a.HostController, wanted+"; the port goes into port"))
	case strings.ContainsFunc(a.HostController, notPrintable) || strings.ContainsAny(a.HostController, ` /\"`):
		errs = append(errs, option("host_controller", a.HostController, wanted))
	}
	if a.Port < 1 || a.Port > 65535 {
		errs = append(errs, option("port", a.Port, "a TCP port is between 1 and 65535"))
	}
	return errs
}

func notPrintable(r rune) bool { return r < ' ' || r > '~' }

func (a *GuestAgent) checkArchive() (*agent.Archive, []error) {
	if a.Archive == "" {
		return nil, []error{missing("archive", "the path of a zip file with the agent is wanted")}
	}
	if _, err := os.Stat(a.Archive); err != nil {
		return nil, []error{option("archive", a.Archive, "there is no such file")}
	}
	archive, err := agent.Read(a.Archive)
	if err != nil {
		return nil, []error{fmt.Errorf("archive: %w", err)}
	}
	if _, err := archive.Find(a.Executable); err != nil {
		return nil, []error{fmt.Errorf("executable: %w", err)}
	}
	const maxPath = 259
	for _, f := range archive.Files {
		if path := a.Destination + `\` + f.Name; len(path) > maxPath {
			return nil, []error{option("destination", a.Destination, fmt.Sprintf("with %s a path would have %d characters, Windows 7 takes %d", f.Name, len(path), maxPath))}
		}
	}
	return archive, nil
}
