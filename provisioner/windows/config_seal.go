package windows

//go:generate go tool packer-sdc struct-markdown

import (
	"fmt"

	"github.com/guestprep/packer-plugin-guestprep/internal/guest"
)

// Seal is the block `seal`, which may be empty. It puts the seal into the guest. It does nothing during the build. Run it as the
// builder's shutdown command:
//
// ```hcl
// shutdown_command = "schtasks /Run /TN guestprep-seal"
// ```
//
// It deletes the automatic logon, the copies of the answer file and the build's own files, closes WinRM (its HTTP
// listener, Basic authentication, the service), blanks the account's password, and powers off. Windows 7 then logs the account on by itself, if it is
// the only one that is enabled. If a step fails, `C:\Windows\Temp\guestprep-seal-failed.txt` in the guest names it and
// the guest stays on, so that the builder runs into its `shutdown_timeout` and the build fails.
//
// Our own builders seal without this block.
type Seal struct {
	// The account whose password is blanked. Default: the account that Packer connects with.
	User string `mapstructure:"user"`
}

func (s *Seal) check() []error {
	if s.User == "" {
		return nil
	}
	if err := guest.CheckUser(s.User); err != nil {
		return []error{fmt.Errorf("user: %w", err)}
	}
	return nil
}
