#!/usr/bin/env bash
# build.sh NAME: builds the tool that tools/NAME/go.mod pins, unless it has been built from the same pins before, and
# prints the path of its program. Its own output goes to stderr.
set -euo pipefail
cd "$(dirname "$0")/$1"
package=$(sed -n 's/^tool //p' go.mod)
key=$(cat go.mod go.sum <(go version) | sha256sum | cut -c1-16)
dir=${XDG_CACHE_HOME:-$HOME/.cache}/guestprep/tools
program=$dir/$1-$key/$(basename "$1")
mkdir -p "$(dirname "$program")"
exec 9>"$program.lock"
flock 9
if [ ! -x "$program" ]; then
  echo "building $package, once: this takes minutes" >&2
  go build -o "$program.new" "$package" >&2
  mv "$program.new" "$program"
fi
echo "$program"
