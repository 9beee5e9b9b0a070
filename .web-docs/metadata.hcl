# What Packer's site needs to show the manual. The other files beside this one are made by `make generate`.
integration {
  name        = "guestprep"
  description = "Turn a Windows 7 SP1 installation ISO into an OpenStack image for malware sandboxes."
  identifier  = "packer/guestprep/guestprep"
  component {
    type = "builder"
    name = "guestprep-qemu"
    slug = "qemu"
  }
  component {
    type = "provisioner"
    name = "guestprep-windows"
    slug = "windows"
  }
  component {
    type = "post-processor"
    name = "guestprep-glance"
    slug = "glance"
  }
}
