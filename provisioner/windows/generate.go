package windows

//go:generate go tool packer-sdc mapstructure-to-hcl2 -type Config,Package,GuestAgent,Seal
