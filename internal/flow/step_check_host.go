package flow

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/hashicorp/packer-plugin-sdk/multistep"

	"github.com/guestprep/packer-plugin-guestprep/internal/media"
)

// stepCheckHost finds out what cannot work before anything exists.
type stepCheckHost struct{ *build }

func (s *stepCheckHost) Run(ctx context.Context, bag multistep.StateBag) multistep.StepAction {
	return s.do(ctx, bag, "Checking the host", s.check)
}

func (s *stepCheckHost) check(ctx context.Context) error {
	if err := s.checkOutput(); err != nil {
		return err
	}
	if _, err := media.FindTool(); err != nil {
		return err
	}
	what, err := s.Hypervisor.Check(ctx)
	if err != nil {
		return err
	}
	s.detail(what)
	return nil
}

func (s *stepCheckHost) checkOutput() error {
	dir := s.Plan.OutputDir
	if _, err := os.Stat(dir); err == nil && !s.Packer.PackerForce {
		return fmt.Errorf("output_directory: %s exists already: remove it, name another, or run packer build -force", dir)
	} else if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("output_directory: %w", err)
	}
	// A picture of an earlier failure would be taken for this build's.
	if err := os.Remove(s.Plan.FailurePicture()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

func (s *stepCheckHost) Cleanup(multistep.StateBag) {}
