// Package windows is the provisioner guestprep-windows: it prepares an installed Windows 7 over WinRM, under our builders
// and under any other that reaches the guest by WinRM.
package windows

//go:generate go tool packer-sdc struct-markdown

import (
	"errors"
	"fmt"

	"github.com/hashicorp/packer-plugin-sdk/common"
	packersdk "github.com/hashicorp/packer-plugin-sdk/packer"
	"github.com/hashicorp/packer-plugin-sdk/template/config"
	"github.com/hashicorp/packer-plugin-sdk/template/interpolate"

	"github.com/guestprep/packer-plugin-guestprep/internal/agent"
)

// Config says what to do in the guest. The blocks take effect in this order, whatever the order in the template: packages,
// guest agent, seal. Without any block the provisioner only checks that the guest is a Windows 7 that answers.
type Config struct {
	common.PackerConfig `mapstructure:",squash"`

	// An installer to run in the guest. The block may be repeated; packages are installed in the order of their blocks.
	// See [Packages](#packages).
	Packages []Package `mapstructure:"package"`
	// The program that waits for orders in the finished image. See [Guest agent](#guest-agent).
	GuestAgent *GuestAgent `mapstructure:"guest_agent"`
	// Puts the seal into the guest, for builders other than ours. See [Seal](#seal).
	Seal *Seal `mapstructure:"seal"`
	// The IP address at which the guest reaches the machine that Packer runs on: files are fetched from there over
	// HTTP, from a port and a path that are chosen for each build. Default: what the builder says; ours do. Set it under
	// builders that do not. `10.0.2.2` is the host behind the user-mode NAT of QEMU and VirtualBox; nothing but the host
	// itself can connect then. With any other address, the files can be fetched by who can reach the address and knows
	// the path.
	HostAddress string `mapstructure:"host_address"`
}

// decode fills c from what Packer hands over.
func (c *Config) decode(raws ...interface{}) error {
	return config.Decode(c, &config.DecodeOpts{
		PluginType:         "guestprep-windows",
		Interpolate:        true,
		InterpolateContext: &interpolate.Context{},
	}, raws...)
}

func (c *Config) setDefaults() {
	for i := range c.Packages {
		c.Packages[i].setDefaults()
	}
	if c.GuestAgent != nil {
		c.GuestAgent.setDefaults()
	}
}

// check reports every problem. It reads the files that are named, and never the network. The archive of the guest agent
// comes back, since it was read; it is nil if there is none.
func (c *Config) check() (*agent.Archive, error) {
	var problems *packersdk.MultiError
	add := func(errs []error) {
		if len(errs) > 0 {
			problems = packersdk.MultiErrorAppend(problems, errs...)
		}
	}
	if c.HostAddress != "" {
		add(checkHostAddress(c.HostAddress))
	}
	names := map[string]bool{}
	for i, p := range c.Packages {
		add(inBlock(fmt.Sprintf("package %d", i+1), p.check()))
		if names[p.Name] && p.Name != "" {
			add([]error{fmt.Errorf("package %d: name = %q: another package has this name", i+1, p.Name)})
		}
		names[p.Name] = true
	}
	var archive *agent.Archive
	if c.GuestAgent != nil {
		var errs []error
		archive, errs = c.GuestAgent.check()
		add(inBlock("guest_agent", errs))
	}
	if c.Seal != nil {
		add(inBlock("seal", c.Seal.check()))
	}
	if problems != nil {
		return nil, problems
	}
	return archive, nil
}

// inBlock names the block that errors are about.
func inBlock(block string, errs []error) []error {
	for i, err := range errs {
		errs[i] = fmt.Errorf("%s: %w", block, err)
	}
	return errs
}

// option says what is wrong with the value of an option.
func option(name string, value any, why string) error {
	if s, ok := value.(string); ok {
		return fmt.Errorf("%s = %q: %s", name, s, why)
	}
	return fmt.Errorf("%s = %v: %s", name, value, why)
}

// missing says that an option has to be set.
func missing(name, what string) error {
	return errors.New(name + " is not set: " + what)
}
