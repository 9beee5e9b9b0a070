package flow

import (
	"context"

	"github.com/hashicorp/packer-plugin-sdk/multistep"

	"github.com/guestprep/packer-plugin-guestprep/internal/artifact"
)

// stepCollectDisk makes the artifact of the disk that the powered-off machine leaves.
type stepCollectDisk struct{ *build }

func (s *stepCollectDisk) Run(ctx context.Context, bag multistep.StateBag) multistep.StepAction {
	return s.do(ctx, bag, "Collecting the disk", s.collect)
}

func (s *stepCollectDisk) collect(context.Context) error {
	d := s.found.vm.Disk()
	s.found.image = artifact.New(s.Plan.BuilderID, artifact.Disk{
		Path: d.Path, Format: d.Format, Size: d.Size,
		Bus: string(d.Bus), NIC: string(s.Plan.Machine.NIC), MachineType: s.Plan.Machine.Type,
	})
	s.detail(s.found.image.String())
	return nil
}

func (s *stepCollectDisk) Cleanup(multistep.StateBag) {}
