// Package flow is the one way from a plan to a disk image, whatever the hypervisor. Build.Run reads as its table of
// contents; each step is a file.
package flow

import (
	"context"
	"sync/atomic"

	"github.com/hashicorp/packer-plugin-sdk/common"
	"github.com/hashicorp/packer-plugin-sdk/communicator"
	"github.com/hashicorp/packer-plugin-sdk/multistep"
	"github.com/hashicorp/packer-plugin-sdk/multistep/commonsteps"
	packersdk "github.com/hashicorp/packer-plugin-sdk/packer"

	"github.com/guestprep/packer-plugin-guestprep/internal/artifact"
	"github.com/guestprep/packer-plugin-guestprep/internal/machine"
	"github.com/guestprep/packer-plugin-guestprep/internal/plan"
)

// Build is what a builder gives to be run.
type Build struct {
	Plan       plan.Plan
	Hypervisor machine.Hypervisor
	Remote     *communicator.Config // how to connect to the guest; host and port are filled in
	Packer     common.PackerConfig  // -debug, -on-error, -force
}

// Run carries the plan out. It returns an artifact or an error, never neither.
func (p Build) Run(ctx context.Context, ui packersdk.Ui, hook packersdk.Hook) (packersdk.Artifact, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	b := &build{Build: p, ui: ui, stop: stop}
	steps := []multistep.Step{
		&stepCheckHost{b},          // tools, KVM, the output directory; nothing exists yet
		&stepFetchMedia{b},         // the ISO, its checksum
		&stepMakeFolders{build: b}, // the output directory, a private working directory
		&stepWriteAnswerCD{b},      // answer file, first-logon script
		&stepCreateVM{b},           // disk and machine, powered off
		&stepInstall{build: b},     // start; from here a machine that goes off ends the build
		&stepConnect{b},            // wait for WinRM
		&stepProvision{},           // the user's provisioners
		&stepShutDown{b},           // the seal, or what the user has instead
		&stepCollectDisk{b},        // the artifact
	}
	bag := newBag(ui, hook)
	commonsteps.NewRunnerWithPauseFn(steps, p.Packer, ui, bag).Run(ctx, bag)
	return b.outcome(ctx, bag)
}

// stepProvision is the SDK's own, under the name by which -on-error=run-cleanup-provisioner knows it.
type stepProvision = commonsteps.StepProvision

// build is a Build that runs. What the steps find out is in found; each field has one step that writes it.
type build struct {
	Build
	ui    packersdk.Ui
	stop  context.CancelCauseFunc // ends the build with a reason
	found found
}

type found struct {
	iso      string          // stepFetchMedia: path of the checked ISO
	workDir  string          // stepMakeFolders: private, gone after the build
	answerCD string          // stepWriteAnswerCD: path
	vm       machine.VM      // stepCreateVM
	mayExit  atomic.Bool     // stepShutDown, or stepInstall's Cleanup: the machine may go off now
	picture  string          // stepInstall: the screen at the time of failure, if there is a picture
	image    *artifact.Image // stepCollectDisk
}
