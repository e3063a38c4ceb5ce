#!/usr/bin/env bash
# Called by make bench, which builds what it measures as the product is built.
# Prints the benchmarks with their bars: journeys against bare commits (P1), the
# inbox of an approver (P2), the catalogue of a province (P3, -items), flows (P4), papers (P5, a million of them: -stock), start, memory and size (P9), on both
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
bin/load -binary bin/tongban "$@"
# Flows without a database on one processor: five user tasks in a row, the
# instance read from and written to a store in memory at every step.
echo; GOMAXPROCS=1 go test -run '^$' -bench 'Sequence5(Stored)?$' -benchtime 1s ./platform/bpmn | awk '
  $1 ~ /Sequence5Stored/ { n = int(1e9 / $3); printf "P4  %-58s %-26s %-12s %s\n", "five tasks in a row, store in memory, one core", n " instances/s", "≥ 3,000/s", (n >= 3000 ? "pass" : "FAIL") }
  $1 ~ /Sequence5$/      { printf "P4  %-58s %-26s\n", "… without storing", int(1e9 / $3) " instances/s" }
  /FAIL|panic/           { print }'
# Papers on one processor; their benchmarks are beside the code.
echo; GOMAXPROCS=1 go test -run '^$' -bench . -benchtime 1s ./gov/certificates | awk '
  function bar(what, number, want, ok) { printf "P5  %-58s %-26s %-12s %s\n", what, number, want, ok ? "pass" : "FAIL" }
  { for (i = 3; i < NF; i++) value[$1, $(i + 1)] = $i }
  $1 ~ /Issue\/sqlite/     { bar("papers issued as signed data, per core", int(value[$1, "papers/s"]) "/s", "≥ 500/s", value[$1, "papers/s"] >= 500) }
  $1 ~ /Render\/certificate/ { bar("certificates drawn and signed as PDF, per core", int(value[$1, "PDF/s"]) "/s", "≥ 50/s", value[$1, "PDF/s"] >= 50) }
  function ratio(what) { bar(what, int(value[$1, "percent"]) " %, " int(value[$1, "checks/s"]) "/s", "≥ 80 %", value[$1, "percent"] >= 80) }
  $1 ~ /codeFirst$/        { ratio("checked by code: ratio to its bare signature and row") }
  $1 ~ /codeFirstAlone/    { printf "P5  %-58s %d %%\n", "  of that: ratio to the bare signature alone", value[$1, "percent"] }
  $1 ~ /codeAgain/         { ratio("checked by code again: ratio to the bare signature") }
  $1 ~ /Verify\/file/      { ratio("file checked whole: ratio to its two bare signatures") }
  /FAIL|panic/             { print }'
