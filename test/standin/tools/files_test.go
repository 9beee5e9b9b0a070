package tools

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	masterzen "github.com/masterzen/winrm"
	"github.com/stretchr/testify/require"

	"github.com/guestprep/packer-plugin-guestprep/test/standin/wine"
)

func TestCertutil(t *testing.T) {
	b := newBench(t)
	body := bytes.Repeat([]byte("payload\n"), 10000)
	var agents []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		agents = append(agents, r.UserAgent())
		if r.URL.Path != "/file" {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write(body)
	}))
	defer server.Close()

	require.Contains(t, b.must("certutil", "-urlcache -split -f "+server.URL+`/file C:\x.exe`), "-URLCache command completed successfully.")
	got, err := os.ReadFile(filepath.Join(b.Drives["c"], "x.exe"))
	require.NoError(t, err)
	require.Equal(t, body, got)
	require.Equal(t, []string{"Microsoft-CryptoAPI/6.1", "CertUtil URL Agent"}, agents, "Windows asks twice")

	sum := sha256.Sum256(body)
	require.Equal(t, fmt.Sprintf("SHA256 hash of file X.EXE:\r\n% x\r\nCertUtil: -hashfile command completed successfully.\r\n", sum),
		b.must("certutil", "-hashfile X.EXE SHA256"))

	code, out, _ := b.run("certutil", "-urlcache -split -f "+server.URL+`/nosuch C:\y`)
	require.Equal(t, uint32(0x80190194), code)
	require.Contains(t, out, "Not Found (404)")
	require.NoFileExists(t, filepath.Join(b.Drives["c"], "y"))

	code, _, _ = b.run("certutil", "-urlcache -split -f "+server.URL+`/file C:\no\such\folder\y`)
	require.Equal(t, uint32(0x80070003), code)
	server.Close()
	code, out, _ = b.run("certutil", "-urlcache -split -f "+server.URL+`/file C:\y`)
	require.Equal(t, uint32(0x80072efd), code)
	require.Contains(t, out, "A connection with the server could not be established")
}

func TestFindstr(t *testing.T) {
	b := newBench(t)
	require.NoError(t, os.WriteFile(filepath.Join(b.Drives["c"], "a.txt"), []byte("Alpha one\r\nbeta two\r\na.b\r\n"), 0o600))
	tests := []struct {
		args, want string
		code       uint32
	}{
		{`two a.txt`, "beta two\r\n", 0},
		{`"one two" a.txt`, "Alpha one\r\nbeta two\r\n", 0},
		{`/c:"a one" a.txt`, "Alpha one\r\n", 0},
		{`/i ALPHA a.txt`, "Alpha one\r\n", 0},
		{`/v /i alpha a.txt`, "beta two\r\na.b\r\n", 0},
		{`/n /b beta a.txt`, "2:beta two\r\n", 0},
		{`/e one a.txt`, "Alpha one\r\n", 0},
		{`/x /l a.b a.txt`, "a.b\r\n", 0},
		{`^a.b$ a.txt`, "a.b\r\n", 0},
		{`gamma a.txt`, "", 1},
		{`tw`, "two\r\n", 0}, // from stdin
	}
	for _, tt := range tests {
		t.Run(tt.args, func(t *testing.T) {
			code, out, err := b.run("findstr", tt.args)
			require.Empty(t, err)
			require.Equal(t, tt.code, code)
			require.Equal(t, tt.want, out)
		})
	}
}

// shell runs a line as the WinRM service does.
func (b *bench) shell(line string) (code uint32, short bool, out string) {
	b.t.Helper()
	var stdout, stderr bytes.Buffer
	c := &Call{Account: wine.Account{Name: "bot", Session: wine.Network}, Folder: `C:\Users\bot`, Stdout: &stdout, Stderr: &stderr}
	code, short = b.Shortcut(b.t.Context(), c, line)
	return code, short, stdout.String() + stderr.String()
}

func TestPackersPowerShell(t *testing.T) {
	b := newBench(t)
	temp := filepath.Join(b.Drives["c"], "Users", "bot", "AppData", "Local", "Temp")
	require.NoError(t, os.MkdirAll(temp, 0o755))

	code, short, out := b.shell(masterzen.Powershell(`if (Test-Path variable:global:ProgressPreference){$ProgressPreference='SilentlyContinue'}; echo "WinRM connected."`))
	require.True(t, short)
	require.Zero(t, code)
	require.Equal(t, "WinRM connected.\r\n", out)

	data := bytes.Repeat([]byte{0, 1, 2, 0xff}, 1000)
	require.NoError(t, os.MkdirAll(filepath.Join(b.Drives["c"], "dir"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(b.Drives["c"], "dir", "f.bin"), data, 0o600))
	code, short, out = b.shell(masterzen.Powershell(`$file=[System.IO.File]::ReadAllBytes("C:\dir\f.bin"); Write-Output $([System.Convert]::ToBase64String($file))`))
	require.True(t, short)
	require.Zero(t, code)
	require.Equal(t, base64.StdEncoding.EncodeToString(data)+"\r\n", out)

	code, _, out = b.shell(masterzen.Powershell(`$file=[System.IO.File]::ReadAllBytes("C:\nosuch"); Write-Output $([System.Convert]::ToBase64String($file))`))
	require.Equal(t, uint32(1), code)
	require.Contains(t, out, "Could not find file")

	code, short, out = b.shell(masterzen.Powershell(`Get-NetAdapter`))
	require.True(t, short)
	require.Equal(t, uint32(1), code)
	require.Contains(t, out, "none of Packer's")
}

func TestSingleCallsGoWithoutCmd(t *testing.T) {
	b := newBench(t)
	for _, line := range []string{`net user bot ""`, "SC.EXE query winrm", "wevtutil el"} {
		code, short, out := b.shell(line)
		require.True(t, short, line)
		require.Zero(t, code, out)
	}
}

func TestUploadChunks(t *testing.T) {
	b := newBench(t)
	temp := filepath.Join(b.Drives["c"], "Users", "bot", "AppData", "Local", "Temp")
	require.NoError(t, os.MkdirAll(temp, 0o755))
	for _, chunk := range []string{"abc", "de"} {
		code, short, _ := b.shell(`echo ` + base64.StdEncoding.EncodeToString([]byte(chunk)) + ` >> "%TEMP%\winrmcp-0a-1b.tmp"`)
		require.True(t, short)
		require.Zero(t, code)
	}
	got, err := os.ReadFile(filepath.Join(temp, "winrmcp-0a-1b.tmp"))
	require.NoError(t, err)
	require.Equal(t, "YWJj \r\nZGU= \r\n", string(got), "as cmd's echo writes it, with the space before >>")
	data, err := restored(filepath.Join(temp, "winrmcp-0a-1b.tmp"))
	require.NoError(t, err)
	require.Equal(t, "abcde", string(data))

	for _, other := range []string{
		`echo YQ== >> "%TEMP%\other.tmp"`, `echo a & del x`, strings.Repeat("x", 10),
		"net stop winrm & echo x", "sc query winrm > x", "net user %USERNAME% x", "dism /online",
	} {
		_, short, _ := b.shell(other)
		require.False(t, short, "cmd does %q itself", other)
	}
}
