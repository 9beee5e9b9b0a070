# cmd.sh: Wine's cmd with win/cmd/cmd.patch.
# shellcheck source=functions.sh
. "$(dirname "$0")/functions.sh"

fetch() {
  local mirror
  mirror=$(apt-get indextargets --format '$(REPO_URI)' | awk '/\/debian\/$/ && !n++')
  mkdir -p "$work"/apt/{state/lists/partial,cache/archives/partial}
  : >"$work/apt/status"
  echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${mirror:?apt has no Debian mirror in its sources} bookworm main" >"$work/apt/sources.list"
  local apt=(apt-get -qq -o APT::Sandbox::User=root -o Dir::State="$work/apt/state" -o Dir::State::status="$work/apt/status"
    -o Dir::Cache="$work/apt/cache" -o Dir::Etc::sourcelist="$work/apt/sources.list" -o Dir::Etc::sourceparts=-)
  "${apt[@]}" update
  (cd "$work/apt" && "${apt[@]}" source --download-only wine)
  tar -x -f "$work"/apt/wine_*.orig.tar.xz -C "$work" --strip-components=2 --wildcards '*/programs/cmd'
}

compile() {
  cd "$work/cmd"
  patch -p1 <"$here/win/cmd/cmd.patch"
  # windres is not Wine's resource compiler: no icon from a drawing, quotes doubled, only \n for an escape.
  sed -e '/#pragma makedep/d; /IDI_ICON1 ICON/d' -e 's/\\"/""/g' -e 's/\\\([^n"\\]\)/\\\\\1/g' cmd.rc >ours.rc
  i686-w64-mingw32-windres -c 65001 -I "$here/win/cmd" ours.rc resources.o
  i686-w64-mingw32-gcc -O2 -s -municode -mconsole -w -I "$here/win/cmd" -D'__WINE_ALLOC_SIZE(x)=' -D'__WINE_DEALLOC(...)=' -D__WINE_MALLOC= \
    -o "$work/cmd.exe" ./*.c resources.o -lshell32 -luser32 -ladvapi32 -lntdll
}

need gcc-mingw-w64-i686-win32 binutils-mingw-w64-i686 patch debian-archive-keyring
step "the source of Wine's cmd" fetch
step "cmd, with a real && and ||" compile
rm -rf "$work"/{apt,cmd,log}
