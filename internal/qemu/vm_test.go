package qemu

import (
	"context"
	"image/png"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guestprep/packer-plugin-guestprep/internal/machine"
)

// These tests run the real QEMU, with a disk that cannot be booted from.

func create(t *testing.T, change func(*machine.Spec)) *vm {
	t.Helper()
	t.Setenv("PACKER_CACHE_DIR", t.TempDir()) // the SDK keeps its locks on ports there
	spec := exampleSpec()
	dir, err := os.MkdirTemp("", "qemu") //nolint:usetesting // t.TempDir's path is too long for a socket
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	spec.Dir, spec.CDs, spec.MemoryMiB = dir, nil, 64
	spec.PortMin, spec.PortMax = 20000, 29999
	spec.Disk.Path = filepath.Join(t.TempDir(), "a,b.qcow2")
	if change != nil {
		change(&spec)
	}
	h := &Hypervisor{Binary: DefaultBinary, Accelerator: TCG}
	made, err := h.Create(t.Context(), spec)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, made.Destroy(context.Background(), false)) })
	return made.(*vm)
}

func waitExit(t *testing.T, v *vm) machine.ExitReason {
	t.Helper()
	select {
	case <-v.Exited():
	case <-time.After(time.Minute):
		t.Fatal("the machine does not go off")
	}
	return v.ExitReason()
}

func TestLife(t *testing.T) {
	v := create(t, nil)
	require.NoError(t, v.Start(t.Context()))
	require.Equal(t, "10.0.2.2", v.HostIP())

	// The forwarded port is bound, and on the loopback only.
	conn, err := net.Dial("tcp", v.Addr())
	require.NoError(t, err)
	require.NoError(t, conn.Close())
	_, port, err := net.SplitHostPort(v.Addr())
	require.NoError(t, err)
	other, err := net.Listen("tcp", "127.0.0.2:"+port)
	require.NoError(t, err, "QEMU must have bound 127.0.0.1 only")
	require.NoError(t, other.Close())

	picture := filepath.Join(t.TempDir(), "screen.png")
	require.NoError(t, v.Screenshot(t.Context(), picture))
	f, err := os.Open(picture)
	require.NoError(t, err)
	defer f.Close()
	decoded, err := png.Decode(f)
	require.NoError(t, err)
	require.GreaterOrEqual(t, decoded.Bounds().Dx(), 640)

	require.NoError(t, v.PowerOff(t.Context()), "the power button is pressed; this guest has nobody who cares")
	pid := v.process.Pid()
	require.NoError(t, v.Destroy(t.Context(), true))
	require.False(t, waitExit(t, v).ByGuest)
	require.FileExists(t, v.Disk().Path)
	require.NoError(t, v.Destroy(t.Context(), false))
	require.NoFileExists(t, v.Disk().Path)
	require.ErrorIs(t, syscall.Kill(pid, 0), syscall.ESRCH)
	entries, err := os.ReadDir(v.spec.Dir)
	require.NoError(t, err)
	require.Empty(t, entries)
	locks, err := filepath.Glob(filepath.Join(os.Getenv("PACKER_CACHE_DIR"), "port", "*"))
	require.NoError(t, err)
	require.Empty(t, locks, "the lock on the port")
}

func TestKilled(t *testing.T) {
	v := create(t, nil)
	require.NoError(t, v.Start(t.Context()))
	require.NoError(t, syscall.Kill(v.process.Pid(), syscall.SIGKILL))
	reason := waitExit(t, v)
	require.False(t, reason.ByGuest)
	require.ErrorContains(t, reason.Err, "signal: killed")
	require.Contains(t, reason.String(), "the virtual machine's process ended: qemu-system-x86_64 -name guest_preparation")
	require.ErrorIs(t, v.monitor.run(t.Context(), "query-status", nil), errGone, "a command to a machine that is gone must not hang")
}

// A boot sector that powers the machine off through APM, as a guest's system would.
func TestPoweredOffByGuest(t *testing.T) {
	v := create(t, func(s *machine.Spec) { s.Disk.Format = "raw" })
	sector := make([]byte, 512)
	copy(sector, []byte{
		0xb8, 0x01, 0x53, 0x31, 0xdb, 0xcd, 0x15, // APM: connect
		0xb8, 0x0e, 0x53, 0x31, 0xdb, 0xb9, 0x02, 0x01, 0xcd, 0x15, // version 1.2
		0xb8, 0x07, 0x53, 0xbb, 0x01, 0x00, 0xb9, 0x03, 0x00, 0xcd, 0x15, // all devices: off
		0xf4, // halt
	})
	sector[510], sector[511] = 0x55, 0xaa
	f, err := os.OpenFile(v.Disk().Path, os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = f.WriteAt(sector, 0)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	require.NoError(t, v.Start(t.Context()))
	reason := waitExit(t, v)
	require.True(t, reason.ByGuest, reason.String())
	require.NoError(t, reason.Err)
}

func TestStartFails(t *testing.T) {
	tests := []struct {
		name   string
		change func(*testing.T, *machine.Spec)
		want   string
	}{
		{"QEMU refuses", func(_ *testing.T, s *machine.Spec) { s.NIC = "no-such-card" }, "'no-such-card' is not a valid device model name"},
		{"no free port", func(t *testing.T, s *machine.Spec) {
			t.Helper()
			l, err := net.Listen("tcp", "127.0.0.1:0")
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, l.Close()) })
			s.PortMin = l.Addr().(*net.TCPAddr).Port
			s.PortMax = s.PortMin
		}, "host_port_min, host_port_max: no free port of 127.0.0.1 from"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v := create(t, func(s *machine.Spec) { tt.change(t, s) })
			require.ErrorContains(t, v.Start(t.Context()), tt.want)
		})
	}
}

func TestCreateLeavesNothing(t *testing.T) {
	h := &Hypervisor{Binary: DefaultBinary, Accelerator: TCG}
	spec := exampleSpec()
	spec.Disk.Path = filepath.Join(t.TempDir(), "missing", "disk.qcow2")
	_, err := h.Create(t.Context(), spec)
	require.ErrorContains(t, err, "disk.qcow2")
}

func TestCheck(t *testing.T) {
	t.Run("works", func(t *testing.T) {
		got, err := (&Hypervisor{Binary: DefaultBinary, Accelerator: TCG}).Check(t.Context())
		require.NoError(t, err)
		require.Regexp(t, `^QEMU \d+\.\d+(\.\d+)? without KVM`, got)
	})
	t.Run("missing", func(t *testing.T) {
		t.Setenv("PATH", t.TempDir())
		_, err := (&Hypervisor{Binary: DefaultBinary}).Check(t.Context())
		require.ErrorContains(t, err, "qemu-system-x86_64: not found in PATH (qemu_binary; Debian: apt-get install qemu-system-x86 qemu-utils)")
	})
	t.Run("something else", func(t *testing.T) {
		_, err := (&Hypervisor{Binary: "basename"}).Check(t.Context())
		require.ErrorContains(t, err, `basename: not QEMU's version: "basename`)
	})
}
