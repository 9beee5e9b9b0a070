package windows

//go:generate go tool packer-sdc struct-markdown

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/guestprep/packer-plugin-guestprep/internal/guest"
	"github.com/guestprep/packer-plugin-guestprep/internal/guest/cmdline"
)

const defaultTimeLimit = 30 * time.Minute

var (
	namePattern   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$`)
	sha256Pattern = regexp.MustCompile(`^[0-9a-fA-F]{64}$`)
)

// Package is a block `package`: an installer that runs unattended in the guest, as SYSTEM: many fail in the network logon that
// WinRM gives them.
//
// An installer may say that it needs a restart (exit code 3010). That is reported; the guest is not restarted, which for
// most installers may wait until the image boots for the first time. Put Packer's `windows-restart` between two
// `guestprep-windows` where it may not.
type Package struct {
	// What messages and errors call the package: up to 40 letters, digits and `._-`.
	Name string `mapstructure:"name" required:"true"`
	// The installer, a file on the machine that Packer runs on: an `.exe`, which is run with `arguments`, or an `.msi`,
	// which `msiexec /i FILE /qn /norestart` installs, with `arguments` behind.
	File string `mapstructure:"file" required:"true"`
	// The file's SHA-256 in hexadecimal. It is compared before the build starts. Default: not compared; that the file
	// arrives in the guest as it is on the host is checked in any case.
	SHA256 string `mapstructure:"sha256"`
	// The installer's arguments, one an element, such as `["/q", "/norestart"]`. They have to make it silent: nobody
	// sees a window that it opens. An argument cannot contain quotation marks, control characters, or letters outside
	// ASCII. One with spaces is put in quotes; of `NAME=a value`, only the value is.
	Arguments []string `mapstructure:"arguments"`
	// The exit codes that mean success. Default: `[0, 3010]`. 3010 means that a restart is needed.
	SuccessExitCodes []int `mapstructure:"success_exit_codes"`
	// After how long the installer is ended and the build fails. Default: `"30m"`.
	TimeLimit time.Duration `mapstructure:"time_limit"`
}

func (p *Package) setDefaults() {
	if p.SuccessExitCodes == nil {
		p.SuccessExitCodes = []int{int(guest.ExitSuccess), int(guest.ExitRebootRequired)}
	}
	if p.TimeLimit == 0 {
		p.TimeLimit = defaultTimeLimit
	}
}

func (p *Package) check() (errs []error) {
	if !namePattern.MatchString(p.Name) {
		errs = append(errs, option("name", p.Name, "a name of 1 to 40 letters, digits and ._- is wanted"))
	}
	errs = append(errs, p.checkFile()...)
	for i, arg := range p.Arguments {
		if err := cmdline.CheckBatch(arg); err != nil {
			errs = append(errs, fmt.Errorf("arguments[%d]: %w", i, err))
		}
	}
	for i, code := range p.SuccessExitCodes {
		if int64(code) < -1<<31 || int64(code) >= 1<<32 {
			errs = append(errs, fmt.Errorf("success_exit_codes[%d] = %d: an exit code has 32 bits", i, code))
		}
	}
	if len(p.SuccessExitCodes) == 0 {
		errs = append(errs, option("success_exit_codes", p.SuccessExitCodes, "no exit code would mean success"))
	}
	if p.TimeLimit < time.Second {
		errs = append(errs, option("time_limit", p.TimeLimit, "at least 1s is wanted, such as \"30m\""))
	}
	return errs
}

func (p *Package) checkFile() []error {
	if p.File == "" {
		return []error{missing("file", "the path of an installer is wanted")}
	}
	switch ext := strings.ToLower(filepath.Ext(p.File)); ext {
	case ".exe", ".msi":
	case ".msu", ".cab":
		return []error{option("file", p.File, "updates cannot be installed yet, only .exe and .msi")}
	default:
		return []error{option("file", p.File, "only an .exe or an .msi can be installed")}
	}
	if p.SHA256 != "" && !sha256Pattern.MatchString(p.SHA256) {
		return []error{option("sha256", p.SHA256, "64 hexadecimal digits are wanted, as sha256sum prints them")}
	}
	return p.readFile()
}

// readFile compares the file's digest, if one is given.
func (p *Package) readFile() []error {
	info, err := os.Stat(p.File)
	if err != nil {
		return []error{option("file", p.File, "there is no such file")}
	}
	if !info.Mode().IsRegular() {
		return []error{option("file", p.File, "it is not a file")}
	}
	if p.SHA256 == "" {
		return nil
	}
	found, err := digest(p.File)
	if err != nil {
		return []error{option("file", p.File, err.Error())}
	}
	if !strings.EqualFold(found, p.SHA256) {
		return []error{option("sha256", p.SHA256, fmt.Sprintf("%s has %s: it is another file, or was not downloaded completely", p.File, found))}
	}
	return nil
}

func digest(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, file); err != nil {
		return "", err
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}
