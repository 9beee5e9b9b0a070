# The builder alone.
packer {
  required_plugins {
    guestprep = {
      version = ">= 0.1.0"
      source  = "github.com/guestprep/guestprep"
    }
  }
}

variable "iso_url" {
  type = string
}

variable "iso_checksum" {
  type = string
}

variable "answer_file" {
  type    = string
  default = null
}

variable "winrm_password" {
  type      = string
  default   = null
  sensitive = true
}

variable "shutdown_command" {
  type    = string
  default = null
}

variable "skip_seal" {
  type    = bool
  default = null
}

source "guestprep-qemu" "windows7" {
  iso_url        = var.iso_url
  iso_checksum   = var.iso_checksum
  disk_size      = "4G"
  answer_file    = var.answer_file
  winrm_password = var.winrm_password

  shutdown_command = var.shutdown_command
  skip_seal        = var.skip_seal
}

build {
  sources = ["source.guestprep-qemu.windows7"]
}
