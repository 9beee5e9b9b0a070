// Package power decides when and how the machine goes down.
package power

import (
	"errors"
	"sync"
	"time"
)

// Action is what a shutdown ends in.
type Action string

// The actions.
const (
	Off    Action = "off"
	Reboot Action = "reboot"
)

// The errors of Windows' shutdown, by their numbers.
var (
	ErrScheduled = errors.New("A system shutdown has already been scheduled.(1190)")                            //nolint:staticcheck // Windows' own text
	ErrNothing   = errors.New("Unable to abort the system shutdown because no shutdown was in progress.(1116)") //nolint:staticcheck // Windows' own text
)

// Control holds at most one pending shutdown.
type Control struct {
	mu    sync.Mutex
	timer *time.Timer
	down  chan Action
}

// New returns a control with nothing pending.
func New() *Control { return &Control{down: make(chan Action, 1)} }

// Down gives the action when its time has come.
func (c *Control) Down() <-chan Action { return c.down }

// Schedule shuts down after a delay.
func (c *Control) Schedule(a Action, delay time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.timer != nil {
		return ErrScheduled
	}
	c.timer = time.AfterFunc(delay, func() { c.down <- a })
	return nil
}

// Abort takes a shutdown back that has not begun.
func (c *Control) Abort() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.timer == nil || !c.timer.Stop() {
		return ErrNothing
	}
	c.timer = nil
	return nil
}
