package windows

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/guestprep/packer-plugin-guestprep/internal/agent"
	"github.com/guestprep/packer-plugin-guestprep/internal/guest"
	"github.com/guestprep/packer-plugin-guestprep/internal/human"
)

// windows7 is the version of Windows 7 without its build number.
const windows7 = "6.1"

// versionPattern finds the version in the output of ver, which is in the guest's language.
var versionPattern = regexp.MustCompile(`\b(\d+\.\d+)\.\d+`)

func (r *run) checkWindows(ctx context.Context) error {
	began := time.Now()
	result, err := r.session.Run(ctx, "ver")
	if err != nil {
		return fmt.Errorf("ask the guest for its version: %w", err)
	}
	m := versionPattern.FindStringSubmatch(result.Stdout)
	if m == nil {
		return fmt.Errorf("the guest does not say which Windows it is; ver printed %q", strings.TrimSpace(result.Stdout))
	}
	if m[1] != windows7 {
		return fmt.Errorf("the guest is Windows %s, and this provisioner is for Windows 7 (%s)", m[0], windows7)
	}
	r.say(began, "Connected to Windows %s", m[0])
	return nil
}

func (r *run) install(ctx context.Context, pkg installation) error {
	began := time.Now()
	item, err := r.server.AddFile(pkg.file, pkg.sha256)
	if err != nil {
		return fmt.Errorf("package %s: %w", pkg.name, err)
	}
	if err := r.session.Fetch(ctx, item, pkg.dest); err != nil {
		return fmt.Errorf("package %s: %w", pkg.name, err)
	}
	r.say(began, "Delivered %s (%s)", pkg.name, human.Size(item.Size))

	began = time.Now()
	result, err := r.session.RunAsSystem(ctx, pkg.job)
	if err != nil {
		return fmt.Errorf("package %s: %w", pkg.name, err)
	}
	if !slices.Contains(pkg.success, result.ExitCode) {
		return fmt.Errorf("package %s: the installer ended with exit code %s, and success_exit_codes are %v%s",
			pkg.name, result.ExitCode, pkg.success, lastWords(result.Log))
	}
	r.say(began, "Installed %s (exit code %s%s)", pkg.name, result.ExitCode, reboot(result.ExitCode))
	return nil
}

func reboot(code guest.ExitCode) string {
	switch code { //nolint:exhaustive // any number may be an exit code
	case guest.ExitRebootRequired:
		return ", reboot needed"
	case guest.ExitRebootInitiated:
		return ", reboot begun by the installer"
	}
	return ""
}

func lastWords(log string) string {
	if log == "" {
		return "; it wrote nothing"
	}
	return "; it wrote last:\n" + log
}

func (r *run) deploy(ctx context.Context, d *deployment) error {
	began := time.Now()
	files, err := r.offer(d)
	if err != nil {
		return fmt.Errorf("guest agent: %w", err)
	}
	if err := r.session.Deliver(ctx, files); err != nil {
		return fmt.Errorf("guest agent: %w", err)
	}
	r.say(began, "Unpacked the guest agent to %s (%d files, %s)", d.destination, len(files), human.Size(d.archive.Size()))

	began = time.Now()
	if err := r.session.RegisterTask(ctx, d.taskName, d.start.Task()); err != nil {
		return fmt.Errorf("guest agent: %w", err)
	}
	r.say(began, "Registered the task %q, which starts the guest agent when %s logs on,", d.taskName, d.start.User)
	return nil
}

// offer serves the agent's files and says where in the guest they go.
func (r *run) offer(d *deployment) ([]guest.Delivery, error) {
	var files []guest.Delivery
	err := d.archive.Each(func(f agent.File, content io.Reader) error {
		item, err := r.server.AddReader(content)
		if err != nil {
			return err
		}
		if item.SHA256 != f.SHA256 {
			return errors.New("it was changed after it was checked")
		}
		files = append(files, guest.Delivery{Item: item, Dest: d.destination + `\` + f.Name})
		return nil
	})
	return files, err
}

func (r *run) registerSeal(ctx context.Context, seal guest.Seal) error {
	began := time.Now()
	if err := r.session.RegisterSeal(ctx, seal); err != nil {
		return err
	}
	r.say(began, "Put the seal for %s into the guest, to be run as the shutdown command,", seal.User)
	return nil
}
