// Package plan is a whole build as one value: everything that is decided before anything happens. The builders make it
// from what the user wrote, and the flow carries it out.
package plan

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/guestprep/packer-plugin-guestprep/internal/answer"
	"github.com/guestprep/packer-plugin-guestprep/internal/machine"
)

// Plan is a build. It is not changed once it is made.
type Plan struct {
	BuilderID string       // of the artifact
	Machine   machine.Spec // without Dir and CDs, which exist only while the build runs
	Medium    Medium
	Answer    Answer
	OutputDir string // holds the disk image in the end, and nothing before the build
	Shutdown  Shutdown
}

// Medium is the Windows installation ISO.
type Medium struct {
	URLs       []string // tried in turn; files or URLs
	Checksum   string   // TYPE:HEX, or "none"
	TargetPath string   // where a download is kept; empty is Packer's cache
	Extension  string   // of the file in the cache
}

// Answer says what Windows Setup is told.
type Answer struct {
	File    string         // the user's own answer file; if set, Install only tells which account it makes
	Install answer.Install // what ours is rendered from
}

// Shutdown is how the machine is turned off in the end.
type Shutdown struct {
	Command string        // run in the guest instead of the seal
	Seal    bool          // take back what the build opened: password, WinRM
	Timeout time.Duration // from the command to power-off
}

// FailurePicture is where the guest's last screen is kept if the build fails: beside the output directory, which is
// removed then.
func (p Plan) FailurePicture() string { return filepath.Clean(p.OutputDir) + "-failure.png" }

// String is the plan as JSON, for logs. Secrets are struck out.
func (p Plan) String() string {
	if p.Answer.Install.Password != "" {
		p.Answer.Install.Password = "<sensitive>"
	}
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(p); err != nil {
		return fmt.Sprintf("plan: %v", err) // names of files and numbers can always be written
	}
	return b.String()
}
