#!/bin/bash
# down.sh DIR [--purge] - ends the servers that up.sh DIR started, and no others. --purge removes DIR too.
set -euo pipefail

TERM_SECONDS=10

main() {
  [ $# -ge 1 ] || { echo "usage: down.sh DIR [--purge]" >&2; exit 1; }
  DIR=$(cd "$1" && pwd)
  local name
  for name in glance keystone; do
    [ ! -s "$DIR/run/$name.pid" ] || stop "$(cat "$DIR/run/$name.pid")"
    rm -f "$DIR/run/$name.pid"
  done
  [ "${2:-}" != --purge ] || rm -rf "$DIR"
}

# stop PID asks the process group that PID leads to end, and kills it when that takes too long.
stop() {
  ours "$1" || return 0
  kill -TERM -- "-$1" 2>/dev/null || return 0
  local tenth
  for ((tenth = 0; tenth < TERM_SECONDS * 10; tenth++)); do
    kill -0 -- "-$1" 2>/dev/null || return 0
    sleep 0.1
  done
  kill -KILL -- "-$1" 2>/dev/null || true
}

# ours PID tells whether the process is a server of this DIR, not one that got the same number later.
ours() {
  { tr '\0' '\n' <"/proc/$1/environ"; } 2>/dev/null | grep -qxF "GUESTPREP_CLOUD=$DIR"
}

main "$@"
