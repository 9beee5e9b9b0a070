package agent

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// pack writes a zip file with entries as they are given, also such as no packer writes.
func pack(tb testing.TB, entries ...*zip.FileHeader) []byte {
	tb.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, e := range entries {
		e.Method = zip.Deflate
		content, err := w.CreateHeader(e)
		require.NoError(tb, err)
		if !strings.HasSuffix(e.Name, "/") {
			_, err = io.WriteString(content, "content of "+e.Name)
			require.NoError(tb, err)
		}
	}
	require.NoError(tb, w.Close())
	return out.Bytes()
}

func file(name string) *zip.FileHeader { return &zip.FileHeader{Name: name} }

func write(t *testing.T, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "GuestAgent.zip")
	require.NoError(t, os.WriteFile(path, content, 0o600))
	return path
}

func TestRead(t *testing.T) {
	path := write(t, pack(t, file("agent.exe"), file("x86/"), file("x86/lib & 100% (more) ^!.dll"), file(`tessdata\eng.traineddata`)))
	archive, err := Read(path)
	require.NoError(t, err)
	names := []string{"agent.exe", "x86/lib & 100% (more) ^!.dll", `tessdata\eng.traineddata`}
	require.Len(t, archive.Files, len(names))
	total := int64(0)
	for i, f := range archive.Files {
		content := "content of " + names[i]
		sum := sha256.Sum256([]byte(content))
		require.Equal(t, strings.ReplaceAll(names[i], "/", `\`), f.Name)
		require.Equal(t, int64(len(content)), f.Size)
		require.Equal(t, hex.EncodeToString(sum[:]), f.SHA256)
		total += f.Size
	}
	require.Equal(t, total, archive.Size())

	var read []string
	require.NoError(t, archive.Each(func(f File, r io.Reader) error {
		content, err := io.ReadAll(r)
		read = append(read, f.Name+": "+string(content))
		return err
	}))
	require.Equal(t, []string{
		`agent.exe: content of agent.exe`,
		`x86\lib & 100% (more) ^!.dll: content of x86/lib & 100% (more) ^!.dll`,
		`tessdata\eng.traineddata: content of tessdata\eng.traineddata`,
	}, read)
}

func TestReadRefuses(t *testing.T) {
	for _, tt := range []struct {
		name    string
		entries []*zip.FileHeader
		want    string
	}{
		{"a way out", []*zip.FileHeader{file("../agent.exe")}, `entry "../agent.exe": its name leads out of the agent's folder, or nowhere`},
		{"a way out in the middle", []*zip.FileHeader{file("a/../../b.exe")}, `entry "a/../../b.exe": its name leads out of the agent's folder, or nowhere`},
		{"a way out with backslashes", []*zip.FileHeader{file(`a\..\..\b.exe`)}, `entry "a\\..\\..\\b.exe": its name leads out of the agent's folder, or nowhere`},
		{"an absolute path", []*zip.FileHeader{file("/agent.exe")}, `entry "/agent.exe": its name is an absolute path, or has an empty part`},
		{"a drive", []*zip.FileHeader{file(`C:\agent.exe`)}, `entry "C:\\agent.exe": ':' cannot be in a file name of Windows`},
		{"a share", []*zip.FileHeader{file(`\\host\share\a`)}, `entry "\\\\host\\share\\a": its name is an absolute path, or has an empty part`},
		{"an alternate stream", []*zip.FileHeader{file("agent.exe:hidden")}, `entry "agent.exe:hidden": ':' cannot be in a file name of Windows`},
		{"a device", []*zip.FileHeader{file("lib/NUL.dll")}, `entry "lib/NUL.dll": "NUL.dll" is the name of a device on Windows`},
		{"a dot at the end", []*zip.FileHeader{file("agent.exe.")}, `entry "agent.exe.": "agent.exe." begins with a space, or ends with a space or a dot: Windows would change it`},
		{"a space at the end", []*zip.FileHeader{file("lib /a.dll")}, `entry "lib /a.dll": "lib " begins with a space, or ends with a space or a dot: Windows would change it`},
		{"a letter outside ASCII", []*zip.FileHeader{file("größe.txt")}, `entry "größe.txt": 'ö' is not in ASCII: the guest's cmd would read it in its own code page; rename the file`},
		{"a control character", []*zip.FileHeader{file("a\nb")}, `entry "a\nb": '\n' cannot be in a file name of Windows`},
		{"a name that is too long", []*zip.FileHeader{file(strings.Repeat("x", 201))}, "its name has 201 characters, more than 200"},
		{"the same name twice for Windows", []*zip.FileHeader{file("lib/A.dll"), file("LIB/a.DLL")}, `entry "LIB/a.DLL": a second file has this name, but for upper and lower case`},
		{"a file that is a folder", []*zip.FileHeader{file("lib"), file("Lib/a.dll")}, `entry "Lib/a.dll": it is a file and a folder at once`},
		{"a folder that is a file", []*zip.FileHeader{file("lib/a.dll"), file("lib")}, `entry "lib": it is a file and a folder at once`},
		{"an encrypted file", []*zip.FileHeader{{Name: "agent.exe", Flags: 1}}, `entry "agent.exe": it is encrypted: pack the agent without a password`},
		{"a link", []*zip.FileHeader{link("agent.exe")}, `entry "agent.exe": it is no plain file (L---------)`},
		{"folders only", []*zip.FileHeader{file("lib/")}, "there is no file in it"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := write(t, pack(t, tt.entries...))
			_, err := Read(path)
			require.ErrorContains(t, err, tt.want)
			require.ErrorContains(t, err, path+": ")
		})
	}
}

func link(name string) *zip.FileHeader {
	h := file(name)
	h.SetMode(os.ModeSymlink | 0o777)
	return h
}

func TestReadRefusesWhatIsNoArchive(t *testing.T) {
	_, err := Read(filepath.Join(t.TempDir(), "missing.zip"))
	require.ErrorIs(t, err, os.ErrNotExist)
	_, err = Read(t.TempDir())
	require.ErrorContains(t, err, " is not a file")
	path := write(t, []byte("MZ this is an installer"))
	_, err = Read(path)
	require.EqualError(t, err, path+": not a zip file: zip: not a valid zip file")
}

func TestReadChecksTheContent(t *testing.T) {
	content := pack(t, file("agent.exe"))
	local := bytes.Index(content, []byte("agent.exe")) + len("agent.exe")
	content[local+3] ^= 0xFF
	_, err := Read(write(t, content))
	require.ErrorContains(t, err, `entry "agent.exe": `)
}

// TestReadStopsAtABomb has an archive of a few KiB with more than the limit in it.
func TestReadStopsAtABomb(t *testing.T) {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, name := range []string{"a", "b", "c"} {
		content, err := w.Create(name)
		require.NoError(t, err)
		_, err = content.Write(make([]byte, 1<<20))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	require.Less(t, out.Len(), 1<<14)

	_, err := readFiles(bytes.NewReader(out.Bytes()), int64(out.Len()), limits{files: 3, size: 2 << 20})
	require.EqualError(t, err, `entry "c": with it the files have more than the 2 MiB that an agent may have`)
	_, err = readFiles(bytes.NewReader(out.Bytes()), int64(out.Len()), limits{files: 2, size: 3 << 20})
	require.EqualError(t, err, "3 entries, more than the 2 that an agent may have")
	files, err := readFiles(bytes.NewReader(out.Bytes()), int64(out.Len()), limits{files: 3, size: 3 << 20})
	require.NoError(t, err)
	require.Len(t, files, 3)
}

func TestFind(t *testing.T) {
	archive, err := Read(write(t, pack(t, file("bin/Agent.exe"), file("tool.EXE"), file("readme.txt"))))
	require.NoError(t, err)
	found, err := archive.Find(`BIN\agent.exe`)
	require.NoError(t, err)
	require.Equal(t, `bin\Agent.exe`, found.Name)
	found, err = archive.Find("bin/agent.exe")
	require.NoError(t, err)
	require.Equal(t, `bin\Agent.exe`, found.Name)

	_, err = archive.Find("agent.exe")
	require.EqualError(t, err, `there is no "agent.exe" in `+archive.Path+`; its programs are bin\Agent.exe, tool.EXE`)

	archive.Files = archive.Files[2:]
	_, err = archive.Find("agent.exe")
	require.EqualError(t, err, `there is no "agent.exe" in `+archive.Path+`; it has no program, only readme.txt`)
	for range 11 {
		archive.Files = append(archive.Files, archive.Files[0])
	}
	_, err = archive.Find("agent.exe")
	require.ErrorContains(t, err, ", readme.txt and 2 more")
}
