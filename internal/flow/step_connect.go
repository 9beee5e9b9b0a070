package flow

import (
	"context"
	"fmt"
	"net"
	"path/filepath"
	"strconv"
	"time"

	"github.com/hashicorp/packer-plugin-sdk/communicator"
	"github.com/hashicorp/packer-plugin-sdk/multistep"

	"github.com/guestprep/packer-plugin-guestprep/internal/human"
)

// stepConnect waits until Setup is through and the guest answers WinRM.
type stepConnect struct{ *build }

func (s *stepConnect) Run(ctx context.Context, bag multistep.StateBag) multistep.StepAction {
	return s.do(ctx, bag, "Waiting for the guest's WinRM", func(ctx context.Context) error { return s.connect(ctx, bag) })
}

func (s *stepConnect) connect(ctx context.Context, bag multistep.StateBag) error {
	begin := time.Now()
	s.detail(fmt.Sprintf("it opens when Setup is through; winrm_timeout is %v", s.Remote.WinRMTimeout))
	timeout := fmt.Errorf("winrm_timeout: the guest did not answer within %v", s.Remote.WinRMTimeout)
	ctx, cancel := context.WithTimeoutCause(ctx, s.Remote.WinRMTimeout, timeout)
	defer cancel()
	probe := winRMProbe{addr: s.found.vm.Addr(), user: s.Remote.WinRMUser, password: s.Remote.WinRMPassword}
	if err := probe.wait(ctx); err != nil {
		return err
	}
	result, err := s.nested(ctx, &communicator.StepConnect{
		Config:    s.Remote,
		Host:      func(multistep.StateBag) (string, error) { return s.hostPort(0) },
		WinRMPort: s.port,
	})
	if err != nil {
		return err
	}
	if err := takeCommunicator(result, bag); err != nil {
		return err
	}
	s.detail("connected as " + s.Remote.WinRMUser + " after " + human.Since(begin))
	return s.screenshot(ctx, "connected.png")
}

// hostPort returns the host (0) or the port (1) of the guest's WinRM, as the host reaches it.
func (s *stepConnect) hostPort(part int) (string, error) {
	host, port, err := net.SplitHostPort(s.found.vm.Addr())
	return []string{host, port}[part], err
}

func (s *stepConnect) port(multistep.StateBag) (int, error) {
	port, err := s.hostPort(1)
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(port)
}

// screenshot takes a picture of the screen into the output directory.
func (b *build) screenshot(ctx context.Context, name string) error {
	path := filepath.Join(b.Plan.OutputDir, name)
	if err := b.found.vm.Screenshot(ctx, path); err != nil {
		return err
	}
	b.detail("the guest's screen: " + path)
	return nil
}

func (s *stepConnect) Cleanup(multistep.StateBag) {}
