// Package machine is the seam between the build and the hypervisors: what a build wants of a virtual machine, in words
// that are true of each of them.
package machine

import (
	"context"
	"fmt"
)

// Bus is how the disk is attached, as Nova's hw_disk_bus spells it.
type Bus string

// BusIDE needs no driver that Windows 7 does not bring.
const BusIDE Bus = "ide"

// NIC is the model of the network card, as Nova's hw_vif_model spells it.
type NIC string

// NICE1000 is the Intel PRO/1000 MT Desktop (82540EM), which Windows 7 knows.
const NICE1000 NIC = "e1000"

// Spec is the machine a build wants.
type Spec struct {
	Name      string   // as the hypervisor shows it
	Type      string   // as Nova's hw_machine_type spells it; empty if the hypervisor has no equivalent
	Dir       string   // folder for the machine's own files while it runs; exists, private
	CPUs      int      // virtual CPUs, as cores of one socket
	MemoryMiB int      // RAM
	Disk      Disk     // the disk to make
	CDs       []string // ISO files, in drive order: the installation medium first
	NIC       NIC      // one card, behind NAT
	GuestPort int      // TCP port in the guest that Addr leads to
	PortMin   int      // lowest port of 127.0.0.1 that may lead there
	PortMax   int      // highest
}

// Disk is a machine's disk.
type Disk struct {
	Path   string // image file
	Format string // as qemu-img names it: qcow2, vdi, …
	Size   int64  // bytes, as the guest sees it
	Bus    Bus
}

// Hypervisor makes machines.
type Hypervisor interface {
	// Check finds out whether machines can be made here, before anything exists, and says in a line with what.
	Check(ctx context.Context) (string, error)
	// Create makes a machine and its disk, powered off. On an error nothing is left of either.
	Create(ctx context.Context, spec Spec) (VM, error)
}

// VM is one machine.
type VM interface {
	// Start powers the machine on; it boots from its disk, or from the first CD while the disk cannot be booted from.
	Start(ctx context.Context) error
	// Addr is where the guest's GuestPort is reached, as 127.0.0.1:PORT; known after Start.
	Addr() string
	// HostIP is the address at which the guest reaches the host's loopback.
	HostIP() string
	// Exited is closed when the machine is off or gone.
	Exited() <-chan struct{}
	// ExitReason says why the machine is off; it may be called after Exited is closed.
	ExitReason() ExitReason
	// Screenshot writes a picture of the screen to a PNG file.
	Screenshot(ctx context.Context, path string) error
	// PowerOff presses the power button. The guest decides what it does; wait for Exited.
	PowerOff(ctx context.Context) error
	// Disk is the machine's disk.
	Disk() Disk
	// Destroy ends the machine if it runs and removes its files. The disk goes with it unless keepDisk is set.
	// It may be called more than once.
	Destroy(ctx context.Context, keepDisk bool) error
}

// ExitReason is why a machine is off.
type ExitReason struct {
	ByGuest bool  // the guest's system powered the machine off
	Err     error // otherwise: how the hypervisor's process ended
}

func (r ExitReason) String() string {
	switch {
	case r.ByGuest:
		return "the guest powered itself off"
	case r.Err != nil:
		return fmt.Sprintf("the virtual machine's process ended: %v", r.Err)
	}
	return "the virtual machine was ended from outside"
}
