// Package screen draws what Windows would show, on the VGA text console, and says the same in one line each on the serial
// port. The serial port may be missing: a guest without one must run all the same.
package screen

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

const (
	width  = 80
	height = 25
	blue   = "\x1b[0;37;44m"   // the page
	bar    = "\x1b[0;1;37;46m" // its title
	white  = "\x1b[1;37;44m"   // what was added last
)

// Screen is the guest's only console. The zero value cannot be used; see New.
type Screen struct {
	mu     sync.Mutex
	vga    io.Writer
	serial io.Writer
	since  func() time.Duration

	title string
	fixed []string // the page's own lines
	news  []string // lines that came later; the oldest scroll away
}

// New returns a screen that draws on vga, writes to serial, and dates its lines with since, the time from power-on.
func New(vga, serial io.Writer, since func() time.Duration) *Screen {
	return &Screen{vga: vga, serial: serial, since: since}
}

// Page replaces what is on the screen.
func (s *Screen) Page(title string, lines ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.title, s.fixed, s.news = title, lines, nil
	s.draw()
	s.write("[" + title + "] " + strings.Join(lines, " "))
}

// Add adds one line to the page that is on the screen.
func (s *Screen) Add(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	line := fmt.Sprintf(format, args...)
	s.news = append(s.news, line)
	s.draw()
	s.write("[" + s.title + "] " + line)
}

// Log writes one line to the serial port only.
func (s *Screen) Log(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.write(fmt.Sprintf(format, args...))
}

// write ignores errors: nobody may be listening, and there is no other place to complain.
func (s *Screen) write(line string) {
	line = strings.NewReplacer("\r", "", "\n", " | ").Replace(strings.TrimRight(line, "\r\n"))
	_, _ = fmt.Fprintf(s.serial, "%8.2f %s\r\n", s.since().Seconds(), line)
}

func (s *Screen) draw() {
	var b strings.Builder
	b.WriteString("\x1b[?25l" + blue + "\x1b[2J\x1b[H") // hide the cursor, clear, go to the corner
	b.WriteString(bar + pad("  "+s.title) + pad("") + blue + "\r\n")
	room := height - 4
	fixed := wrapAll(s.fixed)
	fixed = fixed[:min(len(fixed), room)]
	for _, line := range fixed {
		b.WriteString("\r\n   " + line)
	}
	news := wrapAll(s.news)
	news = news[len(news)-min(len(news), room-len(fixed)):]
	b.WriteString(white)
	for _, line := range news {
		b.WriteString("\r\n   " + line)
	}
	_, _ = io.WriteString(s.vga, b.String())
}

func pad(line string) string { return fmt.Sprintf("%-*.*s", width, width, line) }

// wrapAll breaks lines so that they fit between the page's margins; the console would break them in the margin.
func wrapAll(lines []string) []string {
	const room = width - 6
	var out []string
	for _, line := range lines {
		runes := []rune(line)
		for len(runes) > room {
			out = append(out, string(runes[:room]))
			runes = runes[room:]
		}
		out = append(out, string(runes))
	}
	return out
}
