package qemu

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hcldec"
	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/hashicorp/packer-plugin-sdk/common"
	packersdk "github.com/hashicorp/packer-plugin-sdk/packer"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// prepare does with HCL text what Packer does: the text, through the spec, into the builder.
func prepare(t *testing.T, text string) (*Builder, error) {
	t.Helper()
	file, diags := hclparse.NewParser().ParseHCL([]byte(text), "source.hcl")
	require.False(t, diags.HasErrors(), diags.Error())
	b := new(Builder)
	value, diags := hcldec.Decode(file.Body, b.ConfigSpec(), &hcl.EvalContext{})
	require.False(t, diags.HasErrors(), diags.Error())
	_, _, err := b.Prepare(value, map[string]any{common.BuildNameConfigKey: "win7"})
	return b, err
}

// iso makes a file that passes for a medium at this stage, and moves to its folder, so that plans have no paths of the
// machine that runs the test.
func iso(t *testing.T) string {
	t.Helper()
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("win7.iso", []byte("not read yet"), 0o600))
	return "iso_url = \"win7.iso\"\niso_checksum = \"none\"\n"
}

func TestPlanGolden(t *testing.T) {
	dir, err := filepath.Abs("testdata")
	require.NoError(t, err)
	tests := []struct{ name, hcl string }{
		{"defaults", ""},
		{"everything", `
			edition = "Windows 7 ULTIMATE"
			time_zone = "W. Europe Standard Time"
			computer_name = "SANDBOX-1"
			vm_name = "sandbox"
			cpus = 4
			memory = 3072
			disk_size = "25000M"
			host_port_min = 5000
			host_port_max = 5001
			winrm_username = "analyst"
			winrm_password = "a secret of the user's"
			output_directory = "images/win7"
			shutdown_command = "shutdown /s /f /t 0"
			shutdown_timeout = "20m"
		`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b, err := prepare(t, iso(t)+tt.hcl)
			require.NoError(t, err)
			got := b.plan.String()
			golden := filepath.Join(dir, tt.name+".plan.json")
			if *update {
				require.NoError(t, os.WriteFile(golden, []byte(got), 0o644))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(string(want), got))
			require.True(t, json.Valid(want))
			require.NotContains(t, got, b.config.Comm.WinRMPassword)
		})
	}
}

func TestRefused(t *testing.T) {
	tests := []struct {
		name, hcl string
		want      []string // each error, whole
	}{
		{"no medium", ``, []string{"iso_url, iso_checksum: One of iso_url or iso_urls must be specified"}},
		{"no checksum", `iso_url = "win7.iso"`, []string{"iso_url, iso_checksum: A checksum must be specified"}},
		{
			"wrong path", "iso_url = \"win8.iso\"\niso_checksum = \"none\"",
			[]string{"iso_url: win8.iso: no such file: give the path or URL of a Windows 7 SP1 installation ISO"},
		},
		{
			"several at once", `
			iso_url = "win7.iso"
			iso_checksum = "none"
			cpus = -1
			memory = 512
			disk_size = "much"
			accelerator = "warp"
			computer_name = "guest_preparation"
			vm_name = "a/b"
			host_port_min = 5000
			host_port_max = 4000
			skip_seal = true
			shutdown_command = "shutdown /s"
			`,
			[]string{
				`computer_name: "guest_preparation": use 1 to 15 letters, digits and hyphens, not only digits`,
				`vm_name: "a/b" must be usable as a file name`,
				`cpus: -1: at least 1`,
				`memory: 512 MiB: Windows 7 needs 1024 at least`,
				`disk_size: "much" is not a size such as 25G or 25600M`,
				`host_port_min, host_port_max: 5000 to 4000 is not a range of ports`,
				`skip_seal, shutdown_command: "shutdown /s" replaces the seal already; leave skip_seal out`,
				`accelerator: "warp": use "kvm" or "tcg", or leave it out`,
			},
		},
		{
			"another communicator", "iso_url = \"win7.iso\"\niso_checksum = \"none\"\ncommunicator = \"ssh\"",
			[]string{`communicator: "ssh": Windows 7 is reached through winrm only; leave it out`},
		},
		{
			"encrypted WinRM", "iso_url = \"win7.iso\"\niso_checksum = \"none\"\nwinrm_use_ssl = true\nwinrm_host = \"10.0.0.1\"",
			[]string{
				`winrm_use_ssl, winrm_use_ntlm: the guest offers plain HTTP with Basic only, on the host's loopback; leave them out`,
				`winrm_host: "10.0.0.1": the builder forwards a port of 127.0.0.1; leave it out`,
			},
		},
		{
			"account called like the computer", "iso_url = \"win7.iso\"\niso_checksum = \"none\"\nwinrm_username = \"guest\"",
			[]string{`winrm_username: "guest" must differ from computer_name`},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			iso(t)
			_, err := prepare(t, tt.hcl)
			var errs *packersdk.MultiError
			require.ErrorAs(t, err, &errs)
			var got []string
			for _, e := range errs.Errors {
				got = append(got, e.Error())
			}
			require.Equal(t, tt.want, got)
		})
	}
}
