package guest

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	packersdk "github.com/hashicorp/packer-plugin-sdk/packer"
	"github.com/stretchr/testify/require"

	"github.com/guestprep/packer-plugin-guestprep/internal/guest/guesttest"
)

func TestRun(t *testing.T) {
	for _, tt := range []struct {
		name string
		step guesttest.Step
		want ExitCode
		err  string
	}{
		{"success", guesttest.Step{Run: "ver", Stdout: "out", Stderr: "err"}, 0, ""},
		{"failure", guesttest.Step{Run: "ver", Stdout: "out", Stderr: "\r\nerr\r\n\r\n", Exit: 3010}, 3010, "ver: exit code 3010\nout\nerr"},
		{"signed", guesttest.Step{Run: "ver", Stdout: "out", Exit: -2147024891}, 0x80070005, "ver: exit code 0x80070005\nout"},
		{"unsigned", guesttest.Step{Run: "ver", Stdout: "out", Exit: 0x80070005}, 0x80070005, "ver: exit code 0x80070005\nout"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			result, err := New(guesttest.New(t, tt.step), nil).Run(t.Context(), "ver")
			require.Equal(t, Result{ExitCode: tt.want, Stdout: tt.step.Stdout, Stderr: tt.step.Stderr}, result)
			if tt.err == "" {
				require.NoError(t, err)
				return
			}
			require.EqualError(t, err, tt.err)
			var failed *CommandError
			require.ErrorAs(t, err, &failed)
			require.Equal(t, tt.want, failed.ExitCode)
		})
	}
}

func TestRunTellsALostConnectionFromAFailure(t *testing.T) {
	for name, step := range map[string]guesttest.Step{
		"the communicator says so":    {Run: "ver", Drop: true},
		"the exit code stands for it": {Run: "ver", Exit: packersdk.CmdDisconnect},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := New(guesttest.New(t, step), nil).Run(t.Context(), "ver")
			var lost *ConnectionError
			require.ErrorAs(t, err, &lost)
			require.Equal(t, "ver", lost.Command)
			require.ErrorContains(t, err, "ver: no answer from the guest: ")
		})
	}
}

func TestRunStopsWaitingWhenCancelled(t *testing.T) {
	why := errors.New("the machine is gone")
	ctx, cancel := context.WithCancelCause(t.Context())
	s := New(guesttest.New(t, guesttest.Step{Run: "ver", Hang: true}), nil)
	time.AfterFunc(20*time.Millisecond, func() { cancel(why) })
	_, err := s.Run(ctx, "ver")
	require.ErrorIs(t, err, why)

	_, err = s.Run(ctx, "anything") // the script is at its end: this must not reach the guest
	require.ErrorIs(t, err, why)
}

func TestOutputKeepsTheEnd(t *testing.T) {
	var o output
	for range 3 {
		_, err := o.Write([]byte(strings.Repeat("x", outputLimit/2)))
		require.NoError(t, err)
	}
	_, err := o.Write([]byte("the end"))
	require.NoError(t, err)
	require.Len(t, o.String(), outputLimit)
	require.True(t, strings.HasSuffix(o.String(), "xthe end"))
}

func TestLastLines(t *testing.T) {
	lines := strings.Repeat("line\r\n\r\n", tailLines+5)
	require.Equal(t, strings.TrimSuffix(strings.Repeat("line\n", tailLines), "\n"), lastLines(lines))
	require.Empty(t, lastLines("\r\n \r\n"))
}

func TestClose(t *testing.T) {
	const line = `rmdir /s /q "%USERPROFILE%\AppData\LocalLow\Microsoft\CryptnetUrlCache" 2>nul & (if exist C:\Windows\Temp\guestprep\work rmdir /s /q C:\Windows\Temp\guestprep\work) & ` +
		`(if exist C:\Windows\Temp\guestprep\work (dir /s /b C:\Windows\Temp\guestprep\work & exit 1)) & rmdir C:\Windows\Temp\guestprep 2>nul & exit 0`
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.NoError(t, New(guesttest.New(t, guesttest.Step{Run: line}), nil).Close(ctx), "also when the build was cancelled")

	err := New(guesttest.New(t, guesttest.Step{Run: line, Stdout: "C:\\Windows\\Temp\\guestprep\\work\\p\\output.log\r\n", Exit: 1}), nil).Close(t.Context())
	require.ErrorContains(t, err, "remove the build's files from the guest, which are perhaps in use: ")
	require.ErrorContains(t, err, "exit code 1\nC:\\Windows\\Temp\\guestprep\\work\\p\\output.log", "what is left is named")
}
