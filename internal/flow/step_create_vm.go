package flow

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/packer-plugin-sdk/multistep"

	"github.com/guestprep/packer-plugin-guestprep/internal/human"
)

// stepCreateVM makes the machine and its blank disk.
type stepCreateVM struct{ *build }

func (s *stepCreateVM) Run(ctx context.Context, bag multistep.StateBag) multistep.StepAction {
	return s.do(ctx, bag, "Creating the virtual machine "+s.Plan.Machine.Name, func(ctx context.Context) error {
		if err := s.create(ctx); err != nil {
			return err
		}
		describe(bag, s.Plan.Machine.Name, s.found.vm.HostIP())
		return nil
	})
}

func (s *stepCreateVM) create(ctx context.Context) (err error) {
	spec := s.Plan.Machine
	spec.Dir = s.found.workDir
	spec.CDs = []string{s.found.iso, s.found.answerCD}
	s.detail(fmt.Sprintf("%d CPUs, %d MiB RAM, %s disk on %s, %s network card behind NAT", spec.CPUs, spec.MemoryMiB,
		human.Size(spec.Disk.Size), strings.ToUpper(string(spec.Disk.Bus)), spec.NIC))
	s.found.vm, err = s.Hypervisor.Create(ctx, spec)
	return err
}

func (s *stepCreateVM) Cleanup(bag multistep.StateBag) {
	if s.found.vm == nil {
		return
	}
	// The build's context may have ended, and that is when this matters most.
	ctx, cancel := context.WithTimeout(context.Background(), cleanupTime)
	defer cancel()
	s.complain(s.found.vm.Destroy(ctx, !failed(bag)))
}
