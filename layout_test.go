package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/guestprep/packer-plugin-guestprep"

// mayImport says for each package which others of this module it may import. Data goes one way: from the configuration
// to the plan, the machine, the guest, the disk, the cloud. A package that is not here has no room yet.
var mayImport = map[string][]string{
	"":                       {"builder/qemu", "provisioner/windows", "post-processor/glance"},
	"builder/qemu":           {"internal/hclconf", "internal/plan", "internal/flow", "internal/qemu", "internal/answer", "internal/machine"},
	"provisioner/windows":    {"internal/guest", "internal/guest/cmdline", "internal/guest/task", "internal/payload", "internal/agent", "internal/human"},
	"post-processor/glance":  {"internal/artifact", "internal/diskimg", "internal/glance", "internal/human"},
	"internal/agent":         {"internal/guest/cmdline", "internal/guest/task"},
	"internal/answer":        {},
	"internal/artifact":      {},
	"internal/diskimg":       {"internal/run"},
	"internal/flow":          {"internal/plan", "internal/machine", "internal/answer", "internal/media", "internal/artifact", "internal/guest", "internal/human"},
	"internal/glance":        {},
	"internal/guest":         {"internal/payload", "internal/guest/task", "internal/guest/cmdline"},
	"internal/guest/cmdline": {},
	"internal/guest/task":    {},
	"internal/hclconf":       {},
	"internal/human":         {},
	"internal/machine":       {},
	"internal/media":         {"internal/run"},
	"internal/payload":       {},
	"internal/plan":          {"internal/answer", "internal/machine"},
	"internal/qemu":          {"internal/machine", "internal/run", "internal/diskimg"},
	"internal/run":           {},
}

func TestImports(t *testing.T) {
	for path, imports := range packages(t) {
		if strings.HasPrefix(path, "test/") || strings.HasSuffix(path, "test") {
			continue
		}
		allowed, known := mayImport[path]
		if !known {
			t.Errorf("%q is not in the table", path)
		}
		for _, i := range imports {
			if !slices.Contains(allowed, i) {
				t.Errorf("%q imports %q, which is not its to import", path, i)
			}
		}
	}
}

// packages returns the module's packages and what of the module each imports.
func packages(t *testing.T) map[string][]string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", "./...").Output()
	require.NoError(t, err)
	all := map[string][]string{}
	dec := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p struct {
			ImportPath string
			Imports    []string
		}
		err := dec.Decode(&p)
		if errors.Is(err, io.EOF) {
			return all
		}
		require.NoError(t, err)
		var own []string
		for _, i := range p.Imports {
			if name, ok := strings.CutPrefix(i, module+"/"); ok {
				own = append(own, name)
			}
		}
		all[strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/")] = own
	}
}
