#!/bin/sh
# test.sh [race]: everything that must hold. Needs DOORSTEP_TEST_POSTGRES, so call it as
# `scripts/pg.sh run scripts/test.sh`. With "race", only the race detector's part.
set -eu
cd "$(dirname "$0")/.."
: "${DOORSTEP_TEST_POSTGRES:?is not set: run make test, or scripts/pg.sh run scripts/test.sh}"

GO=${GO:-go}
began=$(date +%s)

# Packages where goroutines meet on purpose. The race detector makes code several times
# slower, so the others do without.
raced=""
for dir in internal/db internal/job internal/outside internal/event; do
  if ls "$dir"/*.go >/dev/null 2>&1; then raced="$raced ./$dir/..."; fi
done

race() {
  [ -n "$raced" ] || return 0
  echo "== go test -race$raced"
  # shellcheck disable=SC2086 # one word per package
  $GO test -race -vet=off -ldflags=-w -json -timeout 10m $raced | bin/summary
}

mkdir -p bin
$GO build -o bin/summary ./scripts/summary

if [ "${1:-}" = race ]; then
  race
  exit
fi

# The tests' files are kept in memory where there is plenty of it and programs may run there: what
# they prove does not depend on a disk, and waiting for one takes a third of their time.
free=$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $4 }')
if [ "${free:-0}" -gt 6000000 ] && memory=$(mktemp -d /dev/shm/doorstep.XXXXXX); then
  trap 'rm -rf "$memory"' EXIT
  chmod 755 "$memory" # PostgreSQL, another user, must be able to enter
  cp /bin/true "$memory/true"
  if "$memory/true" 2>/dev/null; then
    export DOORSTEP_PICTURES="${TMPDIR:-/tmp}" TMPDIR="$memory" # pictures of what failed are to stay
  fi
fi

echo "== go vet ./..."
$GO vet ./...

echo "== go test ./..."
# The summary's exit status is the verdict: it fails on a failure and on a skipped test. The
# longest packages begin first, so that none of them runs alone in the end. The browser tests come
# last and alone: a browser beside all other packages is only slow. It is vetted already, and
# nobody debugs these binaries: linking them without DWARF takes two thirds of the time.
rest=$($GO list ./... | grep -v '/e2e$')
{
  # shellcheck disable=SC2086 # one word per package
  $GO test -vet=off -ldflags=-w -json -timeout 12m -parallel 4 ./internal/story ./internal/crash ./internal/flow ./internal/web/dashboard $rest || true
  $GO test -vet=off -ldflags=-w -json -timeout 10m ./e2e || true
} | bin/summary

race

echo "All of it holds, on SQLite and PostgreSQL, in $(($(date +%s) - began)) s."
