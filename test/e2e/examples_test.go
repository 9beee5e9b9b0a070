package e2e

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guestprep/packer-plugin-guestprep/test/openstack"
)

// TestExamplesAreValid has Packer check every example, and its formatting.
func TestExamplesAreValid(t *testing.T) {
	cloud := openstack.Up(t)
	examples, err := filepath.Glob(filepath.Join(built.root, "example", "*.pkr.hcl"))
	require.NoError(t, err)
	require.NotEmpty(t, examples)
	for _, example := range examples {
		t.Run(filepath.Base(example), func(t *testing.T) {
			p := newPacker(t, "OS_CLIENT_CONFIG_FILE="+cloud.ClientConfigFile)
			args := exampleArgs(t, cloud)
			args = append([]string{"validate"}, args[2:len(args)-1]...) // validate has no colours to turn off
			require.Zero(t, p.run(t, append(args, example)...))
			require.Equal(t, "The configuration is valid.\n", p.output.String())
			require.Zero(t, newPacker(t).run(t, "fmt", "-check", "-diff", example))
		})
	}
}
