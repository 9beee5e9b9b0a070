package qemu

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	sdknet "github.com/hashicorp/packer-plugin-sdk/net"

	"github.com/guestprep/packer-plugin-guestprep/internal/machine"
	"github.com/guestprep/packer-plugin-guestprep/internal/run"
)

// portTime is how long a free port is looked for.
const portTime = 2 * time.Second

type vm struct {
	binary string
	accel  Accelerator
	spec   machine.Spec
	socket string
	port   *sdknet.Listener // holds the lock on the forwarded port; nil before Start

	process *run.Process
	monitor *monitor
	exited  chan struct{}

	mu     sync.Mutex
	reason machine.ExitReason // written once, before exited is closed
}

var _ machine.VM = (*vm)(nil)

// Start implements machine.VM.
func (v *vm) Start(ctx context.Context) error {
	if err := v.reservePort(ctx); err != nil {
		return err
	}
	var err error
	//nolint:contextcheck // the machine outlives the step that starts it
	v.process, err = run.Start(v.binary, arguments(v.spec, v.accel, v.port.Port, v.socket)...)
	if err != nil {
		return err
	}
	v.monitor, err = connect(ctx, v.socket, v.process.Done())
	if err != nil {
		v.process.Kill()
		return errors.Join(err, v.process.Err())
	}
	go v.watch()
	return nil
}

// reservePort finds a free port and locks it against other builds of this host for as long as the machine exists.
// QEMU binds it itself, so it is free for a moment.
func (v *vm) reservePort(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, portTime) // the SDK tries until then
	defer cancel()
	listener, err := sdknet.ListenRangeConfig{
		Addr: "127.0.0.1", Network: "tcp", Min: v.spec.PortMin, Max: v.spec.PortMax + 1,
	}.Listen(ctx)
	if err != nil {
		return fmt.Errorf("host_port_min, host_port_max: no free port of 127.0.0.1 from %d to %d: %w",
			v.spec.PortMin, v.spec.PortMax, err)
	}
	err = listener.Listener.Close()
	listener.Listener = closedListener{listener.Listener} // Close gives up the lock only if this one closes well
	v.port = listener
	return err
}

// closedListener can be closed again without an error.
type closedListener struct{ net.Listener }

func (closedListener) Close() error { return nil }

// watch waits for the end of the machine and finds out why it came.
func (v *vm) watch() {
	<-v.process.Done()
	v.mu.Lock()
	v.reason = machine.ExitReason{ByGuest: v.monitor.shutDownByGuest(), Err: v.process.Err()}
	v.mu.Unlock()
	close(v.exited)
}

// Addr implements machine.VM.
func (v *vm) Addr() string { return fmt.Sprintf("127.0.0.1:%d", v.port.Port) }

// HostIP implements machine.VM: QEMU's user-mode network has the host's loopback at this address.
func (v *vm) HostIP() string { return "10.0.2.2" }

// Exited implements machine.VM.
func (v *vm) Exited() <-chan struct{} { return v.exited }

// ExitReason implements machine.VM.
func (v *vm) ExitReason() machine.ExitReason {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.reason
}

// Disk implements machine.VM.
func (v *vm) Disk() machine.Disk { return v.spec.Disk }

// PowerOff implements machine.VM.
func (v *vm) PowerOff(ctx context.Context) error {
	return v.monitor.run(ctx, "system_powerdown", nil)
}

// Destroy implements machine.VM.
func (v *vm) Destroy(_ context.Context, keepDisk bool) error {
	if v.process != nil {
		v.process.Kill()
	}
	err := removeFile(v.socket)
	if v.port != nil {
		err = errors.Join(err, v.port.Close())
		v.port = nil
	}
	if !keepDisk {
		err = errors.Join(err, removeFile(v.spec.Disk.Path))
	}
	return err
}
