# A disk that somebody else made, published by the post-processor alone.
packer {
  required_plugins {
    guestprep = {
      version = ">= 0.1.0"
      source  = "github.com/guestprep/guestprep"
    }
  }
}

variable "disk" {
  type = string
}

variable "cloud" {
  type = string
}

source "file" "disk" {
  source = var.disk
  target = "published.qcow2"
}

build {
  sources = ["source.file.disk"]

  post-processor "guestprep-glance" {
    cloud      = var.cloud
    image_name = "published"
  }
}
