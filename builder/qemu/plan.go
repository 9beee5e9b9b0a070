package qemu

import (
	"path/filepath"

	"github.com/guestprep/packer-plugin-guestprep/internal/answer"
	"github.com/guestprep/packer-plugin-guestprep/internal/hclconf"
	"github.com/guestprep/packer-plugin-guestprep/internal/machine"
	"github.com/guestprep/packer-plugin-guestprep/internal/plan"
)

// builderID is the BuilderId of our artifacts.
const builderID = "guestprep.qemu"

// newPlan turns a checked configuration into a plan. It reads nothing and changes nothing.
func newPlan(c *Config) (plan.Plan, error) {
	size, err := hclconf.ParseSize(c.DiskSize)
	if err != nil {
		return plan.Plan{}, err
	}
	return plan.Plan{
		BuilderID: builderID,
		Machine: machine.Spec{
			Name: c.VMName, Type: "pc", CPUs: c.CPUs, MemoryMiB: c.Memory,
			Disk: machine.Disk{
				Path: filepath.Join(c.OutputDirectory, c.VMName+".qcow2"), Format: "qcow2", Size: size, Bus: machine.BusIDE,
			},
			NIC: machine.NICE1000, GuestPort: c.Comm.WinRMPort, PortMin: c.HostPortMin, PortMax: c.HostPortMax,
		},
		Medium: plan.Medium{
			URLs: c.ISOUrls, Checksum: c.ISOChecksum, TargetPath: c.TargetPath, Extension: c.TargetExtension,
		},
		Answer:    plan.Answer{File: c.AnswerFile, Install: newInstall(c)},
		OutputDir: c.OutputDirectory,
		Shutdown:  plan.Shutdown{Command: c.ShutdownCommand, Seal: !c.SkipSeal, Timeout: c.ShutdownTimeout},
	}, nil
}

func newInstall(c *Config) answer.Install {
	return answer.Install{
		Arch: answer.X86, Edition: c.Edition, Language: "en-US", TimeZone: c.TimeZone, ComputerName: c.ComputerName,
		User: c.Comm.WinRMUser, Password: c.Comm.WinRMPassword, Organization: "guestprep",
	}
}
