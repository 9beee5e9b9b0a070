//go:generate go tool packer-sdc struct-markdown

package hclconf

import (
	"fmt"
	"time"
)

// Output is where the image goes, and how the machine that made it is turned off.
type Output struct {
	// The folder for the disk image and the pictures of the guest's screen. It must not exist, unless Packer runs with
	// `-force`, and is removed if the build fails. Defaults to `output-BUILDNAME`.
	OutputDirectory string `mapstructure:"output_directory"`
	// A command to run in the guest as the last one, instead of the seal. It must power the guest off.
	ShutdownCommand string `mapstructure:"shutdown_command"`
	// How long the guest may take to power off. Defaults to `15m`.
	ShutdownTimeout time.Duration `mapstructure:"shutdown_timeout"`
	// Leave the guest as the build had it, with the build's password and WinRM open, and press its power button
	// instead of sealing it: for an image that another build starts from. Such an image must not be published.
	// Conflicts with `shutdown_command`. Defaults to `false`.
	SkipSeal bool `mapstructure:"skip_seal"`
}

// SetDefaults fills what the user left out.
func (c *Output) SetDefaults(buildName string) {
	setDefault(&c.OutputDirectory, "output-"+buildName)
	setDefault(&c.ShutdownTimeout, 15*time.Minute)
}

// Check returns everything that is wrong.
func (c *Output) Check() (errs []error) {
	if c.ShutdownTimeout < 0 {
		errs = append(errs, fmt.Errorf("shutdown_timeout: %v is negative", c.ShutdownTimeout))
	}
	if c.SkipSeal && c.ShutdownCommand != "" {
		errs = append(errs, fmt.Errorf("skip_seal, shutdown_command: %q replaces the seal already; leave skip_seal out", c.ShutdownCommand))
	}
	return errs
}
