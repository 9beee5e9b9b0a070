package guest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guestprep/packer-plugin-guestprep/internal/guest/guesttest"
	"github.com/guestprep/packer-plugin-guestprep/internal/guest/task"
)

const (
	registerFile = `C:\Windows\Temp\guestprep\work\task.xml`
	registerSeal = `schtasks /Create /TN "guestprep-seal" /XML "` + registerFile + `" /F >nul && del /f /q "` + registerFile + `" && schtasks /Query /TN "guestprep-seal" /XML`
)

var sealDefinition = task.Task{
	Description: "Seals the image that guestprep built, and powers off",
	User:        "S-1-5-18",
	Exec:        task.Exec{Command: `C:\Windows\System32\cmd.exe`, Arguments: `/c C:\Windows\Temp\guestprep\seal.cmd`},
}

func TestRegisterSeal(t *testing.T) {
	g := guesttest.New(t,
		guesttest.Step{Upload: sealPath}, guesttest.Step{Run: `certutil -hashfile "C:\Windows\Temp\guestprep\seal.cmd" SHA256`},
		guesttest.Step{Upload: registerFile}, guesttest.Step{Run: `certutil -hashfile "` + registerFile + `" SHA256`},
		guesttest.Step{Run: registerSeal},
	)
	require.NoError(t, New(g, nil).RegisterSeal(t.Context(), Seal{User: "John Doe"}))
	requireGolden(t, "seal.cmd", g.File(sealPath))
	definition, err := task.Decode([]byte(g.File(registerFile)))
	require.NoError(t, err)
	require.Equal(t, sealDefinition, definition)
	require.Equal(t, `schtasks /Run /TN "guestprep-seal"`, SealCommand)
}

func TestRegisterSealRefusesNamesThatCmdWouldActOn(t *testing.T) {
	for _, user := range []string{"", "a b c d e f g h i j k", `a"b`, "a&b", "%USERNAME%", "a^b", "größe", " bot", "bot."} {
		t.Run(user, func(t *testing.T) {
			require.ErrorContains(t, New(guesttest.New(t), nil).RegisterSeal(t.Context(), Seal{User: user}), "register the seal: ")
		})
	}
}

func TestRegisterTaskReadsBack(t *testing.T) {
	definition := task.Task{User: "bot", Logon: &task.Logon{Delay: 15 * time.Second}, Exec: task.Exec{Command: `C:\a.exe`, WorkingDirectory: `C:\GuestAgent`}}
	const line = `schtasks /Create /TN "the agent" /XML "` + registerFile + `" /F >nul && del /f /q "` + registerFile + `" && schtasks /Query /TN "the agent" /XML`
	for _, tt := range []struct {
		name   string
		change func(*task.Task)
		want   string
	}{
		{"the same", func(*task.Task) {}, ""},
		{"the account in other words", func(t *task.Task) { t.User = `SANDBOX\bot` }, ""},
		{"without its working directory", func(t *task.Task) { t.Exec.WorkingDirectory = "" }, `the task "the agent" is not as it was registered: the working directory is "", wanted "C:\\GuestAgent"`},
		{"with a time limit", func(t *task.Task) { t.TimeLimit = 72 * time.Hour }, `the task "the agent" is not as it was registered: the time limit is "72h0m0s", wanted "0s"`},
		{"without its trigger", func(t *task.Task) { t.Logon = nil }, `the task "the agent" is not as it was registered: the logon trigger is "none", wanted "after 15s"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			found := definition
			tt.change(&found)
			printed, err := found.Encode()
			require.NoError(t, err)
			g := guesttest.New(t, guesttest.Fetch(registerFile), guesttest.Step{Run: line, Stdout: string(printed)})
			err = New(g, serve(t)).RegisterTask(t.Context(), "the agent", definition)
			if tt.want == "" {
				require.NoError(t, err)
				return
			}
			require.EqualError(t, err, tt.want)
		})
	}
}

func TestHasSeal(t *testing.T) {
	const line = `schtasks /Query /TN "guestprep-seal"`
	has, err := New(guesttest.New(t, guesttest.Step{Run: line}), nil).HasSeal(t.Context())
	require.NoError(t, err)
	require.True(t, has)
	has, err = New(guesttest.New(t, guesttest.Step{Run: line, Exit: 1}), nil).HasSeal(t.Context())
	require.NoError(t, err)
	require.False(t, has)
	_, err = New(guesttest.New(t, guesttest.Step{Run: line, Drop: true}), nil).HasSeal(t.Context())
	require.ErrorIs(t, err, guesttest.ErrDropped)
}

func TestSealFailure(t *testing.T) {
	const line = `if exist "C:\Windows\Temp\guestprep-seal-failed.txt" type "C:\Windows\Temp\guestprep-seal-failed.txt"`
	step, err := New(guesttest.New(t, guesttest.Step{Run: line, Stdout: "close WinRM\r\n"}), nil).SealFailure(t.Context())
	require.NoError(t, err)
	require.Equal(t, "close WinRM", step)
}
