// Package boot tests the whole stand-in in QEMU: one installation, and one boot of what it left on the disk.
package boot

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/packer-plugin-sdk/communicator"
	"github.com/hashicorp/packer-plugin-sdk/multistep"
	packersdk "github.com/hashicorp/packer-plugin-sdk/packer"
	"github.com/stretchr/testify/require"

	"github.com/guestprep/packer-plugin-guestprep/test/standin/tasks"
)

// patience is for machines that do other things at the same time; two idle cores need a fifth of it.
const patience = 15 * time.Minute

func TestInstallPrepareAndBoot(t *testing.T) {
	folder := built(t)
	m := newMachine(t, filepath.Join(folder, "standin.iso"))
	ctx, stop := context.WithTimeout(t.Context(), patience)
	defer stop()

	m.start()
	g := connect(ctx, t, m)
	m.waitFor(ctx,
		"[Windows Setup] Setup is starting...",
		"[Windows Setup] Installing Windows: Windows 7 PROFESSIONAL",
		`[Windows Setup] Disk 0 partition 1: 4095 MB, NTFS, label "Windows 7", active: true`,
		"[Windows Setup] Windows needs to restart to continue",
		"[Windows 7] Starting Windows",
		`specialize command 1: reg add HKLM\SYSTEM\CurrentControlSet\Control\Network\NewNetworkWindowOff /f: exit code 0`,
		"first-logon command 1: cmd /c ping -n 2 127.0.0.1 >nul",
		"first-logon command 2: cmd /c for %d in (D E F G H)",
		"[Windows 7] WinRM: listening on",
		"[Windows 7] Computer:  STANDIN7 Edition:   Windows 7 PROFESSIONAL Logged on: bot (automatic logon)")
	t.Run("commands", func(t *testing.T) { commands(ctx, t, g) })
	t.Run("files", func(t *testing.T) { files(ctx, t, g) })
	t.Run("fetch", func(t *testing.T) { fetch(ctx, t, g) })
	t.Run("installer in a task of the system", func(t *testing.T) { installer(ctx, t, m, g, folder) })
	t.Run("seal", func(t *testing.T) { seal(ctx, t, m, g) })
	require.False(t, t.Failed(), "no second boot of a machine that is not sealed")
	clean(t, m.disk)

	m.start()
	m.waitFor(ctx,
		"[Windows 7] Starting Windows",
		"Logged on: bot (the only enabled account has no password)",
		"task Agent: started as bot (interactive session)",
		"task Agent: exit code 77")
	require.NotContains(t, m.serial(), "WinRM: listening")
	require.NotContains(t, m.serial(), "first-logon command")
	refusesConnections(t, m.winrmPort)
	m.qmp("system_powerdown")
	m.waitOff(ctx)
	require.Contains(t, m.serial(), "Power button: shutting down")
	clean(t, m.disk)
}

// guest is Packer's own communicator, connected.
type guest struct {
	t    *testing.T
	comm packersdk.Communicator
}

func connect(ctx context.Context, t *testing.T, m *machine) *guest {
	t.Helper()
	state := new(multistep.BasicStateBag)
	state.Put("ui", packersdk.TestUi(t))
	step := &communicator.StepConnectWinRM{
		Config: &communicator.Config{Type: "winrm", WinRM: communicator.WinRM{WinRMUser: "bot", WinRMPassword: "Build-1x", WinRMTimeout: patience}},
		Host:   func(multistep.StateBag) (string, error) { return "127.0.0.1", nil },
		WinRMPort: func(multistep.StateBag) (int, error) {
			return m.winrmPort, nil
		},
	}
	require.Equal(t, multistep.ActionContinue, step.Run(ctx, state), "%v", state.Get("error"))
	return &guest{t, state.Get("communicator").(packersdk.Communicator)}
}

// run runs a command line and returns its exit code and both streams.
func (g *guest) run(ctx context.Context, t *testing.T, line string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := &packersdk.RemoteCmd{Command: line, Stdout: &out, Stderr: &errs}
	require.NoError(t, g.comm.Start(ctx, cmd), line)
	return cmd.ExitStatus(), out.String(), errs.String()
}

func (g *guest) must(ctx context.Context, t *testing.T, line string) string {
	t.Helper()
	code, out, errs := g.run(ctx, t, line)
	require.Zero(t, code, "%s: %s%s", line, out, errs)
	return out
}

