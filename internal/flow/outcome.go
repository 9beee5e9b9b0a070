package flow

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/packer-plugin-sdk/multistep"
	packersdk "github.com/hashicorp/packer-plugin-sdk/packer"
)

// outcome turns what is left after the last step into an artifact or an error.
func (b *build) outcome(ctx context.Context, bag multistep.StateBag) (packersdk.Artifact, error) {
	err := recorded(bag)
	if cause := context.Cause(ctx); cause != nil && !errors.Is(err, cause) {
		err = cause // a step that was interrupted need not have said why
	}
	switch {
	case err != nil:
		if b.found.picture != "" {
			err = fmt.Errorf("%w\nThe guest's screen at that moment: %s", err, b.found.picture)
		}
		return nil, err
	case failed(bag):
		return nil, errors.New("the build stopped, and no step said why")
	case b.found.image == nil:
		return nil, errors.New("the build ended without a disk image")
	}
	return b.found.image, nil
}
