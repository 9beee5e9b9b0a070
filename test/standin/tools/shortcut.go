package tools

import (
	"context"
	"os"
	"regexp"
	"strings"
)

var winrmcpChunk = regexp.MustCompile(`^echo ([A-Za-z0-9+/]+=*) >> "%TEMP%\\(winrmcp-[0-9a-f-]+\.tmp)"$`)

// Shortcut does without Wine the two kinds of command line that come by the hundred over WinRM: the chunks of an upload, and
// single calls of our own tools. The result is what cmd would have done, some seconds earlier.
func (m *Machine) Shortcut(ctx context.Context, c *Call, line string) (uint32, bool) {
	if name, args, ok := singleCall(line); ok {
		c.Name, c.Args = name, args
		return m.Call(ctx, c), true
	}
	chunk := winrmcpChunk.FindStringSubmatch(line)
	if chunk == nil {
		return 0, false
	}
	path, err := m.Drives.Resolve(c.Folder, Temp(c.Account.Name)+`\`+chunk[2])
	if err == nil {
		err = appendLine(path, chunk[1]+" \r\n")
	}
	if err != nil {
		return m.refuse(c, 1, "%v", err), true
	}
	return 0, true
}

func appendLine(path, line string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = f.WriteString(line)
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}

// singleCall finds out whether a command line only calls one of the tools, with nothing in it that cmd would act upon.
func singleCall(line string) (name, args string, ok bool) {
	name, args, _ = strings.Cut(line, " ")
	name = strings.TrimSuffix(strings.ToLower(name), ".exe")
	_, ok = table[name]
	return name, args, ok && !strings.ContainsAny(line, "&|<>^%()\r\n")
}
