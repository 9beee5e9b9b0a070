// Package guesttest plays the guest's side of a session: a communicator with a script of the commands it expects, in
// order, and of what it answers. It downloads what it is told to download, so that what a test sees is what a guest
// would have.
package guesttest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"

	packersdk "github.com/hashicorp/packer-plugin-sdk/packer"
)

// ErrDropped is what a connection ends with that a step drops.
var ErrDropped = errors.New("guesttest: the connection dropped")

// Step is one exchange with the guest.
type Step struct {
	// Run is the command line that is expected. URL in it stands for any address, which is then downloaded.
	Run string
	// Upload is the path of an upload that is expected instead of a command.
	Upload string

	Stdout string // what is printed, after what certutil prints; instead of what schtasks prints
	Stderr string
	Exit   int
	Drop   bool // the connection drops, after the command has started
	Hang   bool // no answer comes as long as the test runs
	Silent bool // certutil does nothing and prints nothing
	Spoil  bool // what is brought into the guest arrives with other content
}

// Fetch is the step in which the session has a file fetched and checked.
func Fetch(dest string) Step {
	dir := dest[:strings.LastIndex(dest, `\`)]
	return Step{Run: `(if not exist "` + dir + `" md "` + dir + `") & certutil -urlcache -split -f URL "` + dest +
		`" && certutil -hashfile "` + dest + `" SHA256`}
}

// Guest is a scripted guest.
type Guest struct {
	tb testing.TB

	mu    sync.Mutex
	steps []Step
	files map[string][]byte // by path in the guest
}

var _ packersdk.Communicator = (*Guest)(nil)

// New returns a guest that goes through the steps. The test fails if it is not asked all of them.
func New(tb testing.TB, steps ...Step) *Guest {
	tb.Helper()
	g := &Guest{tb: tb, steps: steps, files: map[string][]byte{}}
	tb.Cleanup(func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		for _, s := range g.steps {
			tb.Errorf("the guest was never asked: %s%s", s.Run, s.Upload)
		}
	})
	return g
}

// File is a file that was brought into the guest.
func (g *Guest) File(path string) string {
	g.tb.Helper()
	g.mu.Lock()
	defer g.mu.Unlock()
	content, ok := g.files[path]
	if !ok {
		g.tb.Fatalf("there is no %s in the guest", path)
	}
	return string(content)
}

// next takes a step. Its error is also what the other side sees of an unexpected exchange.
func (g *Guest) next(got string, want func(Step) string) (Step, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.steps) == 0 {
		g.tb.Errorf("the guest was asked after the end of its script: %s", got)
		return Step{}, fmt.Errorf("guesttest: unexpected: %s", got)
	}
	step := g.steps[0]
	if w := want(step); !pattern(w).MatchString(got) {
		g.tb.Errorf("the guest was asked:\n%s\nwanted:\n%s", got, w)
		return Step{}, fmt.Errorf("guesttest: unexpected: %s", got)
	}
	g.steps = g.steps[1:]
	return step, nil
}

func pattern(want string) *regexp.Regexp {
	return regexp.MustCompile(`^` + strings.ReplaceAll(regexp.QuoteMeta(want), "URL", `http://\S+`) + `$`)
}

// Start runs a command as the script says.
func (g *Guest) Start(ctx context.Context, cmd *packersdk.RemoteCmd) error {
	step, err := g.next(cmd.Command, func(s Step) string { return s.Run })
	if err != nil {
		return err
	}
	switch {
	case step.Drop:
		return ErrDropped
	case step.Hang:
		return nil
	}
	out, err := g.play(ctx, step, cmd.Command)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(cmd.Stdout, out+step.Stdout); err != nil {
		return err
	}
	if _, err := io.WriteString(cmd.Stderr, step.Stderr); err != nil {
		return err
	}
	cmd.SetExited(step.Exit)
	return nil
}

// Upload stores a file as the script says.
func (g *Guest) Upload(path string, r io.Reader, _ *os.FileInfo) error {
	step, err := g.next("upload "+path, func(s Step) string { return "upload " + s.Upload })
	if err != nil {
		return err
	}
	if step.Drop {
		return ErrDropped
	}
	content, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if step.Spoil {
		content = append(content, "spoiled"...)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.files[path] = content
	return nil
}

// UploadDir is not used by the product.
func (g *Guest) UploadDir(string, string, []string) error {
	return errors.New("guesttest: unexpected: UploadDir")
}

// Download is not used by the product.
func (g *Guest) Download(string, io.Writer) error {
	return errors.New("guesttest: unexpected: Download")
}

// DownloadDir is not used by the product.
func (g *Guest) DownloadDir(string, string, []string) error {
	return errors.New("guesttest: unexpected: DownloadDir")
}
