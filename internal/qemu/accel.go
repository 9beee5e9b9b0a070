package qemu

import (
	"fmt"
	"os"
	"regexp"
)

// Accelerator is how QEMU runs the guest's instructions.
type Accelerator string

// The accelerators; the zero value stands for the best one that works.
const (
	Auto Accelerator = ""
	KVM  Accelerator = "kvm"
	TCG  Accelerator = "tcg"
)

// chooseAccelerator settles what the user left open. reason says why KVM cannot be used, if it cannot.
func chooseAccelerator(wish Accelerator, reason error) (Accelerator, error) {
	switch {
	case wish == TCG:
		return TCG, nil
	case reason == nil:
		return KVM, nil
	case wish == KVM:
		return "", fmt.Errorf("accelerator: \"kvm\" cannot be used: %w; leave accelerator out to build without it, slowly", reason)
	}
	return TCG, nil
}

// kvmWorks returns why KVM cannot be used on this host, or nil.
func kvmWorks() error {
	f, err := os.OpenFile("/dev/kvm", os.O_RDWR, 0)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	cpuinfo, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return err
	}
	return checkCPU(cpuinfo)
}

var hardwareVirtualization = regexp.MustCompile(`(?m)^flags\s*:.*\b(vmx|svm)\b`)

// checkCPU looks for the CPU flag without which /dev/kvm opens on some hosts, but an operating system in the guest
// never gets beyond its boot loader.
func checkCPU(cpuinfo []byte) error {
	if !hardwareVirtualization.Match(cpuinfo) {
		return fmt.Errorf("/proc/cpuinfo shows neither vmx nor svm")
	}
	return nil
}
