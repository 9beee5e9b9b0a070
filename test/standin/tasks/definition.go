// Package tasks is the Task Scheduler: definitions in the XML of Windows 7, run on demand and at logon.
package tasks

import (
	"encoding/binary"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
)

// Namespace is that of task definitions.
const Namespace = "http://schemas.microsoft.com/windows/2004/02/mit/task"

// Definition is what a task does, when, and as whom.
type Definition struct {
	Logon   []LogonTrigger
	UserID  string // empty with a group
	GroupID string
	Highest bool // the full token of an administrator

	Disabled  bool
	OnDemand  bool
	TimeLimit time.Duration // 0 is none
	Actions   []Exec
}

// LogonTrigger starts a task when somebody logs on.
type LogonTrigger struct {
	UserID string // empty for anybody
	Delay  time.Duration
}

// Exec is one program of a task.
type Exec struct{ Command, Arguments, WorkingDirectory string }

// System tells whether the task runs as the system, in session 0.
func (d *Definition) System() bool {
	return slices.Contains([]string{"S-1-5-18", "SYSTEM", `NT AUTHORITY\SYSTEM`}, d.UserID)
}

// Error is Windows' complaint about a definition.
type Error struct{ Text string }

func (e *Error) Error() string { return e.Text }

func malformed(format string, args ...any) error {
	return &Error{"The task XML is malformed.\n" + fmt.Sprintf(format, args...)}
}

func outOfRange(format string, args ...any) error {
	return &Error{"The task XML contains a value which is incorrectly formatted or out of range.\n" + fmt.Sprintf(format, args...)}
}

func unexpected(format string, args ...any) error {
	return &Error{"The task XML contains an unexpected node.\n" + fmt.Sprintf(format, args...)}
}

// Decode reads a task file. Windows wants UTF-16 with a byte order mark, whatever the XML declaration says.
func Decode(file []byte) (string, error) {
	if len(file) < 2 || len(file)%2 != 0 || file[0] != 0xff || file[1] != 0xfe {
		return "", malformed("(1,40)::ERROR: unable to switch the encoding: the file is not UTF-16 LE with a byte order mark")
	}
	units := make([]uint16, len(file)/2-1)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(file[2+2*i:])
	}
	return string(utf16.Decode(units)), nil
}

// Encode is the reverse of Decode.
func Encode(text string) []byte {
	out := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(text)) {
		out = binary.LittleEndian.AppendUint16(out, u)
	}
	return out
}

var declaration = regexp.MustCompile(`^\s*<\?xml[^>]*\?>`)

// Parse reads a definition and refuses what the stand-in would not carry out.
func Parse(text string) (*Definition, error) {
	d := xml.NewDecoder(strings.NewReader(declaration.ReplaceAllString(text, "")))
	root, err := parse(d)
	if err != nil {
		return nil, err
	}
	if root.name != "Task" || root.space != Namespace {
		return nil, unexpected("{%s}%s", root.space, root.name)
	}
	if !slices.Contains([]string{"1.2", "1.3"}, root.attr["version"]) {
		return nil, outOfRange("version:%s", root.attr["version"])
	}
	if err := check(root, schema); err != nil {
		return nil, err
	}
	return define(root)
}

type node struct {
	name, space, text string
	attr              map[string]string
	children          []*node
}

// find returns the first node below n on that path, or an empty one.
func (n *node) find(path ...string) *node {
	for _, name := range path {
		found := &node{name: name}
		for _, c := range n.children {
			if c.name == name {
				found = c
				break
			}
		}
		n = found
	}
	return n
}

func parse(d *xml.Decoder) (*node, error) {
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil, malformed("no root element")
		}
		if err != nil {
			return nil, malformed("%v", err)
		}
		if start, ok := token.(xml.StartElement); ok {
			return element(d, start)
		}
	}
}

func element(d *xml.Decoder, start xml.StartElement) (*node, error) {
	n := &node{name: start.Name.Local, space: start.Name.Space, attr: map[string]string{}}
	for _, a := range start.Attr {
		n.attr[a.Name.Local] = a.Value
	}
	for {
		token, err := d.Token()
		if err != nil {
			return nil, malformed("%v", err)
		}
		switch token := token.(type) {
		case xml.CharData:
			n.text += string(token)
		case xml.EndElement:
			n.text = strings.TrimSpace(n.text)
			return n, nil
		case xml.StartElement:
			child, err := element(d, token)
			if err != nil {
				return nil, err
			}
			n.children = append(n.children, child)
		}
	}
}

var duration = regexp.MustCompile(`^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$`)

// parseDuration reads the part of ISO 8601 that task files use.
func parseDuration(s string) (time.Duration, bool) {
	parts := duration.FindStringSubmatch(s)
	if parts == nil || s == "P" || strings.HasSuffix(s, "T") {
		return 0, false
	}
	var d time.Duration
	for i, unit := range []time.Duration{24 * time.Hour, time.Hour, time.Minute, time.Second} {
		if parts[i+1] == "" {
			continue
		}
		n, err := strconv.Atoi(parts[i+1])
		if err != nil {
			return 0, false
		}
		d += time.Duration(n) * unit
	}
	return d, true
}
