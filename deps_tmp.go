package main

import (
	_ "github.com/digitalocean/go-qemu/qmp"
	_ "github.com/diskfs/go-diskfs"
	_ "github.com/diskfs/go-diskfs/filesystem/iso9660"
	_ "github.com/gophercloud/gophercloud/v2/openstack/config/clouds"
	_ "github.com/gophercloud/gophercloud/v2/openstack/image/v2/images"
	_ "github.com/gophercloud/gophercloud/v2/openstack/image/v2/imagedata"
	_ "github.com/hashicorp/hcl/v2/hcldec"
	_ "github.com/hashicorp/packer-plugin-sdk/plugin"
	_ "github.com/hashicorp/packer-plugin-sdk/communicator"
	_ "github.com/hashicorp/packer-plugin-sdk/multistep/commonsteps"
	_ "github.com/hashicorp/packer-plugin-sdk/template/config"
	_ "github.com/spakin/netpbm"
	_ "github.com/google/uuid"
	_ "github.com/docker/go-units"
	_ "github.com/google/go-cmp/cmp"
	_ "github.com/stretchr/testify/require"
	_ "github.com/zclconf/go-cty/cty"
)

func main() {}
