package hclconf

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseSize(t *testing.T) {
	tests := []struct {
		in   string
		want int64
		err  string
	}{
		{"25G", 25 << 30, ""},
		{"25GiB", 25 << 30, ""},
		{"25000M", 25000 << 20, ""},
		{"40960", 40960 << 20, ""},
		{"0.5g", 512 << 20, ""},
		{"", 0, `"" is not a size such as 25G or 25600M`},
		{"big", 0, `"big" is not a size such as 25G or 25600M`},
		{"-1", 0, `"-1" is not a whole number of MiB from 1M to 16T`},
		{"1500k", 0, `"1500k" is not a whole number of MiB from 1M to 16T`},
		{"99999999999999", 0, `"99999999999999" is not a whole number of MiB from 1M to 16T`},
	}
	for _, tt := range tests {
		t.Run(tt.in, func(t *testing.T) {
			got, err := ParseSize(tt.in)
			if tt.err != "" {
				require.EqualError(t, err, tt.err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, tt.want, got)
		})
	}
}

func FuzzParseSize(f *testing.F) {
	f.Add("25G")
	f.Add("40960")
	f.Fuzz(func(t *testing.T, s string) {
		if size, err := ParseSize(s); err == nil && (size <= 0 || size > 1<<44) {
			t.Errorf("%q is %d bytes", s, size)
		}
	})
}

func TestCheckUser(t *testing.T) {
	for _, good := range []string{"bot", "Sandbox User", "läufer", "12345678901234567890"} {
		require.NoError(t, checkUser(good, "GUEST"), good)
	}
	for _, bad := range []string{"", "123456789012345678901", "a/b", "a@b", "a%b", " . ", "NONE", "guest"} {
		require.ErrorContains(t, checkUser(bad, "GUEST"), "winrm_username: ", bad)
	}
}

func TestCheckComputerName(t *testing.T) {
	for _, good := range []string{"GUEST", "a", "win7-x86-0000015"[:15]} {
		require.NoError(t, checkComputerName(good), good)
	}
	for _, bad := range []string{"", "1234567890123456", "guest_preparation", "12345", "a b", "gäst"} {
		require.ErrorContains(t, checkComputerName(bad), "computer_name: ", bad)
	}
}

func TestAnswerFile(t *testing.T) {
	write := func(text string) string {
		path := filepath.Join(t.TempDir(), "answer.xml")
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	good := write(`<unattend xmlns="urn:schemas-microsoft-com:unattend"></unattend>`)
	tests := []struct {
		name string
		in   Install
		want []string // a part of each error
	}{
		{"good", Install{AnswerFile: good}, nil},
		{"missing", Install{AnswerFile: "no-such.xml"}, []string{"answer_file: open no-such.xml: no such file"}},
		{"not XML", Install{AnswerFile: write("<unattend")}, []string{"XML syntax error"}},
		{"empty", Install{AnswerFile: write("")}, []string{"EOF"}},
		{"something else", Install{AnswerFile: write("<html/>")}, []string{`the root element is <html xmlns="">`}},
		{
			"with fields of ours",
			Install{AnswerFile: good, Edition: "Windows 7 ULTIMATE", ComputerName: "PC"},
			[]string{`edition: "Windows 7 ULTIMATE" has no effect beside answer_file`, `computer_name: "PC" has no effect`},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.in.SetDefaults()
			errs := tt.in.Check()
			require.Len(t, errs, len(tt.want), errors.Join(errs...))
			for i, want := range tt.want {
				require.ErrorContains(t, errs[i], want)
			}
		})
	}
}

func TestRemoteMakesUpAPassword(t *testing.T) {
	var a, b Remote
	a.SetDefaults(false)
	b.SetDefaults(false)
	require.GreaterOrEqual(t, len(a.Comm.WinRMPassword), 20)
	require.NotEqual(t, a.Comm.WinRMPassword, b.Comm.WinRMPassword)
	require.Equal(t, a.Comm.WinRMPassword, strings.ToUpper(a.Comm.WinRMPassword), "easy to type at the console")
	require.Empty(t, a.Check(nil, "GUEST"))

	var own Remote
	own.SetDefaults(true)
	require.Empty(t, own.Comm.WinRMPassword)
	require.ErrorContains(t, errors.Join(own.Check(nil, "")...), "winrm_password: required with answer_file")
}
