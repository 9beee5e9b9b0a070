//go:generate go tool packer-sdc struct-markdown

// Package hclconf holds the parts of an HCL configuration that several components share: fields with their manual,
// defaults and checks. Nothing here reads the network.
package hclconf

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"os"
	"regexp"
	"strings"
)

// Install is what a user may decide about the installation of Windows.
type Install struct {
	// The edition to install: the name of an image in the medium's `install.wim`, such as `Windows 7 PROFESSIONAL`.
	// Setup stops at its edition page if the medium has no image of that name. Defaults to `Windows 7 PROFESSIONAL`.
	Edition string `mapstructure:"edition"`
	// The guest's time zone, as Windows' `tzutil /l` names it. Defaults to `UTC`.
	TimeZone string `mapstructure:"time_zone"`
	// The guest's name in its network: at most 15 letters, digits and hyphens, not only digits.
	// It must differ from `winrm_username`. Defaults to `GUEST`.
	ComputerName string `mapstructure:"computer_name"`
	// Your own answer file, used as it is instead of the generated one. It must create the account that
	// `winrm_username` and `winrm_password` name, and open WinRM for it as its last first-logon command, best with
	// `cmd /c for %d in (D E F G H) do if exist %d:\guestprep\open-winrm.cmd call %d:\guestprep\open-winrm.cmd`:
	// that script is on the answer CD in any case. Conflicts with `edition`, `time_zone` and `computer_name`.
	AnswerFile string `mapstructure:"answer_file"`
}

// SetDefaults fills what the user left out.
func (c *Install) SetDefaults() {
	if c.AnswerFile != "" {
		return
	}
	setDefault(&c.Edition, "Windows 7 PROFESSIONAL")
	setDefault(&c.TimeZone, "UTC")
	setDefault(&c.ComputerName, "GUEST")
}

// Check returns everything that is wrong. It reads the answer file, if one is named.
func (c *Install) Check() []error {
	if c.AnswerFile != "" {
		return c.checkAnswerFile()
	}
	if err := checkComputerName(c.ComputerName); err != nil {
		return []error{err}
	}
	return nil
}

var computerName = regexp.MustCompile(`^[A-Za-z0-9-]{1,15}$`)

func checkComputerName(name string) error {
	if !computerName.MatchString(name) || strings.Trim(name, "0123456789") == "" {
		return fmt.Errorf("computer_name: %q: use 1 to 15 letters, digits and hyphens, not only digits", name)
	}
	return nil
}

func (c *Install) checkAnswerFile() (errs []error) {
	fields := []struct{ key, value string }{
		{"edition", c.Edition}, {"time_zone", c.TimeZone}, {"computer_name", c.ComputerName},
	}
	for _, f := range fields {
		if f.value != "" {
			errs = append(errs, fmt.Errorf("%s: %q has no effect beside answer_file: set it there", f.key, f.value))
		}
	}
	data, err := os.ReadFile(c.AnswerFile)
	if err != nil {
		return append(errs, fmt.Errorf("answer_file: %w", err))
	}
	if err := checkUnattend(data); err != nil {
		errs = append(errs, fmt.Errorf("answer_file: %s: %w", c.AnswerFile, err))
	}
	return errs
}

// checkUnattend finds out whether data is a well-formed unattend document.
func checkUnattend(data []byte) error {
	var root struct {
		XMLName xml.Name
	}
	if err := xml.NewDecoder(bytes.NewReader(data)).Decode(&root); err != nil {
		return err
	}
	if want := (xml.Name{Space: "urn:schemas-microsoft-com:unattend", Local: "unattend"}); root.XMLName != want {
		return fmt.Errorf("the root element is <%s xmlns=%q>, not <%s xmlns=%q>",
			root.XMLName.Local, root.XMLName.Space, want.Local, want.Space)
	}
	return nil
}

func setDefault[T comparable](field *T, value T) {
	var unset T
	if *field == unset {
		*field = value
	}
}
