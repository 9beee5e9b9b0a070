package hclconf

import (
	"crypto/rand"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/packer-plugin-sdk/communicator"
	packersdk "github.com/hashicorp/packer-plugin-sdk/packer"
	"github.com/hashicorp/packer-plugin-sdk/template/interpolate"
)

// Remote is how the guest is reached during the build, and as whom.
type Remote struct {
	Comm communicator.Config `mapstructure:",squash"`
}

// SetDefaults fills what the user left out. Without an answer file of the user's, a password is made up that lives as
// long as the build: the seal blanks it.
func (c *Remote) SetDefaults(ownAnswerFile bool) {
	setDefault(&c.Comm.Type, "winrm")
	setDefault(&c.Comm.WinRMUser, "bot")
	setDefault(&c.Comm.WinRMTimeout, 4*time.Hour) // an installation without KVM takes hours
	if c.Comm.WinRMPassword == "" && !ownAnswerFile {
		c.Comm.WinRMPassword = rand.Text()
	}
	packersdk.LogSecretFilter.Set(c.Comm.WinRMPassword)
}

// Check returns everything that is wrong.
func (c *Remote) Check(ctx *interpolate.Context, computerName string) (errs []error) {
	if c.Comm.Type != "winrm" {
		return []error{fmt.Errorf("communicator: %q: Windows 7 is reached through winrm only; leave it out", c.Comm.Type)}
	}
	if c.Comm.WinRMUseSSL || c.Comm.WinRMUseNTLM.True() {
		errs = append(errs, fmt.Errorf(
			"winrm_use_ssl, winrm_use_ntlm: the guest offers plain HTTP with Basic only, on the host's loopback; leave them out"))
	}
	if c.Comm.WinRMHost != "" {
		errs = append(errs, fmt.Errorf("winrm_host: %q: the builder forwards a port of 127.0.0.1; leave it out", c.Comm.WinRMHost))
	}
	if c.Comm.WinRMPassword == "" {
		errs = append(errs, fmt.Errorf("winrm_password: required with answer_file: the password that file gives %q", c.Comm.WinRMUser))
	}
	if err := checkUser(c.Comm.WinRMUser, computerName); err != nil {
		errs = append(errs, err)
	}
	return append(errs, c.Comm.Prepare(ctx)...)
}

// checkUser holds a name against Windows' rules for local accounts.
func checkUser(name, computerName string) error {
	switch {
	case name == "" || len([]rune(name)) > 20 || strings.ContainsAny(name, `"/\[]:|<>+=;,?*%@`) || strings.Trim(name, " .") == "":
		return fmt.Errorf("winrm_username: %q: use 1 to 20 characters, none of \"/\\[]:|<>+=;,?*%%@", name)
	case strings.EqualFold(name, "none"):
		return fmt.Errorf("winrm_username: %q is reserved by Windows", name)
	case strings.EqualFold(name, computerName):
		return fmt.Errorf("winrm_username: %q must differ from computer_name", name)
	}
	return nil
}
