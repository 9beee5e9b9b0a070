package windows

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	packersdk "github.com/hashicorp/packer-plugin-sdk/packer"
	"github.com/stretchr/testify/require"

	"github.com/guestprep/packer-plugin-guestprep/internal/guest"
	"github.com/guestprep/packer-plugin-guestprep/internal/guest/guesttest"
	"github.com/guestprep/packer-plugin-guestprep/internal/guest/task"
)

const (
	work     = `C:\Windows\Temp\guestprep\work`
	jobDir   = work + `\p`
	jobStart = `(if exist "` + jobDir + `\exit.txt" del /f /q "` + jobDir + `\exit.txt") & ` +
		`schtasks /Create /TN "guestprep-p" /XML "` + jobDir + `\task.xml" /F && schtasks /Run /TN "guestprep-p"`
	jobAsk     = `type "` + jobDir + `\exit.txt" >nul 2>nul && (type "` + jobDir + `\output.log" & echo. & type "` + jobDir + `\exit.txt")`
	jobDel     = `schtasks /Delete /TN "guestprep-p" /F >nul 2>nul & rmdir /s /q "` + jobDir + `" 2>nul & exit 0`
	registered = `" /XML "` + work + `\task.xml" /F >nul && del /f /q "` + work + `\task.xml" && schtasks /Query /TN "`
)

var (
	windows7SP1 = guesttest.Step{Run: "ver", Stdout: "\r\nMicrosoft Windows [Version 6.1.7601]\r\n"}
	closed      = guesttest.Step{Run: `rmdir /s /q "%USERPROFILE%\AppData\LocalLow\Microsoft\CryptnetUrlCache" 2>nul & (if exist ` + work + ` rmdir /s /q ` + work + `) & (if exist ` + work + ` (dir /s /b ` + work + ` & exit 1)) & rmdir C:\Windows\Temp\guestprep 2>nul & exit 0`}
	data        = map[string]interface{}{"PackerHTTPIP": "127.0.0.1", "User": "bot"}
)

// provision runs a configuration against a guest and returns what a user sees, with all times as 0.0 s.
func provision(t *testing.T, config string, data map[string]interface{}, steps ...guesttest.Step) (*guesttest.Guest, string, error) {
	t.Helper()
	p, _, err := prepare(t, config)
	require.NoError(t, err)
	var out bytes.Buffer
	g := guesttest.New(t, steps...)
	err = p.Provision(t.Context(), &packersdk.BasicUi{Writer: &out, ErrorWriter: &out}, g, data)
	return g, regexp.MustCompile(` in \d+(\.\d)? s\n`).ReplaceAllString(out.String(), " in 0.0 s\n"), err
}

func TestNothingToDo(t *testing.T) {
	_, out, err := provision(t, ``, nil, windows7SP1, closed)
	require.NoError(t, err)
	require.Equal(t, "Connected to Windows 6.1.7601 in 0.0 s\n", out)
}

