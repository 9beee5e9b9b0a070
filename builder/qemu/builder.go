// Package qemu is the builder guestprep-qemu: Windows 7, installed in QEMU.
package qemu

import (
	"context"
	"log"

	"github.com/hashicorp/hcl/v2/hcldec"
	packersdk "github.com/hashicorp/packer-plugin-sdk/packer"

	"github.com/guestprep/packer-plugin-guestprep/internal/flow"
	"github.com/guestprep/packer-plugin-guestprep/internal/plan"
	"github.com/guestprep/packer-plugin-guestprep/internal/qemu"
)

// Builder implements packersdk.Builder.
type Builder struct {
	config Config
	plan   plan.Plan
}

var _ packersdk.Builder = (*Builder)(nil)

// ConfigSpec implements packersdk.HCL2Speccer.
func (b *Builder) ConfigSpec() hcldec.ObjectSpec { return b.config.FlatMapstructure().HCL2Spec() }

// Prepare implements packersdk.Builder.
func (b *Builder) Prepare(raws ...any) (generatedVars, warnings []string, err error) {
	warnings, err = b.config.decode(raws...)
	if err != nil {
		return nil, warnings, err
	}
	b.plan, err = newPlan(&b.config)
	return nil, warnings, err
}

// Run implements packersdk.Builder.
func (b *Builder) Run(ctx context.Context, ui packersdk.Ui, hook packersdk.Hook) (packersdk.Artifact, error) {
	log.Printf("plan: %s", b.plan)
	return flow.Build{
		Plan:       b.plan,
		Hypervisor: &qemu.Hypervisor{Binary: b.config.QemuBinary, Accelerator: qemu.Accelerator(b.config.Accelerator)},
		Remote:     &b.config.Comm,
		Packer:     b.config.PackerConfig,
	}.Run(ctx, ui, hook)
}
