package agent

import (
	"archive/zip"
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func FuzzRead(f *testing.F) {
	f.Add(pack(f, file("agent.exe"), file("x86/a.dll")))
	f.Add(pack(f, file(`..\agent.exe`)))
	f.Add(pack(f, file("lib/"), file("LIB/a.dll"), file("lib/A.dll")))
	f.Fuzz(func(t *testing.T, data []byte) {
		files, err := readFiles(bytes.NewReader(data), int64(len(data)), agentLimits)
		if err != nil {
			return
		}
		requireSafe(t, files)
	})
}

// FuzzNames reaches names that changing a zip file's bytes seldom does.
func FuzzNames(f *testing.F) {
	f.Add("a/b.dll", `A\B.dll`)
	f.Add("..", "con.txt")
	f.Fuzz(func(t *testing.T, a, b string) {
		var names nameSet
		var files []File
		for _, name := range []string{a, b} {
			if accepted, err := names.add(&zip.File{FileHeader: zip.FileHeader{Name: name}}); err == nil && !strings.HasSuffix(accepted, `\`) {
				files = append(files, File{Name: accepted})
			}
		}
		requireSafe(t, files)
	})
}

func requireSafe(t *testing.T, files []File) {
	t.Helper()
	seen := map[string]bool{}
	for _, f := range files {
		require.True(t, filepath.IsLocal(strings.ReplaceAll(f.Name, `\`, "/")), f.Name)
		require.NotContains(t, f.Name, "/")
		require.False(t, strings.ContainsAny(f.Name, "\"|:*?<>\r\n\x00"), f.Name)
		require.LessOrEqual(t, f.Size, agentLimits.size)
		key := strings.ToLower(f.Name)
		require.False(t, seen[key], f.Name)
		seen[key] = true
	}
}
