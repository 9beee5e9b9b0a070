# Windows 7 SP1 in QEMU, with .NET 4.0 and the guest agent, published raw in Glance.
#
#   packer init example/windows7-qemu.pkr.hcl
#   packer build -var iso_url=... -var cloud=... example/windows7-qemu.pkr.hcl

packer {
  required_plugins {
    guestprep = {
      version = ">= 0.1.0"
      source  = "github.com/guestprep/guestprep"
    }
  }
}

variable "iso_url" {
  description = "Path or URL of the installation ISO."
  type        = string
  default     = "en_windows_7_professional_with_sp1_x86_dvd_u_677056.iso"
}

variable "iso_checksum" {
  description = "The ISO's checksum."
  type        = string
  default     = "sha1:d89937df3a9bc2ec1a1486195fd308cd3dade928"
}

variable "disk_size" {
  description = "Size of the disk; a flavor in the cloud must not be smaller."
  type        = string
  default     = "25G"
}

variable "dotnet" {
  description = "Path of the .NET Framework 4.0 installer."
  type        = string
  default     = "dotNetFx40_Full_x86_x64.exe"
}

variable "dotnet_sha256" {
  description = "The installer's SHA-256."
  type        = string
  default     = "65e064258f2e418816b304f646ff9e87af101e4c9552ab064bb74d281c38659f"
}

variable "agent" {
  description = "Path of the guest agent's archive."
  type        = string
  default     = "GuestAgent.zip"
}

variable "host_controller" {
  description = "Where the agent finds its controller, in the cloud."
  type        = string
  default     = "192.168.0.1"
}

variable "cloud" {
  description = "A cloud in clouds.yaml."
  type        = string
  default     = "openstack"
}

variable "image_name" {
  description = "The image's name in Glance."
  type        = string
  default     = "SandboxImage"
}

variable "output_directory" {
  description = "Where the disk image is kept on this host."
  type        = string
  default     = "output-windows7"
}

source "guestprep-qemu" "windows7" {
  iso_url          = var.iso_url
  iso_checksum     = var.iso_checksum
  edition          = "Windows 7 PROFESSIONAL"
  disk_size        = var.disk_size
  output_directory = var.output_directory
}

build {
  sources = ["source.guestprep-qemu.windows7"]

  provisioner "guestprep-windows" {
    package {
      name      = "dotnet-4.0"
      file      = var.dotnet
      sha256    = var.dotnet_sha256
      arguments = ["/q", "/norestart"]
    }
    guest_agent {
      archive         = var.agent
      host_controller = var.host_controller
    }
  }

  post-processor "guestprep-glance" {
    cloud      = var.cloud
    image_name = var.image_name
  }
}
