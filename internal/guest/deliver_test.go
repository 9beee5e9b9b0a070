package guest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guestprep/packer-plugin-guestprep/internal/guest/guesttest"
)

var pullSteps = []guesttest.Step{
	guesttest.Fetch(`C:\Windows\Temp\guestprep\work\pull.txt`),
	guesttest.Fetch(`C:\Windows\Temp\guestprep\work\pull.cmd`),
}

const pullRun = `C:\Windows\Temp\guestprep\work\pull.cmd`

func TestDeliver(t *testing.T) {
	server := serve(t)
	files := []Delivery{
		{add(t, server, "one"), `C:\GuestAgent\agent.exe`},
		{add(t, server, "two"), `C:\GuestAgent\x86\100% & (more) ^!.dll`},
		{add(t, server, "one"), `C:\GuestAgent\the same again.exe`},
	}
	t.Run("arrives, with three commands", func(t *testing.T) {
		g := guesttest.New(t, append(pullSteps, guesttest.Step{Run: pullRun})...)
		require.NoError(t, New(g, server).Deliver(t.Context(), files))
		require.Equal(t, "one", g.File(files[0].Dest))
		require.Equal(t, "two", g.File(files[1].Dest))
		require.Equal(t, "one", g.File(files[2].Dest))
	})
	t.Run("arrives with other content", func(t *testing.T) {
		g := guesttest.New(t, append(pullSteps, guesttest.Step{Run: pullRun, Spoil: true})...)
		var spoiled *DigestError
		require.ErrorAs(t, New(g, server).Deliver(t.Context(), files), &spoiled)
		require.Equal(t, files[0].Dest, spoiled.File)
	})
	t.Run("does not arrive", func(t *testing.T) {
		g := guesttest.New(t, append(pullSteps, guesttest.Step{Run: pullRun, Silent: true, Stdout: "CertUtil: 0x80070070 (disk full)"})...)
		err := New(g, server).Deliver(t.Context(), files)
		require.ErrorContains(t, err, `fetch 3 files into the guest: C:\GuestAgent\agent.exe did not arrive`)
		require.ErrorContains(t, err, "disk full")
	})
}

func TestDeliverMissesAFileThatWasNotReported(t *testing.T) {
	server := serve(t)
	one, two := add(t, server, "one"), add(t, server, "two")
	digests := parsePull("file " + one.URL + "\r\nSHA256 hash of file C:\\a:\r\n" + one.SHA256 + "\r\nfile " + two.URL + "\r\n")
	require.Equal(t, map[string]string{one.URL: one.SHA256}, digests)
}
