#!/usr/bin/env bash
# What must hold before anything runs: format, vet, generated files, laws, the
# weight of the binary.
set -euo pipefail
cd "$(dirname "$0")/.."
bad=$(git ls-files '*.go' | grep -v '_templ\.go$' | xargs gofmt -l)
if [ -n "$bad" ]; then echo "gofmt would change:"; echo "$bad"; exit 1; fi
go vet ./...
go test -count=1 ./test/arch/...
make --no-print-directory build
