#!/bin/sh
# bench.sh BINARY [flags]: the same measurement on both databases, one JSON object each.
# Call it as `scripts/pg.sh run scripts/bench.sh bin/doorstep`.
set -eu
: "${DOORSTEP_TEST_POSTGRES:?is not set: run make bench}"
binary=$1
shift

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

echo "SQLite:" >&2
"$binary" bench --database "$dir/bench.db" --report json "$@"
echo "PostgreSQL:" >&2
"$binary" bench --database "$DOORSTEP_TEST_POSTGRES" --report json "$@"
