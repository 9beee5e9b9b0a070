# What base.sh and iso.sh share. They are run as: SCRIPT HERE WORK BASE.
set -euo pipefail
here=$1 work=$2 base=$3
lib=usr/lib/i386-linux-gnu

# step TEXT COMMAND...: runs the command with its output in a log, which is shown if the command fails. In the background,
# because bash ignores -e in whatever it runs inside an "if".
step() {
  local text=$1 start=$SECONDS
  shift
  "$@" >"$work/log" 2>&1 &
  if ! wait $!; then
    tail -n 40 "$work/log" >&2
    echo "build.sh: $text: failed" >&2
    exit 1
  fi
  echo "standin: $text ($((SECONDS - start)) s)"
}

# need PACKAGE...: installs what is missing on the host.
need() {
  local missing=() p
  for p; do dpkg -s "$p" >/dev/null 2>&1 || missing+=("$p"); done
  if [ ${#missing[@]} = 0 ]; then return; fi
  if [ "$(id -u)" != 0 ]; then
    echo "these packages are missing, and only root can install them: ${missing[*]}"
    return 1
  fi
  apt-get -qq update
  apt-get -qq install -y --no-install-recommends "${missing[@]}"
}

# initrd OUT: busybox, guest/init, and the modules that guest/init names with what they depend on.
initrd() {
  local dir=$work/initrd version module file
  version=$(ls "$base/kernel/lib/modules")
  rm -rf "$dir"
  mkdir -p "$dir"/{bin,dev,proc,sys,cd,disk,ro,rw,new,"lib/modules/$version"}
  cp "$base/root/bin/busybox" "$dir/bin/"
  install -m 755 "$here/guest/init" "$dir/init"
  for module in $(sed -n 's/^modules="\(.*\)"$/\1/p' "$here/guest/init"); do
    modprobe -d "$base/kernel" -S "$version" --show-depends "$module" | awk '$1 == "insmod" {print $2}'
  done | sort -u | while read -r file; do
    file=lib/modules/${file#*/lib/modules/}
    install -D -m 644 "$base/kernel/$file" "$dir/$file"
  done
  cp "$base/kernel/lib/modules/$version"/modules.{order,builtin,builtin.modinfo} "$dir/lib/modules/$version/"
  depmod -b "$dir" "$version"
  (cd "$dir" && find . | cpio -o -H newc -R 0:0 --quiet | gzip -9) >"$1"
  rm -rf "$dir"
}

# squash FOLDER OUT: lz4 is packed in a second and quick to read under TCG; xz would be 40 % smaller and take 40 s.
squash() { mksquashfs "$1" "$2" -comp lz4 -noappend -no-progress -quiet -all-root >/dev/null; }
