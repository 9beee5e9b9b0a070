//go:generate go tool packer-sdc struct-markdown

package hclconf

import (
	"fmt"
	"path/filepath"
	"strconv"

	"github.com/docker/go-units"
)

// Hardware is the virtual machine that Windows is installed in.
type Hardware struct {
	// The name of the virtual machine, and of the disk image in `output_directory`. Defaults to `guest_preparation`.
	VMName string `mapstructure:"vm_name"`
	// The number of virtual CPUs, as cores of one socket: Windows 7 uses two sockets at most. Defaults to `2`.
	CPUs int `mapstructure:"cpus"`
	// RAM in MiB. Windows 7 needs 1024 at least. Defaults to `2048`.
	Memory int `mapstructure:"memory"`
	// The size of the disk: a number with a unit (`25G`, `25600M`), or a number of MiB. Windows 7 needs 16 GiB; a
	// flavor in the cloud must not be smaller than this. Defaults to `25G`.
	DiskSize string `mapstructure:"disk_size"`
	// The lowest port on 127.0.0.1 that may be forwarded to the guest's WinRM. Defaults to `2222`.
	HostPortMin int `mapstructure:"host_port_min"`
	// The highest port on 127.0.0.1 that may be forwarded to the guest's WinRM. Defaults to `4444`.
	HostPortMax int `mapstructure:"host_port_max"`
}

// SetDefaults fills what the user left out.
func (c *Hardware) SetDefaults() {
	setDefault(&c.VMName, "guest_preparation")
	setDefault(&c.CPUs, 2)
	setDefault(&c.Memory, 2048)
	setDefault(&c.DiskSize, "25G")
	setDefault(&c.HostPortMin, 2222)
	setDefault(&c.HostPortMax, 4444)
}

// Check returns everything that is wrong.
func (c *Hardware) Check() (errs []error) {
	if c.VMName != filepath.Base(c.VMName) || c.VMName == "." || c.VMName == ".." {
		errs = append(errs, fmt.Errorf("vm_name: %q must be usable as a file name", c.VMName))
	}
	if c.CPUs < 1 {
		errs = append(errs, fmt.Errorf("cpus: %d: at least 1", c.CPUs))
	}
	if c.Memory < 1024 {
		errs = append(errs, fmt.Errorf("memory: %d MiB: Windows 7 needs 1024 at least", c.Memory))
	}
	if _, err := ParseSize(c.DiskSize); err != nil {
		errs = append(errs, fmt.Errorf("disk_size: %w", err))
	}
	if c.HostPortMin < 1 || c.HostPortMax > 65535 || c.HostPortMin > c.HostPortMax {
		errs = append(errs, fmt.Errorf("host_port_min, host_port_max: %d to %d is not a range of ports",
			c.HostPortMin, c.HostPortMax))
	}
	return errs
}

// ParseSize reads a size: a number with a binary unit such as 25G, or a number of MiB. The result is in bytes.
func ParseSize(s string) (int64, error) {
	var size int64
	if mib, err := strconv.ParseInt(s, 10, 64); err == nil {
		size = mib << 20
	} else if size, err = units.RAMInBytes(s); err != nil {
		return 0, fmt.Errorf("%q is not a size such as 25G or 25600M", s)
	}
	if size < 1<<20 || size%(1<<20) != 0 || size > 1<<44 {
		return 0, fmt.Errorf("%q is not a whole number of MiB from 1M to 16T", s)
	}
	return size, nil
}
