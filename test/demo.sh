#!/usr/bin/env bash
# demo.sh: the main job, for real and on this machine alone. Builds Packer, the plugin and a guest that stands in for
# Windows 7, starts a Keystone and a Glance, and runs `packer build` on the example.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }

cleanup() { [ ! -d "$work/cloud" ] || test/openstack/down.sh "$work/cloud" >/dev/null; rm -rf "$work"; }
work=$(mktemp -d)
trap cleanup EXIT
trap 'exit 130' INT TERM

say "1. Packer"
packer=$(tools/build.sh packer-core)
"$packer" version

say "2. The plugin"
export CHECKPOINT_DISABLE=1 PACKER_PLUGIN_PATH=$work/plugins PACKER_CACHE_DIR=$work/cache PACKER_CONFIG_DIR=$work
go build -o "$work/packer-plugin-guestprep" .
"$packer" plugins install --path "$work/packer-plugin-guestprep" github.com/guestprep/guestprep

say "3. The stand-in for Windows 7"
standin=$(test/standin/build.sh | tail -n 1)
ls -lh "$standin"

say "4. A cloud: Keystone and Glance"
test/openstack/up.sh "$work/cloud"
export OS_CLIENT_CONFIG_FILE=$work/cloud/clouds.yaml
cloud=guestprep-member image=SandboxImage

say "5. packer build example/windows7-qemu.pkr.hcl"
sum() { sha256sum "$1" | cut -d' ' -f1; }
"$packer" build -force \
  -var "iso_url=$standin/standin.iso" -var "iso_checksum=sha256:$(sum "$standin/standin.iso")" \
  -var "dotnet=$standin/dotNetFx40_Full_x86_x64.exe" -var "dotnet_sha256=$(sum "$standin/dotNetFx40_Full_x86_x64.exe")" \
  -var "agent=$standin/GuestAgent.zip" -var disk_size=4G -var "cloud=$cloud" -var "image_name=$image" \
  -var output_directory=output-demo example/windows7-qemu.pkr.hcl

say "6. The published image, as OpenStack's own client shows it"
PATH=/usr/bin:/bin openstack --os-cloud "$cloud" image show -f yaml "$image" # Debian's Python, whatever is first in PATH

say "The guest's screen: $PWD/output-demo/connected.png"
echo "The disk it was installed on: $(ls -lh output-demo/*.qcow2)"
