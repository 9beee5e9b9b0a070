#!/bin/bash
# up.sh DIR - starts a real Keystone and Glance on 127.0.0.1, for tests.
#
# Everything is under DIR: databases, image store, logs, and clouds.yaml with the clouds guestprep-admin and
# guestprep-member. Only Debian's packages are installed elsewhere, if they are missing (as root). down.sh DIR ends it.
#
# KEYSTONE_PORT, GLANCE_PORT   ports to listen on; free ones by default
set -euo pipefail

PACKAGES=(python3-glance python3-keystone)
HERE=$(dirname "$(readlink -f "$0")")
START=$SECONDS

die() { echo "openstack: $*" >&2; exit 1; }
cloud() { /usr/bin/python3 "$HERE/cloud.py" "$@"; }

main() {
  [ $# = 1 ] || die "usage: up.sh DIR"
  # Debian's Python must come first, whatever pyenv or a virtual environment put into the environment.
  export PATH=/usr/sbin:/usr/bin:/sbin:/bin
  unset PYTHONPATH PYTHONHOME VIRTUAL_ENV
  mkdir -p "$1"/{db,etc,log,run,store,staging}
  DIR=$(cd "$1" && pwd)

  refuse_second_start
  # The two packages are libraries with commands: they start no daemon and touch nothing of the system's configuration.
  "$HERE/../install.sh" "${PACKAGES[@]}" || die "Debian's packages could not be installed"
  SEED=${XDG_CACHE_HOME:-$HOME/.cache}/guestprep/openstack/$(inputs | sha256sum | cut -c1-16).tar
  choose_ports
  write_config
  if [ -s "$SEED" ]; then use_seed; else create_databases; fi
  start_keystone
  [ -s "$SEED" ] || register_and_keep_seed
  start_glance
  echo "Keystone $KEYSTONE_URL and Glance $GLANCE_URL are up after $((SECONDS - START)) s"
  echo "use: export OS_CLIENT_CONFIG_FILE=$DIR/clouds.yaml OS_CLOUD=guestprep-admin"
}

# inputs lists what the databases of a fresh cloud depend on: the cache is keyed by it.
inputs() {
  dpkg-query -W "${PACKAGES[@]}"
  cat "$HERE"/*.sh "$HERE"/*.py "$HERE"/templates/*
}

refuse_second_start() {
  local pidfile
  for pidfile in "$DIR"/run/*.pid; do
    [ ! -e "$pidfile" ] || die "$DIR is in use: run $HERE/down.sh $DIR first"
  done
}

choose_ports() {
  local free
  mapfile -t free < <(cloud ports 2)
  KEYSTONE_PORT=${KEYSTONE_PORT:-${free[0]}}
  GLANCE_PORT=${GLANCE_PORT:-${free[1]}}
  KEYSTONE_URL=http://127.0.0.1:$KEYSTONE_PORT/v3
  GLANCE_URL=http://127.0.0.1:$GLANCE_PORT
}

write_config() {
  local name
  for name in keystone.conf glance-api.conf glance-paste.ini clouds.yaml; do
    sed -e "s|@DIR@|$DIR|g" -e "s|@KEYSTONE_URL@|$KEYSTONE_URL|g" -e "s|@GLANCE_PORT@|$GLANCE_PORT|g" \
      "$HERE/templates/$name" >"$DIR/etc/$name"
  done
  mv "$DIR/etc/clouds.yaml" "$DIR/clouds.yaml"
  KEYSTONE_OPTS=(--config-file "$DIR/etc/keystone.conf")
  GLANCE_OPTS=(--config-file "$DIR/etc/glance-api.conf")
}

# ---- databases: from the cache, or made once (about ten seconds)

use_seed() {
  tar -xf "$SEED" -C "$DIR"
  cloud relocate "$DIR/db/keystone.db" "$KEYSTONE_URL" "$GLANCE_URL"
}

create_databases() {
  local glance
  cloud keys "$DIR/etc/fernet-keys" "$DIR/etc/credential-keys"
  /usr/bin/python3 -m glance.cmd.manage "${GLANCE_OPTS[@]}" db_sync >"$DIR/log/glance-db.out" 2>&1 &
  glance=$!
  {
    keystone-manage "${KEYSTONE_OPTS[@]}" db_sync
    keystone-manage "${KEYSTONE_OPTS[@]}" bootstrap --bootstrap-username admin --bootstrap-password admin-s3cret \
      --bootstrap-project-name admin --bootstrap-region-id RegionOne --bootstrap-public-url "$KEYSTONE_URL"
  } >"$DIR/log/keystone-db.out" 2>&1 || die "Keystone's database: $(tail -3 "$DIR/log/keystone-db.out")"
  wait $glance || die "Glance's database: $(tail -3 "$DIR/log/glance-db.out")"
  cloud wal "$DIR/db/keystone.db" "$DIR/db/glance.db"
}

# Two clouds may be made at once, so the cache's file appears whole or not at all.
register_and_keep_seed() {
  local tmp
  cloud register "$KEYSTONE_URL" "$GLANCE_URL" || die "Keystone: the accounts could not be made"
  cloud settle "$DIR/db/keystone.db" "$DIR/db/glance.db"
  mkdir -p "$(dirname "$SEED")"
  tmp=$(mktemp "$SEED.XXXXXX")
  tar -cf "$tmp" -C "$DIR" db/keystone.db db/glance.db etc/fernet-keys etc/credential-keys
  mv "$tmp" "$SEED"
}

# ---- servers

start_keystone() {
  export OS_KEYSTONE_CONFIG_DIR=$DIR/etc OS_KEYSTONE_CONFIG_FILES=keystone.conf
  start keystone "$KEYSTONE_URL" /usr/bin/python3 "$HERE/keystone_server.py" "$KEYSTONE_PORT"
}

# Glance's own server; under uWSGI with sqlite, uploads get lost.
start_glance() {
  start glance "$GLANCE_URL/healthcheck" /usr/bin/python3 -m glance.cmd.api "${GLANCE_OPTS[@]}"
}

# start NAME URL COMMAND... starts a server in a process group of its own and waits until URL answers. down.sh knows
# the server by GUESTPREP_CLOUD in its environment, should the process id have gone to another program.
start() {
  local name=$1 url=$2 pid
  shift 2
  GUESTPREP_CLOUD=$DIR setsid "$@" >"$DIR/log/$name.out" 2>&1 </dev/null &
  pid=$!
  echo "$pid" >"$DIR/run/$name.pid"
  cloud wait "$name" "$pid" "$url" "$DIR/log/$name.out" || { "$HERE/down.sh" "$DIR"; exit 1; }
}

main "$@"
