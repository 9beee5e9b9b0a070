package tools

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guestprep/packer-plugin-guestprep/test/standin/tasks"
)

const systemTask = `<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <Principals><Principal id="Author"><UserId>S-1-5-18</UserId><RunLevel>HighestAvailable</RunLevel></Principal></Principals>
  <Settings><ExecutionTimeLimit>PT1H</ExecutionTimeLimit></Settings>
  <Actions Context="Author"><Exec><Command>cmd.exe</Command><Arguments>/c exit 7</Arguments></Exec></Actions>
</Task>`

func TestSchtasks(t *testing.T) {
	b := newBench(t)
	require.NoError(t, os.WriteFile(filepath.Join(b.Drives["c"], "t.xml"), tasks.Encode(systemTask), 0o600))
	require.Equal(t, "SUCCESS: The scheduled task \"job\" has successfully been created.\r\n", b.must("schtasks", `/Create /TN job /XML C:\t.xml /F`))
	require.Contains(t, b.must("schtasks", `/query /tn \JOB`), "Ready")
	require.Contains(t, b.must("schtasks", "/Query /TN job /FO LIST /V"), "Last Result:   267011", "not yet run: 0x41303")
	require.Equal(t, "SUCCESS: Attempted to run the scheduled task \"job\".\r\n", b.must("schtasks", "/Run /TN job"))
	require.Equal(t, "SYSTEM: cmd.exe /c exit 7", <-b.ran)
	require.Eventually(t, func() bool { s := b.Store.View(); return s.Task("job").LastResult == 7 }, 10*time.Second, time.Millisecond)
	require.Contains(t, b.must("schtasks", "/Query /TN job /XML"), "<UserId>S-1-5-18</UserId>")

	code, _, err := b.run("schtasks", `/Create /TN job /XML C:\t.xml`)
	require.Equal(t, uint32(1), code)
	require.Contains(t, err, "already exists")
	b.must("schtasks", "/End /TN job")
	b.must("schtasks", "/Delete /TN job /F")
	code, _, err = b.run("schtasks", "/Query /TN job")
	require.Equal(t, uint32(1), code)
	require.Equal(t, "ERROR: The system cannot find the file specified.\r\n", err)
}

func TestSchtasksRefusesOtherEncodings(t *testing.T) {
	b := newBench(t)
	require.NoError(t, os.WriteFile(filepath.Join(b.Drives["c"], "t.xml"), []byte(systemTask), 0o600))
	code, _, err := b.run("schtasks", `/Create /TN job /XML C:\t.xml /F`)
	require.Equal(t, uint32(1), code)
	require.Contains(t, err, "unable to switch the encoding")
}
