#!/usr/bin/env bash
# build.sh: builds the stand-in's installation ISO and the two stand-in installers out of Debian packages, and prints as its
# last line the folder that holds standin.iso, dotNetFx40_Full_x86_x64.exe and GuestAgent.zip.
# Everything is kept under ${XDG_CACHE_HOME:-$HOME/.cache}/guestprep/standin, in folders named for the hash of what went in, so a
# second run only prints. Nothing is mounted and no program of the guest runs on the host (not every host can run 32-bit
# programs): what needs to run, runs in QEMU. Needs Debian 12 and Go; root only if packages are missing.
set -euo pipefail
export LC_ALL=C DEBIAN_FRONTEND=noninteractive
here=$(cd "$(dirname "$0")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/guestprep/standin
mkdir -p "$cache"

# key FILE...: a hash of the files' names and contents.
key() { (cd "$here" && sha256sum "$@") | sha256sum | cut -c1-16; }

sources() { (cd "$here" && find . -type f ! -name '*_test.go' ! -path './boot/*' ! -path '*/testdata/*' ! -name '*.md' | sort); }

base=$cache/base-$(key build/base.sh build/functions.sh guest/prefix) # guest/init only boots: it leaves no trace there
mapfile -t files < <(sources)
cmd=$cache/cmd-$(key build/cmd.sh build/functions.sh win/cmd/cmd.patch win/cmd/wine/debug.h)
result=$cache/iso-$(key "${files[@]}" ../../go.mod)

# make SCRIPT FOLDER: runs the script in a temporary folder, which becomes FOLDER only when all has gone well. The lock, which
# the kernel drops when we end, keeps a second run waiting instead of building the same again.
make() {
  local work=$2.part
  if [ -e "$2" ]; then return; fi
  exec 9>"$2.lock"
  flock 9
  if [ -e "$2" ]; then return; fi
  rm -rf "$work"
  mkdir "$work"
  bash "$here/build/$1" "$here" "$work" "$base" "$cmd"
  mv "$work" "$2"
}

make base.sh "$base"
make cmd.sh "$cmd"
make iso.sh "$result"
echo "$result"
