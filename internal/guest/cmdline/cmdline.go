// Package cmdline writes command lines for Windows: for programs, which split their command line themselves, and for
// batch files, where cmd reads the line before the program does.
package cmdline

import (
	"fmt"
	"regexp"
	"strings"
)

var (
	// plain is an argument that neither cmd nor a program reads as anything but itself.
	plain = regexp.MustCompile(`^[A-Za-z0-9_./\\:+@-]+$`)
	// assignment is an argument such as INSTALLDIR=C:\Program Files. msiexec wants only what follows = in quotes;
	// for a program that splits its command line by Microsoft's rules it makes no difference.
	assignment = regexp.MustCompile(`^([A-Za-z0-9_./-]+=)(.*)$`)
)

// Join writes argv so that a program which splits its command line by the rules of CommandLineToArgvW gets argv back.
// It is for programs that are started without cmd, as a scheduled task's are.
func Join(argv []string) string {
	quoted := make([]string, len(argv))
	for i, arg := range argv {
		quoted[i] = quote(arg)
	}
	return strings.Join(quoted, " ")
}

// Batch writes argv as a line of a batch file. What is inside quotes is safe from cmd except for the percent sign,
// which is doubled, and the quote itself, which CheckBatch refuses. The file must not enable delayed expansion.
func Batch(argv []string) (string, error) {
	for _, arg := range argv {
		if err := CheckBatch(arg); err != nil {
			return "", err
		}
	}
	return strings.ReplaceAll(Join(argv), "%", "%%"), nil
}

// CheckBatch tells why an argument cannot be written into a batch file.
func CheckBatch(arg string) error {
	for _, r := range arg {
		switch {
		case r == '"':
			return fmt.Errorf(`%q contains a quotation mark, which cmd cannot pass on safely`, arg)
		case r < ' ' || r == 0x7F:
			return fmt.Errorf("%q contains the control character %U", arg, r)
		case r > '~':
			return fmt.Errorf("%q contains %q, which a batch file cannot hold in every code page", arg, r)
		}
	}
	return nil
}

func quote(arg string) string {
	if plain.MatchString(arg) {
		return arg
	}
	if m := assignment.FindStringSubmatch(arg); m != nil {
		if plain.MatchString(m[2]) {
			return arg
		}
		return m[1] + enclose(m[2])
	}
	return enclose(arg)
}

// enclose puts quotes around s. A backslash is itself, except before a quote, where it takes two to make one.
func enclose(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	backslashes := 0
	for i := range len(s) {
		switch s[i] {
		case '\\':
			backslashes++
		case '"':
			b.WriteString(strings.Repeat(`\`, backslashes+1))
			backslashes = 0
		default:
			backslashes = 0
		}
		b.WriteByte(s[i])
	}
	b.WriteString(strings.Repeat(`\`, backslashes))
	b.WriteByte('"')
	return b.String()
}
