package windows

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/guestprep/packer-plugin-guestprep/internal/agent"
	"github.com/guestprep/packer-plugin-guestprep/internal/guest"
)

// plan is what is to be done in one guest.
type plan struct {
	host     string // address of this machine as the guest sees it; empty if the guest fetches nothing
	packages []installation
	agent    *deployment
	seal     *guest.Seal
}

// installation is a package to install.
type installation struct {
	name    string
	file    string // on this machine
	sha256  string // may be empty
	dest    string // in the guest
	job     guest.Job
	success []guest.ExitCode
}

// deployment is the agent to unpack and to start at each logon.
type deployment struct {
	archive     *agent.Archive
	destination string
	taskName    string
	start       agent.Start
}

// newPlan joins what the user wrote with what the build knows.
func newPlan(c *Config, archive *agent.Archive, data map[string]interface{}) (*plan, error) {
	p := &plan{}
	for _, pkg := range c.Packages {
		p.packages = append(p.packages, pkg.plan())
	}
	var err error
	if c.GuestAgent != nil {
		if p.agent, err = c.GuestAgent.plan(archive, data); err != nil {
			return nil, err
		}
	}
	if c.Seal != nil {
		user, err := userOrBuildUser("seal", c.Seal.User, data)
		if err != nil {
			return nil, err
		}
		p.seal = &guest.Seal{User: user}
	}
	if len(p.packages) > 0 || p.agent != nil {
		if p.host, err = c.hostAddress(data); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// unsafe is what is replaced in the name under which an installer is known in the guest.
var unsafe = regexp.MustCompile(`[^A-Za-z0-9._-]`)

func (p *Package) plan() installation {
	dest := guest.JobDir(p.Name) + `\` + unsafe.ReplaceAllString(filepath.Base(p.File), "_")
	argv := []string{dest}
	if strings.EqualFold(filepath.Ext(p.File), ".msi") {
		argv = []string{"msiexec.exe", "/i", dest, "/qn", "/norestart"}
	}
	i := installation{
		name:   p.Name,
		file:   p.File,
		sha256: p.SHA256,
		dest:   dest,
		job:    guest.Job{Name: p.Name, Argv: slices.Concat(argv, p.Arguments), TimeLimit: p.TimeLimit},
	}
	for _, code := range p.SuccessExitCodes {
		i.success = append(i.success, guest.ExitCode(uint32(code)))
	}
	return i
}

func (a *GuestAgent) plan(archive *agent.Archive, data map[string]interface{}) (*deployment, error) {
	user, err := userOrBuildUser("guest_agent", a.User, data)
	if err != nil {
		return nil, err
	}
	program, err := archive.Find(a.Executable)
	if err != nil {
		return nil, err
	}
	return &deployment{
		archive:     archive,
		destination: a.Destination,
		taskName:    a.TaskName,
		start: agent.Start{
			User:             user,
			Delay:            a.Delay.Round(time.Second),
			Executable:       a.Destination + `\` + program.Name,
			Arguments:        a.arguments(),
			WorkingDirectory: a.WorkingDirectory,
		},
	}, nil
}

// userOrBuildUser is the account of a block: the one that is written there, else the one that Packer connects with.
func userOrBuildUser(block, user string, data map[string]interface{}) (string, error) {
	if user == "" {
		user = buildUser(data)
	}
	if user == "" {
		return "", fmt.Errorf("the builder does not say with which account it connects: set %s.user", block)
	}
	if err := guest.CheckUser(user); err != nil {
		return "", fmt.Errorf("%s.user: %w", block, err)
	}
	return user, nil
}
