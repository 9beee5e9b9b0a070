package task

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var tasks = map[string]Task{
	"system": {
		Description: "Runs one installer for guestprep",
		User:        System,
		TimeLimit:   90*time.Minute + 5*time.Second,
		Exec:        Exec{Command: `C:\Windows\System32\cmd.exe`, Arguments: `/c C:\Windows\Temp\guestprep\job\job.cmd`},
	},
	"logon": {
		Description: `Starts the guest agent <of "TheThing" & others>`,
		User:        "bot",
		Logon:       &Logon{Delay: 15 * time.Second},
		Exec: Exec{
			Command:          `C:\Guest Agent\agent.exe`,
			Arguments:        `203.0.113.10 9000 "a b"`,
			WorkingDirectory: `C:\Guest Agent`,
		},
	},
	"logon-at-once": {User: "bot", Logon: &Logon{}, Exec: Exec{Command: `C:\a.exe`}},
}

func TestEncode(t *testing.T) {
	for name, task := range tasks {
		t.Run(name, func(t *testing.T) {
			got, err := task.Encode()
			require.NoError(t, err)
			require.Equal(t, []byte{0xFF, 0xFE, '<', 0, '?', 0}, got[:6], "UTF-16, little endian, with a byte order mark")
			require.NotContains(t, string(bytes.ReplaceAll(toUTF8(got), []byte("\r\n"), nil)), "\n")

			// The golden file is what the bytes say, in UTF-8, so that a diff of it can be read.
			golden := filepath.Join("testdata", name+".xml")
			if *update {
				require.NoError(t, os.WriteFile(golden, toUTF8(got), 0o644))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			require.Equal(t, string(want), string(toUTF8(got)))
		})
	}
}

func TestDecodeReadsWhatEncodeWrites(t *testing.T) {
	for name, task := range tasks {
		t.Run(name, func(t *testing.T) {
			encoded, err := task.Encode()
			require.NoError(t, err)
			got, err := Decode(encoded)
			require.NoError(t, err)
			require.Equal(t, task, got)

			// schtasks prints the same text in the console's code page.
			got, err = Decode(toUTF8(encoded))
			require.NoError(t, err)
			require.Equal(t, task, got)
		})
	}
}

func TestEncodeRefuses(t *testing.T) {
	for _, tt := range []struct {
		name string
		task Task
		want string
	}{
		{"a task of nobody", Task{Exec: Exec{Command: "a.exe"}}, "task: no user"},
		{"a task that does nothing", Task{User: System}, "task: no command"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := tt.task.Encode()
			require.EqualError(t, err, tt.want)
		})
	}
}

func TestDuration(t *testing.T) {
	for _, tt := range []struct {
		d    time.Duration
		want string
	}{
		{0, "PT0S"},
		{15 * time.Second, "PT15S"},
		{30 * time.Minute, "PT30M"},
		{time.Hour + 30*time.Minute, "PT1H30M"},
		{26*time.Hour + time.Second, "PT26H1S"},
	} {
		t.Run(tt.want, func(t *testing.T) {
			require.Equal(t, tt.want, duration(tt.d))
			back, err := parseDuration(tt.want)
			require.NoError(t, err)
			require.Equal(t, tt.d, back)
		})
	}
	days, err := parseDuration("P3D")
	require.NoError(t, err)
	require.Equal(t, 72*time.Hour, days)
	_, err = parseDuration("30 minutes")
	require.EqualError(t, err, `"30 minutes" is not a duration such as PT30M`)
}

func FuzzDecode(f *testing.F) {
	for _, task := range tasks {
		encoded, err := task.Encode()
		require.NoError(f, err)
		f.Add(encoded)
		f.Add(toUTF8(encoded))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		decoded, err := Decode(data)
		if err != nil {
			return
		}
		require.GreaterOrEqual(t, decoded.TimeLimit, time.Duration(0))
	})
}
