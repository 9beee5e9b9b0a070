package guest

import (
	"bytes"
	"embed"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func requireGolden(t *testing.T, name, got string) {
	t.Helper()
	golden := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(got), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}

//go:embed scripts
var scripts embed.FS

// TestScriptsAreAsCmdReadsThem guards the line ends, which an editor or git may change: without the carriage return cmd
// does not find its labels.
func TestScriptsAreAsCmdReadsThem(t *testing.T) {
	entries, err := scripts.ReadDir("scripts")
	require.NoError(t, err)
	require.NotEmpty(t, entries)
	for _, entry := range entries {
		t.Run(entry.Name(), func(t *testing.T) {
			content, err := scripts.ReadFile("scripts/" + entry.Name())
			require.NoError(t, err)
			require.Equal(t, bytes.Count(content, []byte("\n")), bytes.Count(content, []byte("\r\n")))
			require.True(t, bytes.HasSuffix(content, []byte("\r\n")))
			for _, b := range content {
				require.Less(t, b, byte(0x80), "ASCII means the same in every code page")
			}
		})
	}
}
