package wine

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestResolve(t *testing.T) {
	c, e := t.TempDir(), t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(c, "windows", "Temp"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(e, "Autounattend.xml"), nil, 0o600))
	drives := Drives{"c": c, "e": e}
	tests := []struct {
		name, cwd, path, want string
	}{
		{"absolute, other case", `C:\`, `C:\WINDOWS\temp\New File.txt`, c + "/windows/Temp/New File.txt"},
		{"relative", `C:\Windows`, `temp\x`, c + "/windows/Temp/x"},
		{"root of the current drive", `E:\`, `\autounattend.xml`, e + "/Autounattend.xml"},
		{"slashes", `C:\`, `c:/windows/temp`, c + "/windows/Temp"},
		{"dots", `C:\windows\temp`, `..\.\x`, c + "/windows/x"},
		{"never above the root", `C:\`, `..\..\etc\passwd`, c + "/etc/passwd"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := drives.Resolve(tt.cwd, tt.path)
			require.NoError(t, err)
			require.Equal(t, tt.want, got)
		})
	}
}

func TestResolveRefusesAnUnknownDrive(t *testing.T) {
	_, err := Drives{"c": t.TempDir()}.Resolve(`C:\`, `Q:\x`)
	require.ErrorContains(t, err, `path "Q:\\x"`)
}
