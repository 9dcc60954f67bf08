#!/bin/sh
# A throw-away PostgreSQL for tests: fast, on a free loopback port, gone afterwards.
#
#   scripts/pg.sh run CMD…   runs CMD with DOORSTEP_TEST_POSTGRES set; returns CMD's exit code
#   scripts/pg.sh serve      prints the server's URL, serves until its input ends, then deletes all
#
# "run" starts "serve" and holds the other end of its input: however "run" ends, even killed
# with -9, the server stops. DOORSTEP_PG_SAFE=1 leaves fsync on, for measuring.
set -eu

say() { echo "pg.sh: $*" >&2; }

# bindir prints the folder of the newest PostgreSQL on this machine.
bindir() {
    for dir in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -t/ -k5,5nr) \
        /opt/homebrew/opt/postgresql*/bin /usr/local/opt/postgresql*/bin /usr/local/pgsql/bin /usr/bin; do
        if [ -x "$dir/initdb" ] && [ -x "$dir/postgres" ]; then
            echo "$dir"
            return
        fi
    done
    if command -v initdb >/dev/null 2>&1; then
        dirname "$(command -v initdb)"
    fi
}

# install tries to get PostgreSQL where that is ours to do.
install() {
    if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
        say "installing postgresql"
        { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql; } >&2
    fi
}

# low runs a command as a user who may run PostgreSQL, which root may not.
low() {
    if [ "$(id -u)" -ne 0 ]; then
        "$@"
    elif command -v setpriv >/dev/null 2>&1; then
        setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups "$@"
    else
        su "$user" -s /bin/sh -c 'exec "$0" "$@"' -- "$@"
    fi
}

start() {
    safety="-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    [ "${DOORSTEP_PG_SAFE:-}" = 1 ] && safety=""
    for try in 1 2 3 4 5 6 7 8 9 10; do
        port=$(awk -v seed="$$$try$(date +%N 2>/dev/null)" 'BEGIN { srand(seed % 1000003); print 20000 + int(rand() * 12000) }')
        if low "$bin/pg_ctl" -s -w -t 60 -D "$dir/data" -l "$dir/log" -o "-p $port -k $dir -c listen_addresses=127.0.0.1 \
            -c max_connections=300 -c shared_buffers=64MB -c wal_level=minimal -c max_wal_senders=0 -c max_wal_size=256MB $safety" start >/dev/null 2>&1; then
            return
        fi
    done
    cat "$dir/log" >&2
    say "PostgreSQL does not start"
    return 1
}

stop() {
    trap - EXIT
    low "$bin/pg_ctl" -s -D "$dir/data" -m immediate stop >/dev/null 2>&1 || true
    rm -rf "$dir"
}

# home is memory where there is plenty of it: making a database takes a seventh of the time there.
# What is measured belongs on a disk.
home() {
    free=$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $4 }')
    if [ "${DOORSTEP_PG_SAFE:-}" != 1 ] && [ -w /dev/shm ] && [ "${free:-0}" -gt 6000000 ]; then
        echo /dev/shm
    else
        echo /tmp
    fi
}

serve() {
    bin=$(bindir)
    if [ -z "$bin" ]; then
        install
        bin=$(bindir)
    fi
    if [ -z "$bin" ]; then
        say "PostgreSQL is not installed: install it (apt-get install postgresql) or set DOORSTEP_TEST_POSTGRES to a server's URL"
        exit 1
    fi
    user=postgres
    id "$user" >/dev/null 2>&1 || user=nobody
    dir=$(mktemp -d "$(home)/doorstep-pg.XXXXXX")
    trap stop EXIT
    trap '' INT HUP # the one who holds our input decides when we end
    trap 'exit 143' TERM
    if [ "$(id -u)" -eq 0 ]; then
        chown "$user" "$dir"
    fi
    cd "$dir"
    if ! low "$bin/initdb" -D "$dir/data" -U doorstep -A trust -E UTF8 --locale=C --no-sync >"$dir/initdb.log" 2>&1; then
        cat "$dir/initdb.log" >&2
        exit 1
    fi
    start
    echo "postgres://doorstep@127.0.0.1:$port/postgres?sslmode=disable"
    exec >/dev/null
    while read -r _; do :; done
}

run() {
    pipes=$(mktemp -d /tmp/doorstep-pipes.XXXXXX)
    mkfifo "$pipes/in" "$pipes/out"
    "$0" serve <"$pipes/in" >"$pipes/out" &
    server=$!
    exec 8>"$pipes/in" 9<"$pipes/out"
    rm -rf "$pipes"
    if ! read -r DOORSTEP_TEST_POSTGRES <&9; then
        exit 1
    fi
    export DOORSTEP_TEST_POSTGRES
    trap 'exec 8>&-; wait "$server" 2>/dev/null || true' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    code=0
    "$@" 8>&- 9<&- || code=$?
    exit "$code"
}

case "${1:-}" in
run)
    shift
    run "$@"
    ;;
serve) serve ;;
*)
    say "usage: $0 run CMD… | serve"
    exit 2
    ;;
esac
