package tools

import (
	"bytes"
	"context"
	"os"
	"regexp"
	"strings"
)

const findstrFailed = 2

type findOptions struct {
	ignoreCase, invert, begin, end, exact, literal, numbers bool
	strings, files                                          []string
}

// findstr accepts /i /v /b /e /x /l /r /n, /c:STRING, words, and files without wildcards or stdin.
func findstr(_ context.Context, m *Machine, c *Call) uint32 {
	o, bad := findFlags(split(c.Args))
	if bad != "" || len(o.strings) == 0 {
		return m.refuse(c, findstrFailed, "cannot understand %q", bad+c.Args)
	}
	pattern, err := o.pattern()
	if err != nil {
		return m.refuse(c, findstrFailed, "cannot understand the expression: %v", err)
	}
	found := false
	if len(o.files) == 0 {
		data, err := c.Stdin()
		if err != nil {
			return m.refuse(c, findstrFailed, "reading stdin: %v", err)
		}
		found = o.search(c, pattern, data, "")
	}
	for _, name := range o.files {
		path, err := m.Drives.Resolve(c.Folder, name)
		if err != nil {
			return m.refuse(c, findstrFailed, "%v", err)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			c.fail("FINDSTR: Cannot open %s", name)
			continue
		}
		prefix := ""
		if len(o.files) > 1 {
			prefix = name + ":"
		}
		found = o.search(c, pattern, data, prefix) || found
	}
	if !found {
		return 1
	}
	return 0
}

func findFlags(args []string) (o findOptions, bad string) {
	for i, arg := range args {
		if !strings.HasPrefix(arg, "/") {
			if len(o.strings) == 0 {
				o.strings = strings.Fields(arg)
			} else {
				o.files = append(o.files, arg)
			}
			continue
		}
		if text, ok := strings.CutPrefix(arg, "/c:"); ok || strings.HasPrefix(arg, "/C:") {
			if !ok {
				text = arg[3:]
			}
			o.strings, o.literal = append(o.strings, text), true
			continue
		}
		for _, flag := range strings.ToLower(arg[1:]) {
			target := map[rune]*bool{'i': &o.ignoreCase, 'v': &o.invert, 'b': &o.begin, 'e': &o.end, 'x': &o.exact, 'l': &o.literal, 'n': &o.numbers, 'r': new(bool)}[flag]
			if target == nil {
				return o, args[i]
			}
			*target = true
			if flag == 'r' {
				o.literal = false
			}
		}
	}
	return o, ""
}

// pattern makes a Go expression. findstr's own knows only . * ^ $ [class] and backslash, the same as Go's.
func (o *findOptions) pattern() (*regexp.Regexp, error) {
	var parts []string
	for _, s := range o.strings {
		if o.literal {
			s = regexp.QuoteMeta(s)
		} else {
			s = strings.NewReplacer("+", `\+`, "?", `\?`, "(", `\(`, ")", `\)`, "|", `\|`, "{", `\{`, "}", `\}`).Replace(s)
		}
		if o.begin || o.exact {
			s = "^" + s
		}
		if o.end || o.exact {
			s += "$"
		}
		parts = append(parts, s)
	}
	all := strings.Join(parts, "|")
	if o.ignoreCase {
		all = "(?i)" + all
	}
	return regexp.Compile(all)
}

func (o *findOptions) search(c *Call, pattern *regexp.Regexp, data []byte, prefix string) bool {
	found := false
	for i, line := range bytes.Split(bytes.TrimRight(data, "\r\n"), []byte("\n")) {
		line = bytes.TrimRight(line, "\r")
		if pattern.Match(line) == o.invert {
			continue
		}
		found = true
		if o.numbers {
			c.say("%s%d:%s", prefix, i+1, line)
		} else {
			c.say("%s%s", prefix, line)
		}
	}
	return found
}
