# base.sh: all that changes rarely: the guest's kernel, its small root with Wine, and a finished Wine prefix.
# shellcheck source=functions.sh
. "$(dirname "$0")/functions.sh"
base=$work
suite=bookworm
packages="wine32 busybox-static extlinux e2fsprogs libfontconfig1 libfreetype6 libgnutls30 libgcc-s1 libgssapi-krb5-2 fonts-liberation"

# apt_i386 ARG...: apt with folders of its own, as a 32-bit machine with nothing installed would run it.
apt_i386() {
  "$1" -qq -o APT::Architecture=i386 -o APT::Architectures=i386 -o APT::Sandbox::User=root -o APT::Install-Recommends=false \
    -o Dir::State="$work/apt/state" -o Dir::State::status="$work/apt/status" -o Dir::Cache="$work/apt/cache" \
    -o Dir::Etc::sourcelist="$work/apt/sources.list" -o Dir::Etc::sourceparts=- "${@:2}"
}

lists() {
  local mirror
  mirror=$(apt-get indextargets --format '$(REPO_URI)' | awk '/\/debian\/$/ && !n++')
  mkdir -p "$work"/apt/{state/lists/partial,cache/archives/partial}
  : >"$work/apt/status"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${mirror:?apt has no Debian mirror in its sources} $suite main" >"$work/apt/sources.list"
  apt_i386 apt-get update
}

