package tools

import "strings"

// split cuts a raw command line into arguments by the rules of the C runtime: quotes group, a backslash escapes only before a
// quote, and two quotes inside quotes are one.
func split(line string) []string {
	var args []string
	for line = strings.TrimLeft(line, " \t"); line != ""; line = strings.TrimLeft(line, " \t") {
		var arg string
		arg, line = first(line)
		args = append(args, arg)
	}
	return args
}

func first(line string) (arg, rest string) {
	var b strings.Builder
	quoted := false
	for i := 0; i < len(line); i++ {
		slashes := 0
		for i < len(line) && line[i] == '\\' {
			slashes++
			i++
		}
		switch {
		case i < len(line) && line[i] == '"':
			b.WriteString(strings.Repeat(`\`, slashes/2))
			switch {
			case slashes%2 == 1:
				b.WriteByte('"')
			case quoted && i+1 < len(line) && line[i+1] == '"':
				b.WriteByte('"')
				i++
			default:
				quoted = !quoted
			}
		case slashes > 0:
			b.WriteString(strings.Repeat(`\`, slashes))
			i--
		case !quoted && (line[i] == ' ' || line[i] == '\t'):
			return b.String(), line[i:]
		default:
			b.WriteByte(line[i])
		}
	}
	return b.String(), ""
}
