// Packer-plugin-guestprep turns a Windows 7 SP1 installation ISO into an OpenStack image.
package main

import (
	"fmt"
	"log"
	"os"

	packersdk "github.com/hashicorp/packer-plugin-sdk/packer"
	"github.com/hashicorp/packer-plugin-sdk/plugin"
	"github.com/hashicorp/packer-plugin-sdk/version"

	"github.com/guestprep/packer-plugin-guestprep/builder/qemu"
	"github.com/guestprep/packer-plugin-guestprep/post-processor/glance"
	"github.com/guestprep/packer-plugin-guestprep/provisioner/windows"
)

// The version of the plugin. A release has no prerelease part; the release build sets both.
var (
	versionCore       = "0.1.0"
	versionPrerelease = "dev"
)

func main() {
	// Packer strikes out only the secrets it knows itself, so what we log must be clean when it leaves us.
	packersdk.LogSecretFilter.SetOutput(os.Stderr)
	log.SetOutput(&packersdk.LogSecretFilter)

	set := plugin.NewSet()
	set.RegisterBuilder("qemu", new(qemu.Builder))
	set.RegisterProvisioner("windows", new(windows.Provisioner))
	set.RegisterPostProcessor("glance", new(glance.PostProcessor))
	set.SetVersion(version.NewPluginVersion(versionCore, versionPrerelease, ""))
	if err := set.Run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
