package e2e

import (
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestDescribe holds what the plugin tells Packer of itself: what is registered, and nothing else.
func TestDescribe(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), built.plugin, "describe").Output()
	require.NoError(t, err)
	require.JSONEq(t, `{
		"version": "0.1.0-dev", "sdk_version": "0.6.10", "api_version": "x5.0", "protocol_version": "v2",
		"builders": ["qemu"], "provisioners": ["windows"], "post_processors": ["glance"], "datasources": []
	}`, string(out))
}
