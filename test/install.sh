#!/usr/bin/env bash
# install.sh PACKAGE...: installs those of Debian's packages that are missing, as root. It starts no daemon.
set -euo pipefail
missing=()
for p; do
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null || :)" = installed ] || missing+=("$p")
done
[ ${#missing[@]} -gt 0 ] || exit 0
if [ "$(id -u)" != 0 ]; then
  echo "not installed: ${missing[*]}; as root: apt-get install --no-install-recommends ${missing[*]}" >&2
  exit 1
fi
echo "installing ${missing[*]}" >&2
log=$(mktemp)
trap 'rm -f "$log"' EXIT
exec 9>/run/lock/guestprep-install.lock
flock 9
{
  apt-get -q update
  DEBIAN_FRONTEND=noninteractive apt-get -y -q install --no-install-recommends "${missing[@]}" </dev/null
} >"$log" 2>&1 || { tail -n 20 "$log" >&2; exit 1; }
