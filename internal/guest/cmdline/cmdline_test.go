package cmdline

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestJoin(t *testing.T) {
	for _, tt := range []struct {
		name string
		argv []string
		want string
	}{
		{"plain", []string{`C:\a\b.exe`, "/q", "9000"}, `C:\a\b.exe /q 9000`},
		{"spaces", []string{`C:\a b\c.exe`, "x y"}, `"C:\a b\c.exe" "x y"`},
		{"empty", []string{"a", ""}, `a ""`},
		{"quotes", []string{`say "hi"`}, `"say \"hi\""`},
		{"backslash at the end", []string{`C:\a b\`}, `"C:\a b\\"`},
		{"backslashes before a quote", []string{`a\\"b`}, `"a\\\\\"b"`},
		{"property", []string{"ALLUSERS=1"}, "ALLUSERS=1"},
		{"property with spaces", []string{`INSTALLDIR=C:\Program Files\`}, `INSTALLDIR="C:\Program Files\\"`},
		{"empty property", []string{"A="}, `A=""`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, tt.want, Join(tt.argv))
			require.Equal(t, tt.argv, split(tt.want))
		})
	}
}

func TestBatch(t *testing.T) {
	for _, tt := range []struct {
		name string
		argv []string
		want string
		err  string
	}{
		{name: "what cmd would act on is in quotes", argv: []string{"a&b", "c|d", "e^f", "g>h", "(i)", "!j!", ";", ","}, want: `"a&b" "c|d" "e^f" "g>h" "(i)" "!j!" ";" ","`},
		{name: "percent is doubled", argv: []string{"100%", "%PATH%"}, want: `"100%%" "%%PATH%%"`},
		{name: "quote", argv: []string{"a", `b"c`}, err: `"b\"c" contains a quotation mark, which cmd cannot pass on safely`},
		{name: "line feed", argv: []string{"a\nb"}, err: `"a\nb" contains the control character U+000A`},
		{name: "letter outside ASCII", argv: []string{"größe"}, err: `"größe" contains 'ö', which a batch file cannot hold in every code page`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Batch(tt.argv)
			if tt.err != "" {
				require.EqualError(t, err, tt.err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, tt.want, got)
		})
	}
}

func FuzzJoin(f *testing.F) {
	f.Add(`a b`, `c\"`)
	f.Add(`A=\\`, ``)
	f.Fuzz(func(t *testing.T, a, b string) {
		argv := []string{a, b}
		require.Equal(t, argv, split(Join(argv)))
	})
}

// split is CommandLineToArgvW for all but the first argument, by Microsoft's description: 2n backslashes and a quote
// are n backslashes and the end of the quoted part, 2n+1 are n backslashes and a quote.
func split(line string) []string {
	var argv []string
	var arg strings.Builder
	inArg, quoted := false, false
	for i := 0; i < len(line); i++ {
		n := 0
		for i < len(line) && line[i] == '\\' {
			n, i = n+1, i+1
		}
		isQuote := i < len(line) && line[i] == '"'
		if isQuote {
			arg.WriteString(strings.Repeat(`\`, n/2))
			inArg = true
			if n%2 == 1 {
				arg.WriteByte('"')
			} else {
				quoted = !quoted
			}
			continue
		}
		arg.WriteString(strings.Repeat(`\`, n))
		inArg = inArg || n > 0
		switch {
		case i == len(line):
		case !quoted && (line[i] == ' ' || line[i] == '\t'):
			if inArg {
				argv = append(argv, arg.String())
				arg.Reset()
				inArg = false
			}
		default:
			arg.WriteByte(line[i])
			inArg = true
		}
	}
	if inArg {
		argv = append(argv, arg.String())
	}
	return argv
}
