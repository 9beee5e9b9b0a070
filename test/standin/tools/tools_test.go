package tools

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guestprep/packer-plugin-guestprep/test/standin/power"
	"github.com/guestprep/packer-plugin-guestprep/test/standin/screen"
	"github.com/guestprep/packer-plugin-guestprep/test/standin/services"
	"github.com/guestprep/packer-plugin-guestprep/test/standin/state"
	"github.com/guestprep/packer-plugin-guestprep/test/standin/tasks"
	"github.com/guestprep/packer-plugin-guestprep/test/standin/wine"
	"github.com/guestprep/packer-plugin-guestprep/test/standin/wine/winetest"
)

// bench is a machine without Wine: what the tools do to it can be seen, and what tasks would run is recorded.
type bench struct {
	*Machine
	t      *testing.T
	serial bytes.Buffer
	ran    chan string
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{t: t, ran: make(chan string, 10)}
	s := state.New()
	s.ComputerName = "GUEST"
	s.Accounts = append(s.Accounts, state.Account{Name: "bot", Password: "x", Administrator: true, Enabled: true})
	store, err := state.Create(filepath.Join(t.TempDir(), "state.json"), s)
	require.NoError(t, err)
	scr := screen.New(io.Discard, &b.serial, func() time.Duration { return 0 })
	registry := winetest.Registry(t)
	b.Machine = &Machine{
		Store: store, Registry: registry, Services: services.NewManager(registry, func() {}), Power: power.New(), Screen: scr,
		Runner: &wine.Runner{}, Drives: wine.Drives{"c": t.TempDir()}, HTTP: http.DefaultClient,
	}
	b.Tasks = &tasks.Engine{
		Store: store, Screen: scr, Folder: t.TempDir(), LoggedOn: func() string { return "bot" },
		Run: func(_ context.Context, j *wine.Job) (uint32, error) {
			b.ran <- j.Account.Name + ": " + j.Line
			return 7, nil
		},
	}
	b.Tasks.Start(t.Context())
	return b
}

