package flow

import (
	"context"
	"os"

	"github.com/hashicorp/packer-plugin-sdk/multistep"
	"github.com/hashicorp/packer-plugin-sdk/multistep/commonsteps"
)

// stepMakeFolders makes the output directory, which is removed if the build fails, and the working directory, which is
// removed in any case.
type stepMakeFolders struct {
	*build
	made bool // the output directory is ours to remove
}

func (s *stepMakeFolders) Run(ctx context.Context, bag multistep.StateBag) multistep.StepAction {
	return s.do(ctx, bag, "Making the output directory "+s.Plan.OutputDir, s.create)
}

func (s *stepMakeFolders) create(ctx context.Context) (err error) {
	step := &commonsteps.StepOutputDir{Force: s.Packer.PackerForce, Path: s.Plan.OutputDir}
	if _, err := s.nested(ctx, step); err != nil {
		return err
	}
	s.made = true
	// The name is short, because the path of a socket in it may have 108 characters at most.
	s.found.workDir, err = os.MkdirTemp("", "guestprep-")
	return err
}

func (s *stepMakeFolders) Cleanup(bag multistep.StateBag) {
	if s.found.workDir != "" {
		s.complain(os.RemoveAll(s.found.workDir))
	}
	if s.made && failed(bag) {
		s.complain(os.RemoveAll(s.Plan.OutputDir))
	}
}

// complain tells the user of something that could not be cleaned up. The build's outcome is another matter.
func (b *build) complain(err error) {
	if err != nil {
		b.ui.Error("cleaning up: " + err.Error())
	}
}
