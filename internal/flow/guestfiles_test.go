package flow

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

// cmd loses labels in scripts with bare LFs, and an editor changes line ends without being asked.
func TestGuestFilesHaveCRLF(t *testing.T) {
	require.NotEmpty(t, openWinRM)
	require.Equal(t, bytes.Count(openWinRM, []byte("\n")), bytes.Count(openWinRM, []byte("\r\n")))
	for _, c := range openWinRM {
		require.Less(t, c, byte(0x80), "the script is read in the OEM code page")
	}
}