func TestAnotherWindows(t *testing.T) {
	for _, tt := range []struct{ name, ver, want string }{
		{"later", "Microsoft Windows [Version 10.0.19045.3803]", "the guest is Windows 10.0.19045, and this provisioner is for Windows 7 (6.1)"},
		{"none", "sh: ver: not found", `the guest does not say which Windows it is; ver printed "sh: ver: not found"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := provision(t, ``, nil, guesttest.Step{Run: "ver", Stdout: tt.ver + "\r\n"}, closed)
			require.EqualError(t, err, tt.want)
		})
	}
}

func TestEverything(t *testing.T) {
	g, out, err := provision(t, `
		package {
			name      = "p"
			file      = "DIR/setup.exe"
			arguments = ["/q"]
		}
		guest_agent {
			archive         = "DIR/GuestAgent.zip"
			host_controller = "203.0.113.10"
		}
		seal {}
	`, data,
		windows7SP1,
		guesttest.Fetch(jobDir+`\setup.exe`), guesttest.Fetch(jobDir+`\job.cmd`), guesttest.Fetch(jobDir+`\task.xml`),
		guesttest.Step{Run: jobStart}, guesttest.Step{Run: jobAsk, Stdout: "\r\n3010\r\n"}, guesttest.Step{Run: jobDel},
		guesttest.Fetch(work+`\pull.txt`), guesttest.Fetch(work+`\pull.cmd`), guesttest.Step{Run: work + `\pull.cmd`},
		guesttest.Fetch(work+`\task.xml`),
		guesttest.Step{Run: `schtasks /Create /TN "Guest Agent Bootstrap` + registered + `Guest Agent Bootstrap" /XML`},
		guesttest.Fetch(`C:\Windows\Temp\guestprep\seal.cmd`), guesttest.Fetch(work+`\task.xml`),
		guesttest.Step{Run: `schtasks /Create /TN "guestprep-seal` + registered + `guestprep-seal" /XML`},
		closed,
	)
	require.NoError(t, err)
	require.Equal(t, strings.TrimLeft(`
Connected to Windows 6.1.7601 in 0.0 s
Delivered p (20 B) in 0.0 s
Installed p (exit code 3010, reboot needed) in 0.0 s
Unpacked the guest agent to C:\GuestAgent (2 files, 68 B) in 0.0 s
Registered the task "Guest Agent Bootstrap", which starts the guest agent when bot logs on, in 0.0 s
Put the seal for bot into the guest, to be run as the shutdown command, in 0.0 s
`, "\n"), out)
	require.Equal(t, "content of setup.exe", g.File(jobDir+`\setup.exe`))
	require.Contains(t, g.File(jobDir+`\job.cmd`), "\r\n"+jobDir+`\setup.exe /q >output.log 2>&1`+"\r\n")
	require.Equal(t, "content of InstallerAnalyzer1_Guest.exe", g.File(`C:\GuestAgent\InstallerAnalyzer1_Guest.exe`))
	require.Equal(t, "content of x86/lib & more.dll", g.File(`C:\GuestAgent\x86\lib & more.dll`))
	require.Contains(t, g.File(`C:\Windows\Temp\guestprep\seal.cmd`), "\r\nset \"user=bot\"\r\n")
}

func TestTheAgentsTask(t *testing.T) {
	p, _, err := prepare(t, `
		guest_agent {
			archive         = "DIR/GuestAgent.zip"
			host_controller = "203.0.113.10"
		}
	`)
	require.NoError(t, err)
	plan, err := newPlan(&p.config, p.archive, data)
	require.NoError(t, err)
	require.Equal(t, task.Task{
		Description: "Starts the guest agent",
		User:        "bot",
		Logon:       &task.Logon{Delay: 15 * time.Second},
		Exec: task.Exec{
			Command:          `C:\GuestAgent\InstallerAnalyzer1_Guest.exe`,
			Arguments:        "203.0.113.10 9000",
			WorkingDirectory: `C:\GuestAgent`,
		},
	}, plan.agent.start.Task())
}

func TestFailures(t *testing.T) {
	const pkg = `package {
		name = "p"
		file = "DIR/setup.exe"
	}`
	for _, tt := range []struct {
		name   string
		config string
		data   map[string]interface{}
		steps  []guesttest.Step
		want   string
	}{
		{
			"the installer fails", pkg, data,
			[]guesttest.Step{
				windows7SP1, guesttest.Fetch(jobDir + `\setup.exe`), guesttest.Fetch(jobDir + `\job.cmd`), guesttest.Fetch(jobDir + `\task.xml`),
				{Run: jobStart},
				{Run: jobAsk, Stdout: "Fatal error\r\n\r\n1603\r\n"},
				{Run: jobDel},
				closed,
			},
			"package p: the installer ended with exit code 1603, and success_exit_codes are [0 3010]; it wrote last:\nFatal error",
		},
		{
			"the installer arrives with other content", pkg, data,
			[]guesttest.Step{windows7SP1, spoiled(guesttest.Fetch(jobDir + `\setup.exe`)), closed},
			`package p: ` + jobDir + `\setup.exe arrived in the guest with the SHA-256 `,
		},
		{
			"the connection drops, also at the end", pkg, data,
			[]guesttest.Step{{Run: "ver", Drop: true}, {Run: closed.Run, Drop: true}},
			"ask the guest for its version: ver: no answer from the guest: guesttest: the connection dropped\nremove the build's files from the guest, which are perhaps in use: ",
		},
		{"no address", pkg, map[string]interface{}{"User": "bot"}, nil, "the builder does not say at which address the guest reaches this machine: set host_address"},
		{"no account", "seal {}", nil, nil, "the builder does not say with which account it connects: set seal.user"},
		{"an account that cannot be sealed", "seal {}", map[string]interface{}{"User": "a&b"}, nil, `seal.user: "a&b": '&' cannot be in the name of an account here`},
		{"an address that is not ours", `host_address = "192.0.2.1"` + "\n" + pkg, data, nil, "host_address: serve files to the guest at 192.0.2.1: "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := provision(t, tt.config, tt.data, tt.steps...)
			require.ErrorContains(t, err, tt.want)
		})
	}
}

func spoiled(step guesttest.Step) guesttest.Step {
	step.Spoil = true
	return step
}

func TestFilesThatChangeAfterTheCheck(t *testing.T) {
	p, dir, err := prepare(t, `
		package {
			name   = "p"
			file   = "DIR/setup.exe"
			sha256 = "`+sha256Of("content of setup.exe")+`"
		}
		guest_agent {
			archive         = "DIR/GuestAgent.zip"
			host_controller = "h"
		}
	`)
	require.NoError(t, err)
	pack(t, filepath.Join(dir, "GuestAgent.zip"), "other.exe", "another.dll")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "setup.exe"), []byte("changed"), 0o600))

	var out bytes.Buffer
	ui := &packersdk.BasicUi{Writer: &out, ErrorWriter: &out}
	err = p.Provision(t.Context(), ui, guesttest.New(t, windows7SP1, closed), data)
	require.ErrorContains(t, err, "package p: "+dir+"/setup.exe has the SHA-256 "+sha256Of("changed"))

	p.config.Packages = nil
	err = p.Provision(t.Context(), ui, guesttest.New(t, windows7SP1, closed), data)
	require.ErrorContains(t, err, "guest agent: "+dir+`/GuestAgent.zip: InstallerAnalyzer1_Guest.exe: it was changed after it was checked`)
}

func TestCancelled(t *testing.T) {
	p, _, err := prepare(t, ``)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err = p.Provision(ctx, &packersdk.BasicUi{}, guesttest.New(t, closed), nil)
	require.ErrorIs(t, err, context.Canceled)
}

func TestReboot(t *testing.T) {
	require.Equal(t, ", reboot begun by the installer", reboot(guest.ExitRebootInitiated))
}