# Unpacked, not installed: no maintainer script runs, so the host need not be able to run 32-bit programs.
unpack() {
  local image deb
  # shellcheck disable=SC2086 # a list
  apt_i386 apt-get install -y --download-only $packages
  mkdir "$work/full" "$work/kernel"
  ln -s usr/bin "$work/full/bin"
  for deb in bin sbin lib; do mkdir -p "$work/full/usr/$deb"; ln -sfn "usr/$deb" "$work/full/$deb"; done
  # tar follows the links of the merged /usr only if told to; dpkg-deb -x would replace them by folders.
  for deb in "$work"/apt/cache/archives/*.deb; do dpkg-deb --fsys-tarfile "$deb" | tar -x --keep-directory-symlink -C "$work/full"; done
  # 686-pae: the cloud kernel lacks e1000, AHCI and floppy.
  image=$(apt_i386 apt-cache depends linux-image-686-pae | awk '/Depends: linux-image-/ {print $2}')
  (cd "$work/apt" && apt_i386 apt-get download "$image")
  dpkg-deb -x "$work"/apt/"$image"_*.deb "$work/kernel"
  depmod -b "$work/kernel" "$(ls "$work/kernel/lib/modules")"
}

# take FILE...: copies programs and libraries with all that they link against. objdump instead of ldd, which would run them.
take() {
  local file name
  for file; do
    if [ -e "$work/root/$file" ]; then continue; fi
    mkdir -p "$work/root/$(dirname "$file")"
    cp -L "$work/full/$file" "$work/root/$file"
    for name in $(objdump -p "$work/full/$file" 2>/dev/null | awk '$1 == "NEEDED" {print $2}'); do
      for name in "$lib/$name" "lib/i386-linux-gnu/$name" "lib/$name"; do
        if [ -e "$work/full/$name" ]; then take "$name"; break; fi
      done
    done
  done
}

# 725 MB of packages become 380 MB, 93 MB as lz4.
slim() {
  local r=$work/root m
  mkdir -p "$r"/{dev,proc,sys,tmp,run,root,cd,disk,media,wp,etc/fonts,usr/share,usr/{bin,sbin,lib},"$lib/wine"}
  for m in bin sbin lib; do ln -s "usr/$m" "$r/$m"; done
  cp "$work/full/bin/busybox" "$r/bin/"
  ln -s busybox "$r/bin/sh"
  printf 'root:x:0:0::/root:/bin/sh\n' >"$r/etc/passwd"
  printf 'root:x:0:\n' >"$r/etc/group"
  printf 'hosts: files dns\n' >"$r/etc/nsswitch.conf"
  printf '127.0.0.1 localhost\n' >"$r/etc/hosts"
  take usr/lib/wine/wine usr/lib/wine/wineserver32 lib/ld-linux.so.2
  # The Unix halves of Wine that a guest without X and sound needs.
  for m in ntdll ws2_32 bcrypt crypt32 secur32 nsiproxy mountmgr netapi32 dnsapi win32u msv1_0 localspl kerberos; do
    if [ -e "$work/full/$lib/wine/i386-unix/$m.so" ]; then take "$lib/wine/i386-unix/$m.so"; fi
  done
  # What Wine and glibc dlopen, which NEEDED does not name. Without libfontconfig Wine respawns itself thousands of times;
  # without libgcc_s every thread that ends aborts its process.
  take "$lib"/lib{fontconfig.so.1,freetype.so.6,gnutls.so.30,gcc_s.so.1,nss_dns.so.2,nss_files.so.2} || take lib/i386-linux-gnu/libgcc_s.so.1
  cp -a "$work"/full/usr/share/{wine,fonts,fontconfig} "$r/usr/share/"
  cp -a "$work"/full/etc/fonts/. "$r/etc/fonts/"
  # The Windows halves, without debug data: 550 -> 162 MB. Sections begin at whole pages, so that Wine maps them instead of
  # reading each DLL into each process, which halves the time that a program takes to start.
  cp -a "$work/full/$lib/wine/i386-windows" "$r/$lib/wine/"
  find "$r/$lib/wine/i386-windows" -type f -print0 | xargs -0 -n1 -P"$(nproc)" i686-w64-mingw32-objcopy --strip-all --file-alignment=4096
  # user32 imports zlib1.dll, which is another package's. The mark is what "winebuild --builtin" writes: Wine then finds it.
  cp "$work/full/usr/i686-w64-mingw32/lib/zlib1.dll" "$r/$lib/wine/i386-windows/"
  printf 'Wine builtin DLL\0' | dd of="$r/$lib/wine/i386-windows/zlib1.dll" bs=1 seek=64 conv=notrunc status=none
  take usr/sbin/mke2fs usr/bin/extlinux
  cp "$work/full/etc/mke2fs.conf" "$r/etc/"
  cp "$work/full/usr/lib/EXTLINUX/mbr.bin" "$r/usr/lib/"
  install -m 755 "$here/guest/prefix" "$r/sbin/prefix"
}

# The prefix is what "wineboot" makes; it runs in the guest's own system, which leaves it as a tar on its second disk.
prefix() {
  squash "$work/root" "$work/root.sqfs"
  initrd "$work/initrd.img"
  truncate -s 2G "$work/prefix.tar"
  timeout -k 5 1500 qemu-system-x86_64 -accel tcg,thread=multi -cpu qemu64 -smp 2 -m 2048 -display none -no-reboot -nic none -serial stdio \
    -kernel "$work"/kernel/boot/vmlinuz-* -initrd "$work/initrd.img" -append "quiet console=ttyS0 panic=-1 standin=prefix clearcpuid=smap nosmap" \
    -drive "file=$work/root.sqfs,format=raw,if=virtio,readonly=on" -drive "file=$work/prefix.tar,format=raw,if=virtio" </dev/null >"$work/prefix.log"
  cat "$work/prefix.log"
  tar -x -f "$work/prefix.tar" -C "$work"
  grep -q 'Microsoft Windows 6\.1\.7601' "$work/prefix.log" # what "ver" prints
}

need debian-archive-keyring squashfs-tools cpio kmod gcc-mingw-w64-i686-win32 binutils-mingw-w64-i686 qemu-system-x86 xorriso isolinux syslinux-common zip
step "Debian's package lists" lists
step "the guest's packages and kernel" unpack
step "the guest's root" slim
step "the Wine prefix (made in QEMU)" prefix
rm -rf "$work"/{apt,full,root.sqfs,prefix.tar,prefix.log,initrd.img,log}
