package guest

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/guestprep/packer-plugin-guestprep/internal/guest/task"
)

const (
	sealTask   = "guestprep-seal"
	sealPath   = Dir + `\seal.cmd`
	sealReport = `C:\Windows\Temp\guestprep-seal-failed.txt`
)

// SealCommand starts the seal that RegisterSeal put into the guest, and returns at once. It is a shutdown command: the
// guest powers itself off when it is sealed, and stays on if it could not be. WinRM is gone either way.
const SealCommand = `schtasks /Run /TN "` + sealTask + `"`

// Seal says what the seal has to know of the guest.
type Seal struct {
	User string // the account whose password is blanked
}

// RegisterSeal puts the seal into the guest. It does nothing there yet.
func (s *Session) RegisterSeal(ctx context.Context, seal Seal) error {
	if err := CheckUser(seal.User); err != nil {
		return fmt.Errorf("register the seal: %w", err)
	}
	script, err := render(sealTemplate, seal)
	if err != nil {
		return fmt.Errorf("register the seal: %w", err)
	}
	if err := s.Put(ctx, script, sealPath); err != nil {
		return fmt.Errorf("register the seal: %w", err)
	}
	return s.RegisterTask(ctx, sealTask, task.Task{
		Description: "Seals the image that guestprep built, and powers off",
		User:        task.System,
		Exec:        batchFile(sealPath),
	})
}

// HasSeal tells whether the seal was put into the guest.
func (s *Session) HasSeal(ctx context.Context) (bool, error) {
	_, err := s.Run(ctx, `schtasks /Query /TN "`+sealTask+`"`)
	var none *CommandError
	if errors.As(err, &none) {
		return false, nil
	}
	return err == nil, err
}

// SealFailure returns the step at which the seal failed, or nothing if it did not, or is not that far. The guest can be
// asked only while the seal has not closed WinRM.
func (s *Session) SealFailure(ctx context.Context) (string, error) {
	result, err := s.Run(ctx, fmt.Sprintf(`if exist "%[1]s" type "%[1]s"`, sealReport))
	return strings.TrimSpace(result.Stdout), err
}
