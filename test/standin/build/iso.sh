# iso.sh: the stand-in's own programs, and the ISO.
# shellcheck source=functions.sh
. "$(dirname "$0")/functions.sh"
cmd=$4

# The Windows tools that Wine lacks or only pretends to have, and a few whose errors it keeps to itself (cscript, wscript).
# All are one program; those without an implementation refuse. See tools/tools.go.
tools="schtasks certutil net net1 netsh sc shutdown wevtutil findstr tasklist powershell dism bcdedit powercfg pnputil timeout icacls
  cacls takeown setx systeminfo wusa cscript wscript wmic bitsadmin diskpart sysprep w32tm tzutil forfiles sort more ping query quser
  logoff gpupdate secedit defrag cipher compact vssadmin wbadmin robocopy mofcomp winmgmt msinfo32 mshta ngen regasm regsvcs
  regini lodctr unlodctr fsutil netstat arp route nslookup tracert whoami iexplore wordpad write wmplayer sdclt rstrui driverquery
  openfiles gpresult auditpol cmdkey runas choice waitfor clip dispdiag mountvol label chkdsk chkntfs convert bootcfg ipconfig"

programs() {
  (cd "$here" && GOOS=linux GOARCH=386 CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags='-s -w' -o "$work/standin" ./cmd/standin)
  cc() { i686-w64-mingw32-gcc -O2 -s -Wall -o "$work/$1.exe" "$here/win/$1.c" "${@:2}"; }
  cc proxy -municode -lws2_32
  cc runner -municode
  cc regd
  cc dotnet -municode -lws2_32
  cc agent -municode -lws2_32 -liphlpapi
  cc injector
}

# guest puts the programs into the root and the prefix. The large part of both is hard links to the cache, so files are
# replaced and never written to.
guest() {
  local r=$work/root c=$work/root/wp/drive_c t
  cp -al "$base/root" "$r"
  rmdir "$r/wp"
  cp -al "$base/wp" "$r/wp"
  # Three of Wine's own services that nothing here needs, a process each: on demand instead of at every boot. Of the time
  # zones only UTC, which is what the clock runs in: every program that starts reads all that there are.
  awk '/^\[/ {quiet = /Services\\\\(PlugPlay|Eventlog|NDIS)\]/; zone = /Time Zones\\\\/ && !/Time Zones\\\\UTC\]/}
    quiet && /^"Start"=/ {$0 = "\"Start\"=dword:00000003"} !zone {print}' \
    "$base/wp/system.reg" >"$work/system.reg"
  if cmp -s "$base/wp/system.reg" "$work/system.reg"; then return 1; fi
  mv -f "$work/system.reg" "$r/wp/system.reg"
  # No Z: drive, which would show Linux to Windows programs, and no COM ports.
  rm -f "$r"/wp/dosdevices/{z:,com?}
  install -m 755 "$work/standin" "$here/guest/udhcpc" "$r/sbin/"
  rm -f "$r/sbin/prefix"
  mkdir -p "$c/windows/standin/jobs" "$c/windows/Panther"
  cp "$work"/{runner,regd}.exe "$c/windows/standin/"
  cp "$work/proxy.exe" "$c/windows/standin/winrm.exe"
  for t in $tools; do
    # Wine prefers its own program over a foreign one of the same name, so that goes.
    rm -f "$c/windows/system32/$t.exe" "$r/$lib/wine/i386-windows/$t.exe"
    ln "$work/proxy.exe" "$c/windows/system32/$t.exe"
  done
  rm -f "$c/windows/system32/cmd.exe" "$r/$lib/wine/i386-windows/cmd.exe"
  cp "$cmd/cmd.exe" "$here"/guest/system32/* "$c/windows/system32/"
  echo 'quiet loglevel=0 console=tty0 net.ifnames=0 clearcpuid=smap nosmap' >"$r/etc/cmdline"
}

image() {
  local t=$work/iso
  mkdir -p "$t"/{boot,sources,isolinux}
  squash "$work/root" "$t/sources/install.sqfs"
  initrd "$t/boot/initrd.img"
  cp "$base"/kernel/boot/vmlinuz-* "$t/boot/vmlinuz"
  cp "$here/guest/editions.txt" "$t/sources/"
  cp /usr/lib/ISOLINUX/isolinux.bin /usr/lib/syslinux/modules/bios/ldlinux.c32 "$t/isolinux/"
  printf 'DEFAULT w\nPROMPT 0\nTIMEOUT 1\nLABEL w\n KERNEL /boot/vmlinuz\n APPEND initrd=/boot/initrd.img standin=setup %s\n' \
    "$(cat "$work/root/etc/cmdline")" >"$t/isolinux/isolinux.cfg"
  xorriso -as mkisofs -quiet -o "$work/standin.iso" -V GRMCPRXFRER_EN_DVD -J -R -b isolinux/isolinux.bin -c isolinux/boot.cat \
    -no-emul-boot -boot-load-size 4 -boot-info-table "$t"
}

# The two stand-in installers that tests hand to the provisioner.
payload() {
  local a=$work/agent
  mv "$work/dotnet.exe" "$work/dotNetFx40_Full_x86_x64.exe"
  mkdir -p "$a"/{tessdata,x86,strings}
  cp "$work/agent.exe" "$a/InstallerAnalyzer1_Guest.exe"
  cp "$work/injector.exe" "$a/Injector.exe"
  cp "$here"/guest/agent/InstallerAnalyzer1_Guest.exe.config "$a/"
  echo 'not a trained model' >"$a/tessdata/eng.traineddata"
  cp "$work/injector.exe" "$a/strings/strings.exe"
  cp "$work/injector.exe" "$a/x86/liblept172.dll"
  (cd "$a" && find . -type f | sort | TZ=UTC zip -q -X "$work/GuestAgent.zip" -@)
}

need squashfs-tools cpio kmod gcc-mingw-w64-i686-win32 xorriso isolinux syslinux-common zip
step "the stand-in's programs" programs
step "the guest's files" guest
step "the installation ISO" image
step "the stand-in installers" payload
rm -rf "$work"/{root,iso,agent,standin,log} "$work"/{proxy,runner,regd,agent,injector}.exe
echo "standin: $(($(stat -c %s "$work/standin.iso") / 1048576)) MB"