// run starts a tool as cmd would, and returns what it says on both streams.
func (b *bench) run(name, args string) (code uint32, stdout, stderr string) {
	b.t.Helper()
	var out, err bytes.Buffer
	code = b.Call(b.t.Context(), &Call{
		Name: name, Args: args, Folder: `C:\`, StdinKind: "nul", Account: wine.System, Stdout: &out, Stderr: &err,
		Stdin: func() ([]byte, error) { return []byte("one\r\ntwo\r\n"), nil },
	})
	return code, out.String(), err.String()
}

// must is run for what has to succeed.
func (b *bench) must(name, args string) string {
	b.t.Helper()
	code, out, err := b.run(name, args)
	require.Zero(b.t, code, "%s %s: %s%s", name, args, out, err)
	require.Empty(b.t, err)
	return out
}

func TestRefusals(t *testing.T) {
	tests := []struct {
		name, args string
		code       uint32
	}{
		// Not there at all.
		{"dism", "/online /get-packages", 9009},
		{"cscript", "//nologo x.vbs", 9009},
		// Not on Windows 7, or not implemented, or wrong.
		{"net", "", 1},
		{"net", "share", 1},
		{"net", "user bot *", 1},
		{"net", "user bot x /domain", 1},
		{"sc", "config winrm start=auto", 1639},
		{"sc", "config winrm start= sometimes", 1639},
		{"sc", "create x binPath= x", 1060},
		{"netsh", "firewall add portopening TCP 5985 x", 1},
		{"netsh", "advfirewall firewall add rule name=x dir=in action=allow protocol=TCP localport=http", 1},
		{"netsh", "advfirewall firewall add rule name=x dir=in", 1},
		{"netsh", "advfirewall firewall add rule name=x dir=in action=allow localport=1", 1},
		{"netsh", "advfirewall firewall add rule name=x dir=in action=allow remoteip=1.2.3.4", 1},
		{"netsh", "advfirewall firewall delete rule name=nosuch", 1},
		{"schtasks", "", 1},
		{"schtasks", `/Create /TN x /TR cmd /SC ONCE`, 1},
		{"schtasks", `/Create /TN x /XML nosuch.xml`, 1},
		{"schtasks", `/Run /TN nosuch`, 1},
		{"schtasks", `/Run`, 1},
		{"schtasks", `/Delete /TN nosuch`, 1},
		{"certutil", "-urlcache -f http://x/ y", 0x80070057},
		{"certutil", "-urlcache -split -f https://x/ y", 0x80072f7d},
		{"certutil", "-urlcache -split -f ftp://x/ y", 0x80070057},
		{"certutil", "-hashfile nosuch SHA256", 0x80070002},
		{"shutdown", "", 87},
		{"shutdown", "/s /r", 87},
		{"shutdown", "/h", 87},
		{"shutdown", "/s /t soon", 87},
		{"shutdown", "/a", 1116},
		{"wevtutil", "cl NoSuchLog", 15007},
		{"wevtutil", "qe System", 87},
		{"timeout", "/t 5", 1},
		{"ping", "-n 1 example.com", 1},
		{"ping", "-t 127.0.0.1", 1},
		{"findstr", "/s x", 2},
		{"powershell", "-Command Get-Process", 1},
		{"powershell", "-EncodedCommand !", 1},
		{"winrm", "quickconfig -q", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name+" "+tt.args, func(t *testing.T) {
			b := newBench(t)
			before := b.Store.View()
			code, out, err := b.run(tt.name, tt.args)
			require.Equal(t, tt.code, code)
			require.NotEmpty(t, out+err, "a refusal says why")
			require.Contains(t, b.serial.String(), tt.name, "a refusal is seen on the serial port")
			require.Equal(t, before, b.Store.View(), "a refusal changes nothing")
		})
	}
}

func TestNetUser(t *testing.T) {
	b := newBench(t)
	b.must("net", `user bot ""`)
	require.Empty(t, account(b, "bot").Password)
	b.must("net1", `user BOT "p w"`)
	require.Equal(t, "p w", account(b, "bot").Password)
	b.must("net", "user bot /active:no")
	require.False(t, account(b, "bot").Enabled)
	b.must("net", "user other secret /add")
	require.True(t, account(b, "other").Enabled)
	require.NotContains(t, b.serial.String(), "secret", "passwords stay off the serial port")
	code, _, err := b.run("net", "user other secret /add")
	require.Equal(t, uint32(2), code)
	require.Contains(t, err, "already exists")
	b.must("net", "user other /delete")
	code, _, err = b.run("net", `user other ""`)
	require.Equal(t, uint32(2), code)
	require.Contains(t, err, "NET HELPMSG 2221")
	code, _, _ = b.run("net", "user Guest /delete")
	require.Equal(t, uint32(2), code, "built-in accounts stay")
}

func account(b *bench, name string) state.Account {
	b.t.Helper()
	s := b.Store.View()
	require.NotNil(b.t, s.Account(name))
	return *s.Account(name)
}

func TestServices(t *testing.T) {
	b := newBench(t)
	require.Contains(t, b.must("sc", "query winrm"), "1  STOPPED")
	require.Contains(t, b.must("sc", "config winrm start= auto"), "ChangeServiceConfig SUCCESS")
	require.Contains(t, b.must("sc", "qc winrm"), "2   AUTO_START")
	require.Equal(t, "The Windows Remote Management (WS-Management) service was started successfully.\r\n\r\n", b.must("net", "start winrm"))
	require.Contains(t, b.must("sc", "query WinRM"), "4  RUNNING")
	code, _, err := b.run("net", "start winrm")
	require.Equal(t, uint32(2), code)
	require.Contains(t, err, "NET HELPMSG 2182")
	b.must("net", `stop "Windows Remote Management (WS-Management)"`)
	code, _, err = b.run("net", "stop winrm")
	require.Equal(t, uint32(2), code)
	require.Contains(t, err, "NET HELPMSG 3521")
	b.must("sc", "config winrm start= disabled")
	code, _, err = b.run("net", "start winrm")
	require.Equal(t, uint32(2), code)
	require.Contains(t, err, "System error 1058")
	code, out, _ := b.run("sc", "query nosuch")
	require.Equal(t, uint32(1060), code)
	require.Contains(t, out, "FAILED 1060")
}

func TestFirewall(t *testing.T) {
	b := newBench(t)
	const rule = `advfirewall firewall add rule name="guestprep WinRM" dir=in action=allow protocol=TCP localport=5985 profile=any`
	require.Equal(t, "Ok.\r\n\r\n", b.must("netsh", rule))
	s := b.Store.View()
	require.Equal(t, []state.Rule{{Name: "guestprep WinRM", Inbound: true, Allow: true, Protocol: "TCP", LocalPort: "5985", Profile: "any"}}, s.Firewall)
	require.Contains(t, b.must("netsh", `advfirewall firewall show rule name="guestprep winrm"`), "LocalPort:                            5985")
	b.must("netsh", rule)
	require.Contains(t, b.must("netsh", `advfirewall firewall delete rule name="guestprep WinRM"`), "Deleted 2 rule(s).")
	require.Empty(t, b.Store.View().Firewall)
}

func TestWinRM(t *testing.T) {
	b := newBench(t)
	const listener = "winrm/config/listener?Address=*+Transport=HTTP"
	code, _, err := b.run("winrm", "create "+listener)
	require.Equal(t, uint32(1), code)
	require.Contains(t, err, "Verify that the service on the destination is running")

	b.must("net", "start winrm")
	b.must("winrm", "create "+listener)
	b.must("winrm", `set winrm/config/service @{AllowUnencrypted="true"}`)
	b.must("winrm", `set winrm/config/service/auth @{Basic="true"}`)
	b.must("winrm", `set winrm/config/winrs @{MaxMemoryPerShellMB="1024";MaxShellsPerUser="9"}`)
	require.Equal(t, state.WinRM{
		Listeners: []state.Listener{{Address: "*", Transport: "HTTP", Port: 5985}}, AllowUnencrypted: true, Basic: true,
		MaxTimeout: 60000, MaxMemoryPerShellMB: 1024, MaxProcessesPerShell: 15, MaxShellsPerUser: 9,
	}, b.Store.View().WinRM)
	require.Contains(t, b.must("winrm", "enumerate winrm/config/listener"), "Port = 5985")

	for _, wrong := range []string{
		"create " + listener, `set winrm/config/service @{AllowUnencrypted="perhaps"}`, `set winrm/config/service @{Nosuch="true"}`,
		`set winrm/config/winrs @{MaxMemoryPerShellMB="-1"}`, "set winrm/config/service AllowUnencrypted=true",
	} {
		before := b.Store.View()
		code, _, err := b.run("winrm", wrong)
		require.Equal(t, uint32(1), code, wrong)
		require.NotEmpty(t, err)
		require.Equal(t, before, b.Store.View())
	}
	b.must("winrm", "delete "+listener)
	require.Empty(t, b.Store.View().WinRM.Listeners)
	code, _, _ = b.run("winrm", "delete "+listener)
	require.Equal(t, uint32(1), code)
}

func TestShutdown(t *testing.T) {
	b := newBench(t)
	b.must("shutdown", `/r /f /t 600 /c "in ten minutes" /d p:4:1`)
	code, _, err := b.run("shutdown", "/s /t 0")
	require.Equal(t, uint32(1190), code)
	require.Contains(t, err, "already been scheduled.(1190)")
	b.must("shutdown", "-a")
	b.must("shutdown", "/s /f /t 0")
	require.Equal(t, power.Off, <-b.Power.Down())
}

func TestSplit(t *testing.T) {
	tests := []struct {
		line string
		want []string
	}{
		{``, nil},
		{`user bot ""`, []string{"user", "bot", ""}},
		{`  a	"b c" d"e f"g `, []string{"a", "b c", "de fg"}},
		{`@{Basic="true"}`, []string{"@{Basic=true}"}},
		{`@{Basic=\"true\"}`, []string{`@{Basic="true"}`}},
		{`C:\dir\ "C:\a b\\" \\host\x`, []string{`C:\dir\`, `C:\a b\`, `\\host\x`}},
		{`"a""b"`, []string{`a"b`}},
	}
	for _, tt := range tests {
		t.Run(tt.line, func(t *testing.T) { require.Equal(t, tt.want, split(tt.line)) })
	}
}
