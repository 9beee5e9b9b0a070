package flow

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/packer-plugin-sdk/multistep"
	packersdk "github.com/hashicorp/packer-plugin-sdk/packer"

	"github.com/guestprep/packer-plugin-guestprep/internal/guest"
	"github.com/guestprep/packer-plugin-guestprep/internal/human"
)

// askTime is how long a guest that does not power off may take to say why.
const askTime = 20 * time.Second

// stepShutDown has the guest take back what the build opened, and power off. That the guest does power off is the proof
// of it: the seal turns the machine off only when each of its steps has succeeded.
type stepShutDown struct{ *build }

func (s *stepShutDown) Run(ctx context.Context, bag multistep.StateBag) multistep.StepAction {
	title := "Sealing the guest and shutting it down"
	if s.Plan.Shutdown.Command != "" || !s.Plan.Shutdown.Seal {
		title = "Shutting the guest down, unsealed"
	}
	return s.do(ctx, bag, title, func(ctx context.Context) error { return s.shutDown(ctx, bag) })
}

func (s *stepShutDown) shutDown(ctx context.Context, bag multistep.StateBag) error {
	begin := time.Now()
	limit := s.Plan.Shutdown.Timeout
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("shutdown_timeout: the guest did not power off within %v", limit))
	defer cancel()
	s.found.mayExit.Store(true)
	if err := s.order(ctx, bag); err != nil {
		return err
	}
	select {
	case <-s.found.vm.Exited():
	case <-ctx.Done():
		return errors.Join(context.Cause(ctx), s.sealFailure(ctx, bag))
	}
	if reason := s.found.vm.ExitReason(); !reason.ByGuest {
		return fmt.Errorf("the virtual machine is gone, but not because the guest shut down: %s", reason)
	}
	s.detail("the guest powered off after " + human.Since(begin))
	return nil
}

// order has the guest turned off, in the way the plan says.
func (s *stepShutDown) order(ctx context.Context, bag multistep.StateBag) error {
	comm, err := connection(bag)
	if err != nil {
		return err
	}
	switch {
	case s.Plan.Shutdown.Command != "":
		// The guest may be gone before it has told how the command ended.
		return comm.Start(ctx, &packersdk.RemoteCmd{Command: s.Plan.Shutdown.Command})
	case s.Plan.Shutdown.Seal:
		return s.seal(ctx, guest.New(comm, nil))
	}
	return s.found.vm.PowerOff(ctx)
}

// seal runs the seal that a provisioner has prepared, or else the plain one.
func (s *stepShutDown) seal(ctx context.Context, session *guest.Session) error {
	prepared, err := session.HasSeal(ctx)
	if err != nil {
		return err
	}
	if !prepared {
		if err := session.RegisterSeal(ctx, guest.Seal{User: s.Remote.WinRMUser}); err != nil {
			return err
		}
	}
	_, err = session.Run(ctx, guest.SealCommand)
	return err
}

// sealFailure asks a guest that has not powered off whether the seal has stopped at one of its steps. If it has closed
// WinRM already, the picture of the screen must do.
func (s *stepShutDown) sealFailure(ctx context.Context, bag multistep.StateBag) error {
	comm, err := connection(bag)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), askTime)
	defer cancel()
	step, err := guest.New(comm, nil).SealFailure(ctx)
	if err != nil || step == "" {
		return nil // that the guest cannot be asked is no news
	}
	return fmt.Errorf("the seal has stopped: it could not %s", step)
}

func (s *stepShutDown) Cleanup(multistep.StateBag) {}
