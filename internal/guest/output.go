package guest

import "sync"

// outputLimit is how much of a command's output is kept, in bytes. It is more than any command that is read by this
// package writes, and bounds what an installer's log can do to us.
const outputLimit = 4 << 20

// output keeps the end of what is written to it. A command that was left behind may still write.
type output struct {
	mu   sync.Mutex
	data []byte
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.data = append(o.data, p...)
	if over := len(o.data) - outputLimit; over > 0 {
		o.data = append(o.data[:0], o.data[over:]...)
	}
	return len(p), nil
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return string(o.data)
}
