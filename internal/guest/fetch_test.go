package guest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guestprep/packer-plugin-guestprep/internal/guest/guesttest"
	"github.com/guestprep/packer-plugin-guestprep/internal/payload"
)

func serve(t *testing.T) *payload.Server {
	t.Helper()
	server, err := payload.Serve(t.Context(), "127.0.0.1")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	return server
}

func add(t *testing.T, server *payload.Server, content string) payload.Item {
	t.Helper()
	item, err := server.AddReader(strings.NewReader(content))
	require.NoError(t, err)
	return item
}

const fetchLine = `(if not exist "C:\a b" md "C:\a b") & certutil -urlcache -split -f URL "C:\a b\c.exe" && certutil -hashfile "C:\a b\c.exe" SHA256`

func TestFetch(t *testing.T) {
	server := serve(t)
	item := add(t, server, "an installer")
	t.Run("arrives", func(t *testing.T) {
		g := guesttest.New(t, guesttest.Step{Run: fetchLine})
		require.NoError(t, New(g, server).Fetch(t.Context(), item, `C:\a b\c.exe`))
		require.Equal(t, "an installer", g.File(`C:\a b\c.exe`))
	})
	t.Run("arrives with other content", func(t *testing.T) {
		g := guesttest.New(t, guesttest.Step{Run: fetchLine, Spoil: true})
		var spoiled *DigestError
		require.ErrorAs(t, New(g, server).Fetch(t.Context(), item, `C:\a b\c.exe`), &spoiled)
		require.Equal(t, DigestError{File: `C:\a b\c.exe`, Want: item.SHA256, Found: spoiled.Found}, *spoiled)
	})
	t.Run("is not served", func(t *testing.T) {
		g := guesttest.New(t, guesttest.Step{Run: fetchLine, Exit: -2145844844, Stderr: "CertUtil: -URLCache command FAILED: 0x80190194"})
		gone := item
		gone.URL += "0"
		require.Error(t, New(g, server).Fetch(t.Context(), gone, `C:\a b\c.exe`))
	})
	t.Run("cannot be named on a command line", func(t *testing.T) {
		err := New(guesttest.New(t), server).Fetch(t.Context(), item, `C:\a&b`)
		require.ErrorContains(t, err, `"C:\\a&b" is not an absolute path`)
	})
}

func TestPutWithoutServer(t *testing.T) {
	const path, check = `C:\a\b.cmd`, `certutil -hashfile "C:\a\b.cmd" SHA256`
	t.Run("arrives", func(t *testing.T) {
		g := guesttest.New(t, guesttest.Step{Upload: path}, guesttest.Step{Run: check})
		require.NoError(t, New(g, nil).Put(t.Context(), []byte("@echo off"), path))
		require.Equal(t, "@echo off", g.File(path))
	})
	t.Run("does not arrive", func(t *testing.T) {
		g := guesttest.New(t, guesttest.Step{Upload: path, Drop: true})
		require.ErrorIs(t, New(g, nil).Put(t.Context(), nil, path), guesttest.ErrDropped)
	})
	t.Run("arrives with other content", func(t *testing.T) {
		g := guesttest.New(t, guesttest.Step{Upload: path, Spoil: true}, guesttest.Step{Run: check})
		var spoiled *DigestError
		require.ErrorAs(t, New(g, nil).Put(t.Context(), []byte("@echo off"), path), &spoiled)
	})
}

func TestParseDigest(t *testing.T) {
	const digest = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
	for _, name := range []string{"windows7.txt", "windows7-german.txt", "windows10.txt"} {
		t.Run(name, func(t *testing.T) {
			out, err := os.ReadFile(filepath.Join("testdata", "certutil", name))
			require.NoError(t, err)
			got, err := parseDigest(string(out))
			require.NoError(t, err)
			require.Equal(t, digest, got)
		})
	}
	_, err := parseDigest("SHA1 hash of file x:\r\n86 f7\r\nCertUtil: -hashfile command completed successfully.\r\n")
	require.ErrorContains(t, err, "no SHA-256 in the output of certutil -hashfile:\nSHA1 hash of file x:\n86 f7")
}

func FuzzParseDigest(f *testing.F) {
	f.Add("SHA256 hash of file a:\r\nca 97 81 12 ca 1b bd ca fa c2 31 b3 9a 23 dc 4d a7 86 ef f8 14 7c 4e 72 b9 80 77 85 af ee 48 bb\r\n")
	f.Fuzz(func(t *testing.T, out string) {
		if digest, err := parseDigest(out); err == nil {
			require.Regexp(t, `^[0-9a-f]{64}$`, digest)
			require.Contains(t, strings.ToLower(strings.Join(strings.Fields(out), "")), digest)
		}
		for url, digest := range parsePull(out) {
			require.NotEmpty(t, url)
			require.Regexp(t, `^[0-9a-f]{64}$`, digest)
		}
	})
}
