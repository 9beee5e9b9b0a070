package qemu

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guestprep/packer-plugin-guestprep/internal/machine"
)

func exampleSpec() machine.Spec {
	return machine.Spec{
		Name: "guest_preparation", Type: "pc", CPUs: 2, MemoryMiB: 2048,
		Disk: machine.Disk{Path: "out/a,b.qcow2", Format: "qcow2", Size: 25 << 30, Bus: machine.BusIDE},
		CDs:  []string{"win7.iso", "answer.iso"}, NIC: machine.NICE1000, GuestPort: 5985,
	}
}

func TestArguments(t *testing.T) {
	want := []string{
		"-name", "guest_preparation",
		"-nodefaults",
		"-machine", "pc,accel=tcg",
		"-cpu", "qemu64",
		"-smp", "cpus=2,sockets=1,cores=2,threads=1",
		"-m", "2048M",
		"-vga", "std",
		"-display", "none",
		"-qmp", "unix:/tmp/w/qmp,server=on,wait=off",
		"-boot", "order=cd",
		"-drive", "if=ide,index=0,format=qcow2,file=out/a,,b.qcow2,media=disk,discard=unmap,detect-zeroes=unmap",
		"-netdev", "user,id=nat,hostfwd=tcp:127.0.0.1:2222-:5985",
		"-device", "e1000,netdev=nat",
		"-drive", "if=ide,index=1,format=raw,file=win7.iso,media=cdrom,readonly=on",
		"-drive", "if=ide,index=2,format=raw,file=answer.iso,media=cdrom,readonly=on",
	}
	require.Equal(t, want, arguments(exampleSpec(), TCG, 2222, "/tmp/w/qmp"))
}

func TestChooseAccelerator(t *testing.T) {
	noKVM := checkCPU([]byte("flags\t\t: fpu vme\n"))
	require.Error(t, noKVM)
	tests := []struct {
		name    string
		wish    Accelerator
		reason  error
		want    Accelerator
		wantErr string
	}{
		{"KVM where it works", Auto, nil, KVM, ""},
		{"TCG where it does not", Auto, noKVM, TCG, ""},
		{"TCG if asked for", TCG, nil, TCG, ""},
		{"KVM if asked for", KVM, nil, KVM, ""},
		{"KVM asked for in vain", KVM, noKVM, "", `accelerator: "kvm" cannot be used: /proc/cpuinfo shows neither vmx nor svm; ` +
			`leave accelerator out to build without it, slowly`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := chooseAccelerator(tt.wish, tt.reason)
			if tt.wantErr != "" {
				require.EqualError(t, err, tt.wantErr)
				return
			}
			require.NoError(t, err)
			require.Equal(t, tt.want, got)
		})
	}
}

func TestCheckCPU(t *testing.T) {
	require.NoError(t, checkCPU([]byte("processor\t: 0\nflags\t\t: fpu vmx ssse3\n")))
	require.NoError(t, checkCPU([]byte("flags\t\t: fpu svm\n")))
	require.Error(t, checkCPU([]byte("model name\t: svm vmx\nflags\t\t: fpu vmxy\n")))
}

func TestParseVersion(t *testing.T) {
	got, err := parseVersion([]byte("QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)\nCopyright (c) 2003-2022\n"))
	require.NoError(t, err)
	require.Equal(t, "7.2.22", got)
	_, err = parseVersion([]byte("VirtualBox 7.2"))
	require.EqualError(t, err, `not QEMU's version: "VirtualBox 7.2"`)
}
