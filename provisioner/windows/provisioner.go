package windows

import (
	"context"
	"errors"

	"github.com/hashicorp/hcl/v2/hcldec"
	packersdk "github.com/hashicorp/packer-plugin-sdk/packer"

	"github.com/guestprep/packer-plugin-guestprep/internal/agent"
)

// Provisioner prepares an installed Windows.
type Provisioner struct {
	config  Config
	archive *agent.Archive // the guest agent's, read when the configuration was checked; nil if there is none
}

var _ packersdk.Provisioner = (*Provisioner)(nil)

// ConfigSpec describes the configuration to Packer.
func (p *Provisioner) ConfigSpec() hcldec.ObjectSpec { return p.config.FlatMapstructure().HCL2Spec() }

// Prepare reads and checks the configuration and the files that it names.
func (p *Provisioner) Prepare(raws ...interface{}) (err error) {
	if err := p.config.decode(raws...); err != nil {
		return err
	}
	p.config.setDefaults()
	p.archive, err = p.config.check()
	return err
}

// Provision does in the guest what the configuration asks for.
func (p *Provisioner) Provision(ctx context.Context, ui packersdk.Ui, comm packersdk.Communicator, data map[string]interface{}) (err error) {
	plan, err := newPlan(&p.config, p.archive, data)
	if err != nil {
		return err
	}
	run, err := start(ctx, ui, comm, plan)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, run.close(ctx)) }()

	// The right Windows, before anything in it is changed.
	if err := run.checkWindows(ctx); err != nil {
		return err
	}
	// In the user's order.
	for _, pkg := range plan.packages {
		if err := run.install(ctx, pkg); err != nil {
			return err
		}
	}
	// After the packages: its task starts at the next logon.
	if plan.agent != nil {
		if err := run.deploy(ctx, plan.agent); err != nil {
			return err
		}
	}
	// Last: it only waits in the guest until the builder shuts it down.
	if plan.seal != nil {
		return run.registerSeal(ctx, *plan.seal)
	}
	return nil
}
