#!/bin/sh
# generate.sh TOOLS_MOD: writes again whatever a program writes here, and is committed:
# typed queries, the pages of the state machines, the description of the API.
# `git diff` afterwards shows what was stale; the tests compare the same things.
set -eu
cd "$(dirname "$0")/.."
tools=$1
GO=${GO:-go}

for conf in sqlc.yaml sqlc.yml sqlc.json; do
  if [ -f "$conf" ]; then
    echo "== sqlc generate"
    $GO tool -modfile="$tools" sqlc generate
  fi
done

# Pages: every .templ becomes Go beside it.
if [ -d internal/web/ui ]; then
  echo "== templ generate"
  $GO tool -modfile="$tools" templ generate -path internal/web -log-level error
fi

# Tests that compare a committed file with what the code says now rewrite it when
# DOORSTEP_UPDATE is set: docs/states (docs_states_test.go) and openapi.json
# (internal/web/api).
echo "== docs/states"
DOORSTEP_UPDATE=1 $GO test -count=1 -run 'StatePages' . >/dev/null
if [ -d internal/web/api ]; then
  echo "== openapi.json"
  DOORSTEP_UPDATE=1 $GO test -count=1 -run 'OpenAPI' ./internal/web/api >/dev/null
fi