func commands(ctx context.Context, t *testing.T, g *guest) {
	t.Helper()
	tests := []struct {
		line, out, err string
		code           int
	}{
		{"exit 3010", "", "", 3010},
		{"ver", "Microsoft Windows 6.1.7601", "", 0},
		{"echo out& echo err 1>&2", "out\r\n", "err", 0},
		{"echo %USERNAME% %COMPUTERNAME% %TEMP%", `bot STANDIN7 C:\Users\bot\AppData\Local\Temp`, "", 0},
		{"cd", `C:\Users\bot`, "", 0},
		{`if exist D:\sources\editions.txt echo medium`, "medium", "", 0},
		{`if exist E:\Autounattend.xml echo answers`, "answers", "", 0},
		{`type C:\Windows\Panther\unattend.xml`, "*SENSITIVE*DATA*DELETED*", "", 0},
		{`if exist Z:\ echo Linux`, "", "", 0},
		{"sc query winrm", "4  RUNNING", "", 0},
		{"net start nosuch", "", "NET HELPMSG 2185", 2},
		{"dism /online /get-packages", "", "the stand-in has no dism", 9009},
		{"nosuchprogram", "", "nosuchprogram", 9009},
		{"ping -n 3 127.0.0.1 >nul", "", "", 0},
	}
	for _, tt := range tests {
		t.Run(tt.line, func(t *testing.T) {
			code, out, errs := g.run(ctx, t, tt.line)
			require.Equal(t, tt.code, code, "%s%s", out, errs)
			require.Contains(t, out, tt.out)
			require.Contains(t, errs, tt.err)
			if tt.out == "" {
				require.Empty(t, out)
			}
		})
	}
}

func files(ctx context.Context, t *testing.T, g *guest) {
	t.Helper()
	data := make([]byte, 300<<10)
	source := rand.NewChaCha8([32]byte{1})
	_, err := source.Read(data)
	require.NoError(t, err)
	require.Equal(t, "1 2 3 4 5 \r\n", batch(ctx, t, g))
	require.NoError(t, g.comm.Upload(`C:\Windows\Temp\up.bin`, bytes.NewReader(data), nil))
	require.Contains(t, g.must(ctx, t, `certutil -hashfile C:\Windows\Temp\up.bin SHA256`), fmt.Sprintf("% x", sha256.Sum256(data)))
	var back bytes.Buffer
	require.NoError(t, g.comm.Download(`C:\Windows\Temp\up.bin`, &back))
	require.True(t, bytes.Equal(data, back.Bytes()), "%d bytes came back", back.Len())
}

func fetch(ctx context.Context, t *testing.T, g *guest) {
	t.Helper()
	data := bytes.Repeat([]byte("0123456789abcdef"), 1<<19) // 8 MiB
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(data) }))
	defer server.Close()
	port := server.Listener.Addr().(*net.TCPAddr).Port
	out := g.must(ctx, t, fmt.Sprintf(`certutil -urlcache -split -f http://10.0.2.2:%d/x C:\Windows\Temp\x.bin`, port))
	require.Contains(t, out, "CertUtil: -URLCache command completed successfully.")
	require.Contains(t, g.must(ctx, t, `certutil -hashfile C:\Windows\Temp\x.bin SHA256`), fmt.Sprintf("% x", sha256.Sum256(data)))
}

// batch runs what Wine's own cmd gets wrong, and returns which lines were reached.
func batch(ctx context.Context, t *testing.T, g *guest) string {
	t.Helper()
	lines := []string{
		"@echo off", "set seen=",
		"cmd /c exit 1 || set seen=%seen%1 ",
		"cmd /c exit 1 && set seen=%seen%wrong ",
		"cmd /c exit 0 && set seen=%seen%2 || set seen=%seen%wrong ",
		"cmd /c exit 0 || (", " set seen=%seen%wrong ", ")",
		"set seen=%seen%3 ",
		`mkdir C:\Windows 2>nul || set seen=%seen%4 `,
		"call :sub || goto end", "set seen=%seen%wrong ",
		":end", "set seen=%seen%5 ", "echo %seen%", "exit /b 0",
		":sub", "exit /b 3", "",
	}
	require.NoError(t, g.comm.Upload(`C:\Windows\Temp\t.cmd`, strings.NewReader(strings.Join(lines, "\r\n")), nil))
	return g.must(ctx, t, `C:\Windows\Temp\t.cmd`)
}

const definition = `<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <Triggers>%s</Triggers>
  <Principals><Principal id="Author">%s<RunLevel>HighestAvailable</RunLevel></Principal></Principals>
  <Settings><ExecutionTimeLimit>PT2M</ExecutionTimeLimit></Settings>
  <Actions Context="Author"><Exec>%s</Exec></Actions>
</Task>`

