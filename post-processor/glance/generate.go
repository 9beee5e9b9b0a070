package glance

//go:generate go tool packer-sdc mapstructure-to-hcl2 -type Config
