#!/usr/bin/env bash
# Sourced by other scripts: starts a throw-away PostgreSQL on 127.0.0.1 and
# sets TONGBAN_TEST_POSTGRES. Installs the Debian packages when they are
# missing and we may. stop_postgres ends what start_postgres started.
packages() {
  local need=()
  ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || need+=(postgresql)
  command -v chromium >/dev/null 2>&1 || need+=(chromium)
  fc-list 2>/dev/null | grep -qi 'noto.*cjk' || need+=(fonts-noto-cjk fontconfig)
  command -v pdftotext >/dev/null 2>&1 || need+=(poppler-utils)
  [ -z "${TONGBAN_TEST_OFD_SCHEMAS:-}" ] || command -v xmllint >/dev/null 2>&1 || need+=(libxml2-utils)
  [ ${#need[@]} -eq 0 ] && return 0
  local sudo=""
  if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null 2>&1; then sudo=sudo; else
      echo "These Debian packages are missing and need root to install: ${need[*]}" >&2; return 1
    fi
  fi
  echo "installing ${need[*]}"
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get update -qq >/dev/null
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${need[@]}" >/dev/null
}

start_postgres() { # $1: extra options, for example "-c fsync=off"
  local bin port as=()
  bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
  PGTMP=$(mktemp -d "${TMPDIR:-/tmp}/tongban-pg.XXXXXX")
  port=$(( 20000 + RANDOM % 20000 ))
  if [ "$(id -u)" -eq 0 ]; then chown postgres "$PGTMP"; as=(runuser -u postgres --); fi
  "${as[@]}" "$bin/initdb" -D "$PGTMP/data" -U tongban --auth=trust -E UTF8 --locale=C >/dev/null
  "${as[@]}" "$bin/pg_ctl" -D "$PGTMP/data" -s -w -l "$PGTMP/log" -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=400 -c shared_buffers=256MB ${1:-}" start
  PGBIN=$bin PGAS=("${as[@]}")
  export TONGBAN_TEST_POSTGRES="postgres://tongban@127.0.0.1:$port/postgres?sslmode=disable"
}

stop_postgres() {
  [ -n "${PGTMP:-}" ] || return 0
  "${PGAS[@]}" "$PGBIN/pg_ctl" -D "$PGTMP/data" -s -m immediate stop || true
  rm -rf "$PGTMP"
}
