#!/usr/bin/env bash
# Prints the benchmarks with their bars: journeys against bare commits (P1), the
# inbox of an approver (P2), papers (P5), start, memory and size (P9), on both
# engines; PostgreSQL with durable commits, started for it and gone afterwards.
# TONGBAN_PROFILES=DIR keeps CPU profiles of P1. Flags go to the program.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/postgres.sh
if ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || packages; then
  start_postgres "-c fsync=on -c synchronous_commit=on"
  trap stop_postgres EXIT
else
  echo "PostgreSQL is not there: only SQLite is measured" >&2
fi
mkdir -p bin
[ -x bin/tongban ] || make build
go build -o bin/load ./test/load
bin/load -binary bin/tongban "$@"
if grep -qs '^func Benchmark' gov/certificates/*_test.go; then
  echo; echo "P5 papers, per core: verify ≥ 80 % of the bare check, issue ≥ 500/s as data, ≥ 50/s as PDF"
  GOMAXPROCS=1 go test -run '^$' -bench . -benchtime 1s ./gov/certificates
fi
