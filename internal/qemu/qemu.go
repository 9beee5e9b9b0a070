// Package qemu makes virtual machines with qemu-system-x86_64, controlled over QMP.
package qemu

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/guestprep/packer-plugin-guestprep/internal/diskimg"
	"github.com/guestprep/packer-plugin-guestprep/internal/machine"
	"github.com/guestprep/packer-plugin-guestprep/internal/run"
)

// DefaultBinary is the emulator; it runs 32-bit guests as well.
const DefaultBinary = "qemu-system-x86_64"

// hint names the packages that bring QEMU.
const hint = "qemu_binary; Debian: apt-get install qemu-system-x86 qemu-utils"

// Hypervisor is QEMU on this host.
type Hypervisor struct {
	Binary      string      // program name or path
	Accelerator Accelerator // the user's wish
}

var _ machine.Hypervisor = (*Hypervisor)(nil)

// Check implements machine.Hypervisor.
func (h *Hypervisor) Check(ctx context.Context) (string, error) {
	if _, err := run.Look(h.Binary, hint); err != nil {
		return "", err
	}
	if err := diskimg.Check(); err != nil {
		return "", err
	}
	out, err := run.Output(ctx, h.Binary, "--version")
	if err != nil {
		return "", err
	}
	version, err := parseVersion(out)
	if err != nil {
		return "", fmt.Errorf("%s: %w", h.Binary, err)
	}
	noKVM := kvmWorks()
	accel, err := chooseAccelerator(h.Accelerator, noKVM)
	if err != nil {
		return "", err
	}
	if accel == KVM {
		return fmt.Sprintf("QEMU %s with KVM", version), nil
	}
	if noKVM == nil {
		return fmt.Sprintf("QEMU %s without KVM, as accelerator says: slow", version), nil
	}
	return fmt.Sprintf("QEMU %s without KVM (TCG, slow): %v", version, noKVM), nil
}

// Create implements machine.Hypervisor.
func (h *Hypervisor) Create(ctx context.Context, spec machine.Spec) (machine.VM, error) {
	accel, err := chooseAccelerator(h.Accelerator, kvmWorks())
	if err != nil {
		return nil, err
	}
	if err := diskimg.Create(ctx, spec.Disk.Path, spec.Disk.Format, spec.Disk.Size); err != nil {
		return nil, errors.Join(err, removeFile(spec.Disk.Path))
	}
	return &vm{
		binary: h.Binary, accel: accel, spec: spec,
		socket: filepath.Join(spec.Dir, "qmp"),
		exited: make(chan struct{}),
	}, nil
}

func removeFile(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
