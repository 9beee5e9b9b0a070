package flow

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/packer-plugin-sdk/multistep"
)

// cleanupTime bounds the steps' cleaning up, each for itself.
const cleanupTime = time.Minute

// stepInstall turns the machine on. Windows Setup then goes on by itself, and the next step waits for its end.
type stepInstall struct {
	*build
	started bool
}

func (s *stepInstall) Run(ctx context.Context, bag multistep.StateBag) multistep.StepAction {
	return s.do(ctx, bag, "Installing Windows", s.start)
}

func (s *stepInstall) start(ctx context.Context) error {
	if err := s.found.vm.Start(ctx); err != nil {
		return err
	}
	s.started = true
	s.detail("WinRM of the guest will be at " + s.found.vm.Addr())
	go s.watch(ctx)
	return nil
}

// watch ends the build at once when the machine goes off unasked.
func (s *stepInstall) watch(ctx context.Context) {
	select {
	case <-s.found.vm.Exited():
		if !s.found.mayExit.Load() {
			s.stop(fmt.Errorf("the virtual machine is gone: %s", s.found.vm.ExitReason()))
		}
	case <-ctx.Done():
	}
}

// Cleanup stops watching, and takes a picture of the screen if the build has failed: often it says what no log can.
func (s *stepInstall) Cleanup(bag multistep.StateBag) {
	s.found.mayExit.Store(true) // the next step's Cleanup ends the machine
	if !s.started || !failed(bag) || errors.Is(recorded(bag), context.Canceled) {
		return
	}
	select {
	case <-s.found.vm.Exited():
		return
	default:
	}
	ctx, cancel := context.WithTimeout(context.Background(), cleanupTime)
	defer cancel()
	path := s.Plan.FailurePicture()
	if err := s.found.vm.Screenshot(ctx, path); err != nil {
		s.complain(fmt.Errorf("no picture of the guest's screen: %w", err))
		return
	}
	s.found.picture = path
}
