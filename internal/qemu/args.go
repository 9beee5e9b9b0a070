package qemu

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/guestprep/packer-plugin-guestprep/internal/machine"
)

// arguments is QEMU's command line. hostPort is the port of 127.0.0.1 that leads to spec.GuestPort; qmp is the path of the control socket.
func arguments(spec machine.Spec, accel Accelerator, hostPort int, qmp string) []string {
	args := []string{
		"-name", spec.Name,
		"-nodefaults", // what is not named here is not there
		"-machine", spec.Type + ",accel=" + string(accel),
		"-cpu", cpu(accel),
		// Windows 7 uses at most two sockets, but all the cores of each.
		"-smp", fmt.Sprintf("cpus=%d,sockets=1,cores=%[1]d,threads=1", spec.CPUs),
		"-m", strconv.Itoa(spec.MemoryMiB) + "M",
		"-vga", "std",
		"-display", "none",
		"-qmp", "unix:" + escape(qmp) + ",server=on,wait=off",
		// The disk first: a blank one cannot be booted from, so that the CD follows, and an installed one must not be
		// asked "Press any key to boot from CD or DVD".
		"-boot", "order=cd",
		"-drive", ide(0, spec.Disk.Path, spec.Disk.Format) + ",media=disk,discard=unmap,detect-zeroes=unmap",
		"-netdev", fmt.Sprintf("user,id=nat,hostfwd=tcp:127.0.0.1:%d-:%d", hostPort, spec.GuestPort),
		"-device", string(spec.NIC) + ",netdev=nat",
	}
	for i, cd := range spec.CDs {
		args = append(args, "-drive", ide(i+1, cd, "raw")+",media=cdrom,readonly=on")
	}
	return args
}

// cpu is the CPU model. qemu64 is the plainest that Windows 7 runs on; with KVM, the host's own with what makes
// Windows notice that it is a guest.
func cpu(accel Accelerator) string {
	if accel == KVM {
		return "host,hv_relaxed,hv_vapic,hv_spinlocks=0x1fff,hv_time"
	}
	return "qemu64"
}

// ide is the n-th drive of the PC's four, in the order in which Windows gives letters.
func ide(n int, path, format string) string {
	return fmt.Sprintf("if=ide,index=%d,format=%s,file=%s", n, format, escape(path))
}

// escape doubles the commas of a value, which would end it.
func escape(s string) string { return strings.ReplaceAll(s, ",", ",,") }
