//go:generate go tool packer-sdc struct-markdown

package qemu

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/hashicorp/packer-plugin-sdk/common"
	"github.com/hashicorp/packer-plugin-sdk/multistep/commonsteps"
	packersdk "github.com/hashicorp/packer-plugin-sdk/packer"
	"github.com/hashicorp/packer-plugin-sdk/template/config"
	"github.com/hashicorp/packer-plugin-sdk/template/interpolate"

	"github.com/guestprep/packer-plugin-guestprep/internal/hclconf"
	"github.com/guestprep/packer-plugin-guestprep/internal/qemu"
)

// Config is what a user writes in source "guestprep-qemu".
type Config struct {
	common.PackerConfig   `mapstructure:",squash"`
	commonsteps.ISOConfig `mapstructure:",squash"`
	hclconf.Install       `mapstructure:",squash"`
	hclconf.Hardware      `mapstructure:",squash"`
	hclconf.Remote        `mapstructure:",squash"`
	hclconf.Output        `mapstructure:",squash"`

	// The QEMU program, by name or path. Defaults to `qemu-system-x86_64`, which runs 32-bit Windows too.
	QemuBinary string `mapstructure:"qemu_binary"`
	// `kvm` or `tcg`. By default KVM is used where it works: `/dev/kvm` can be opened and the CPU has vmx or svm.
	// Without it an installation of Windows takes hours.
	Accelerator string `mapstructure:"accelerator"`

	ctx interpolate.Context
}

// decode reads the configuration, fills the defaults and returns everything that is wrong with it.
func (c *Config) decode(raws ...any) (warnings []string, err error) {
	*c = Config{} // Packer may configure twice
	err = config.Decode(c, &config.DecodeOpts{
		PluginType: "guestprep-qemu", Interpolate: true, InterpolateContext: &c.ctx,
	}, raws...)
	if err != nil {
		return nil, err
	}
	c.setDefaults()
	return c.check()
}

func (c *Config) setDefaults() {
	c.Install.SetDefaults()
	c.Hardware.SetDefaults()
	c.Remote.SetDefaults(c.AnswerFile != "")
	c.Output.SetDefaults(c.PackerBuildName)
	if c.QemuBinary == "" {
		c.QemuBinary = qemu.DefaultBinary
	}
}

func (c *Config) check() (warnings []string, err error) {
	var errs *packersdk.MultiError
	warnings, isoErrs := c.checkISO()
	errs = packersdk.MultiErrorAppend(errs, isoErrs...)
	errs = packersdk.MultiErrorAppend(errs, c.Install.Check()...)
	errs = packersdk.MultiErrorAppend(errs, c.Hardware.Check()...)
	errs = packersdk.MultiErrorAppend(errs, c.Remote.Check(&c.ctx, c.ComputerName)...)
	errs = packersdk.MultiErrorAppend(errs, c.Output.Check()...)
	if a := qemu.Accelerator(c.Accelerator); !slices.Contains([]qemu.Accelerator{qemu.Auto, qemu.KVM, qemu.TCG}, a) {
		errs = packersdk.MultiErrorAppend(errs, fmt.Errorf("accelerator: %q: use \"kvm\" or \"tcg\", or leave it out", a))
	}
	if errs != nil && len(errs.Errors) > 0 {
		return warnings, errs
	}
	return warnings, nil
}

// checkISO holds against the SDK's rules, and looks for the file where the URL is a path of this host.
func (c *Config) checkISO() (warnings []string, errs []error) {
	warnings, errs = c.ISOConfig.Prepare(&c.ctx)
	for i, err := range errs {
		errs[i] = fmt.Errorf("iso_url, iso_checksum: %w", err)
	}
	for _, url := range c.ISOUrls {
		if strings.Contains(url, "://") {
			continue
		}
		if _, err := os.Stat(url); errors.Is(err, os.ErrNotExist) {
			errs = append(errs, fmt.Errorf("iso_url: %s: no such file: give the path or URL of a Windows 7 SP1 installation ISO", url))
		} else if err != nil {
			errs = append(errs, fmt.Errorf("iso_url: %w", err))
		}
	}
	return warnings, errs
}