const (
	bySystem = "<UserId>S-1-5-18</UserId>"
	byBot    = "<UserId>bot</UserId><LogonType>InteractiveToken</LogonType>"
	atLogon  = "<LogonTrigger><Enabled>true</Enabled><UserId>bot</UserId></LogonTrigger>"
)

func (g *guest) task(ctx context.Context, t *testing.T, name, trigger, principal, exec string) {
	t.Helper()
	file := `C:\Windows\Temp\` + name + ".xml"
	require.NoError(t, g.comm.Upload(file, bytes.NewReader(tasks.Encode(fmt.Sprintf(definition, trigger, principal, exec))), nil))
	g.must(ctx, t, "schtasks /Create /TN "+name+" /XML "+file+" /F")
}

func installer(ctx context.Context, t *testing.T, m *machine, g *guest, folder string) {
	t.Helper()
	const name = "dotNetFx40_Full_x86_x64.exe"
	f, err := os.Open(filepath.Join(folder, name))
	require.NoError(t, err)
	defer func() { require.NoError(t, f.Close()) }()
	require.NoError(t, g.comm.Upload(`C:\Windows\Temp\`+name, io.Reader(f), nil))
	g.task(ctx, t, "Install", "", bySystem, `<Command>C:\Windows\Temp\`+name+`</Command><Arguments>/q /norestart</Arguments>`)
	g.must(ctx, t, "schtasks /Run /TN Install")
	m.waitFor(ctx, "task Install: started as SYSTEM (service session)", "task Install: exit code 0")
	require.Contains(t, g.must(ctx, t, `reg query "HKLM\SOFTWARE\Microsoft\NET Framework Setup\NDP\v4\Full" /v Install`), "0x1")
	code, _, errs := g.run(ctx, t, `C:\Windows\Temp\`+name+` /silent`)
	require.Equal(t, 1603, code)
	require.Contains(t, errs, "unknown switch /silent")
}

// seal is what a product does last: it blanks the password, closes WinRM and powers off, in a task, because the connection is lost.
func seal(ctx context.Context, t *testing.T, m *machine, g *guest) {
	t.Helper()
	g.task(ctx, t, "Agent", atLogon, byBot, `<Command>cmd.exe</Command><Arguments>/c if exist marker.txt exit 77</Arguments><WorkingDirectory>C:\Agent</WorkingDirectory>`)
	g.must(ctx, t, `mkdir C:\Agent && echo x> C:\Agent\marker.txt`)
	script := strings.Join([]string{
		`net user bot ""`,
		`for %%v in (AutoAdminLogon AutoLogonCount DefaultPassword DefaultUserName) do reg delete "HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon" /v %%v /f`,
		`netsh advfirewall firewall delete rule name="guestprep WinRM"`,
		`call winrm delete winrm/config/listener?Address=*+Transport=HTTP`,
		`net stop winrm`,
		`sc config winrm start= disabled`,
		`shutdown /s /f /t 0`, "",
	}, "\r\n")
	require.NoError(t, g.comm.Upload(`C:\Windows\Temp\seal.cmd`, strings.NewReader(script), nil))
	g.task(ctx, t, "Seal", "", bySystem, `<Command>cmd.exe</Command><Arguments>/c C:\Windows\Temp\seal.cmd</Arguments>`)
	require.NotContains(t, m.serial(), "task Agent: started", "a logon task runs at logon only")
	g.must(ctx, t, "schtasks /Run /TN Seal")
	m.waitFor(ctx, "task Seal: started as SYSTEM", "WinRM: closed", "[Windows 7] Shutting down")
	m.waitOff(ctx)
}

// clean looks at the file system as a mount would: it must not need a repair.
func clean(t *testing.T, disk string) {
	t.Helper()
	const firstPartition = 1 << 20
	out, err := exec.CommandContext(t.Context(), "/sbin/e2fsck", "-n", fmt.Sprintf("%s?offset=%d", disk, firstPartition)).CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Contains(t, string(out), ": clean,")
}

func refusesConnections(t *testing.T, port int) {
	t.Helper()
	client := &http.Client{Timeout: 5 * time.Second}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, fmt.Sprintf("http://127.0.0.1:%d/wsman", port), http.NoBody)
	require.NoError(t, err)
	resp, err := client.Do(req)
	if err == nil {
		_ = resp.Body.Close()
	}
	require.Error(t, err, "WinRM answers")
}
