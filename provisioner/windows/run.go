package windows

import (
	"context"
	"errors"
	"fmt"
	"time"

	packersdk "github.com/hashicorp/packer-plugin-sdk/packer"

	"github.com/guestprep/packer-plugin-guestprep/internal/guest"
	"github.com/guestprep/packer-plugin-guestprep/internal/human"
	"github.com/guestprep/packer-plugin-guestprep/internal/payload"
)

// run is the provisioning of one guest.
type run struct {
	ui      packersdk.Ui
	session *guest.Session
	server  *payload.Server // nil if the guest fetches nothing
}

func start(ctx context.Context, ui packersdk.Ui, comm packersdk.Communicator, plan *plan) (*run, error) {
	r := &run{ui: ui}
	if plan.host != "" {
		server, err := payload.Serve(ctx, plan.host)
		if err != nil {
			return nil, fmt.Errorf("host_address: %w", err)
		}
		r.server = server
	}
	r.session = guest.New(comm, r.server)
	return r, nil
}

// close leaves neither files in the guest nor a server here.
func (r *run) close(ctx context.Context) error {
	err := r.session.Close(ctx)
	if r.server != nil {
		err = errors.Join(err, r.server.Close())
	}
	return err
}

// say reports what was done since a time.
func (r *run) say(since time.Time, format string, args ...any) {
	r.ui.Sayf("%s in %s", fmt.Sprintf(format, args...), human.Since(since))
}
