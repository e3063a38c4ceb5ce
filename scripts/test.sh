#!/usr/bin/env bash
# Runs every test on both engines and in a real browser. On a fresh Debian
# machine it installs PostgreSQL and Chromium first.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/postgres.sh
packages
start_postgres "-c fsync=off -c full_page_writes=off"
trap stop_postgres EXIT
export TONGBAN_CHROMIUM=${TONGBAN_CHROMIUM:-$(command -v chromium || true)}
bash scripts/check.sh
# The browser takes longest: it goes first, beside the others. What check.sh
# vetted is not vetted again, and nobody debugs these binaries.
go test -timeout 14m -vet=off -ldflags=-w "$@" ./test/browser ./...
