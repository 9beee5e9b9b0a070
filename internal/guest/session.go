// Package guest is a session with a Windows guest over Packer's communicator: it runs commands, delivers files, and
// runs programs as SYSTEM. It uses cmd and what every Windows 7 has; no PowerShell, which is slow to start there and
// loses exit codes.
package guest

import (
	"context"
	"errors"
	"fmt"
	"time"

	packersdk "github.com/hashicorp/packer-plugin-sdk/packer"

	"github.com/guestprep/packer-plugin-guestprep/internal/payload"
)

const (
	// Dir is where everything lives that a build puts into the guest for its own use. The seal removes it.
	Dir = `C:\Windows\Temp\guestprep`
	// workDir holds what one session needs. Close removes it.
	workDir = Dir + `\work`
)

// cleanupTimeout bounds what is done in the guest after a failure or a Ctrl-C.
const cleanupTimeout = time.Minute

// Session is a connection to one guest. It is for one goroutine.
type Session struct {
	comm   packersdk.Communicator
	server *payload.Server // may be nil
	poll   time.Duration   // until a task is first asked whether it is done; each time it takes twice as long
	// patience is for how long the guest may not answer while a task runs: an installer may restart the network.
	patience time.Duration
}

// New starts a session. Nothing is sent until it is used. Without a server, which may be nil, the few small files that a
// session needs itself go through the communicator, which takes seconds for each.
func New(comm packersdk.Communicator, server *payload.Server) *Session {
	return &Session{comm: comm, server: server, poll: 500 * time.Millisecond, patience: 5 * time.Minute}
}

// fetchCache is where certutil keeps a copy of all it fetches.
const fetchCache = `%USERPROFILE%\AppData\LocalLow\Microsoft\CryptnetUrlCache`

// Close removes what the session left in the guest; what the seal needs stays, since Dir is removed only if nothing
// is in it. It works after ctx is cancelled.
func (s *Session) Close(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTimeout)
	defer cancel()
	line := fmt.Sprintf(`rmdir /s /q "%[1]s" 2>nul & (if exist %[2]s rmdir /s /q %[2]s) & (if exist %[2]s (dir /s /b %[2]s & exit 1)) & rmdir %[3]s 2>nul & exit 0`,
		fetchCache, workDir, Dir)
	if _, err := s.Run(ctx, line); err != nil {
		return fmt.Errorf("remove the build's files from the guest, which are perhaps in use: %w", err)
	}
	return nil
}

// maxPoll is the longest time between two questions whether a task is done.
const maxPoll = 4 * time.Second

// sleep returns after a time, or with the reason why it did not.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

// cleanup runs a command that undoes something and joins its error to cause, which may be nil.
func (s *Session) cleanup(ctx context.Context, cause error, line string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTimeout)
	defer cancel()
	if _, err := s.Run(ctx, line); err != nil {
		return errors.Join(cause, fmt.Errorf("clean up in the guest: %w", err))
	}
	return cause
}
