#!/bin/sh
# Runs every fuzz target of the module, one after the other, for $FUZZTIME each (20s).
# scripts/fuzz.sh ./internal/flow runs those of one package.
set -eu
cd "$(dirname "$0")/.."
where=${1:-.}
grep -rlE '^func Fuzz' --include='*_test.go' "$where" | while read -r file; do
	for target in $(sed -nE 's/^func (Fuzz[A-Za-z0-9]*)\(.*/\1/p' "$file"); do
		echo "$(dirname "$file") $target"
		go test "./$(dirname "$file")" -run '^$' -fuzz "^$target\$" -fuzztime "${FUZZTIME:-20s}" -parallel "${FUZZPARALLEL:-2}"
	done
done
