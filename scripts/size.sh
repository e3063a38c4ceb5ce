#!/usr/bin/env bash
# Fails when the binary weighs 80,000,000 bytes or more: it is carried over weak
# lines to every county. What weighs how much: go tool nm -size -sort size on a
# build without -ldflags '-s -w'.
set -euo pipefail
size=$(wc -c < "$1")
if [ "$size" -ge 80000000 ]; then
  echo "$1 weighs $size bytes; it has to stay below 80000000" >&2
  exit 1
fi
