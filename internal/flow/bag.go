package flow

import (
	"context"
	"fmt"

	"github.com/hashicorp/packer-plugin-sdk/communicator"
	"github.com/hashicorp/packer-plugin-sdk/multistep"
	packersdk "github.com/hashicorp/packer-plugin-sdk/packer"
)

// This file is the only one that touches the SDK's untyped state bag. Its keys are those that the SDK's steps read and
// write; our own results are fields of found.

func newBag(ui packersdk.Ui, hook packersdk.Hook) *multistep.BasicStateBag {
	bag := new(multistep.BasicStateBag)
	bag.Put("ui", ui)
	bag.Put("hook", hook)
	return bag
}

// do is every step's Run: it announces the step, does its work, and records a failure under the step's name.
// It does not print the failure, because Packer prints what the builder returns.
func (b *build) do(ctx context.Context, bag multistep.StateBag, title string, work func(context.Context) error) multistep.StepAction {
	b.ui.Say(title)
	if err := work(ctx); err != nil {
		if cause := context.Cause(ctx); cause != nil {
			err = cause // what ended the build, not how this step noticed
		}
		bag.Put("error", fmt.Errorf("%s: %w", title, err))
		return multistep.ActionHalt
	}
	return multistep.ActionContinue
}

// detail prints a line that belongs to the step announced before it.
func (b *build) detail(line string) { b.ui.Say("  " + line) }

// nested runs a step of the SDK in a bag of its own, so that its messages do not mix with ours and its error is not
// printed twice. It returns the bag, in which the step has left its results.
func (b *build) nested(ctx context.Context, step multistep.Step) (multistep.StateBag, error) {
	bag := newBag(quietUI{b.ui}, nil)
	action := step.Run(ctx, bag)
	step.Cleanup(bag)
	if err, ok := bag.Get("error").(error); ok {
		return bag, err
	}
	if action == multistep.ActionHalt {
		if cause := context.Cause(ctx); cause != nil {
			return bag, cause
		}
		return bag, fmt.Errorf("%T stopped without a reason", step)
	}
	return bag, nil
}

// quietUI keeps prompts and progress bars, and drops lines.
type quietUI struct{ packersdk.Ui }

func (quietUI) Say(string)                {}
func (quietUI) Sayf(string, ...any)       {}
func (quietUI) Message(string)            {}
func (quietUI) Error(string)              {}
func (quietUI) Errorf(string, ...any)     {}
func (quietUI) Machine(string, ...string) {}

// text returns a string that an SDK step has left.
func text(bag multistep.StateBag, key string) (string, error) {
	s, ok := bag.Get(key).(string)
	if !ok {
		return "", fmt.Errorf("the SDK's step left no %s", key)
	}
	return s, nil
}

// takeCommunicator hands the connection that an SDK step made to the steps after it.
func takeCommunicator(from, to multistep.StateBag) error {
	comm, ok := from.Get("communicator").(packersdk.Communicator)
	if !ok {
		return fmt.Errorf("the SDK's step made no connection")
	}
	config, ok := from.Get("communicator_config").(*communicator.Config)
	if !ok {
		return fmt.Errorf("the SDK's step left no communicator configuration")
	}
	to.Put("communicator", comm)
	to.Put("communicator_config", config)
	return nil
}

// connection returns the connection to the guest.
func connection(bag multistep.StateBag) (packersdk.Communicator, error) {
	comm, ok := bag.Get("communicator").(packersdk.Communicator)
	if !ok {
		return nil, fmt.Errorf("there is no connection to the guest")
	}
	return comm, nil
}

// describe tells provisioners which machine they work in, and where they find its host.
func describe(bag multistep.StateBag, name, hostIP string) {
	bag.Put("instance_id", name)
	bag.Put("http_ip", hostIP)
}

// failed says whether the build has failed or was cancelled, for a step's Cleanup.
func failed(bag multistep.StateBag) bool {
	_, halted := bag.GetOk(multistep.StateHalted)
	_, cancelled := bag.GetOk(multistep.StateCancelled)
	return halted || cancelled
}

// recorded returns the failure that a step has recorded, or nil.
func recorded(bag multistep.StateBag) error {
	if err, ok := bag.Get("error").(error); ok {
		return err
	}
	return nil
}
