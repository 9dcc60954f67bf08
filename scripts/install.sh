#!/bin/sh
# install.sh [postgres] [chromium] [compiler] [fonts]: sees that the named things are on this
# machine. As root on Debian or Ubuntu it installs what is missing; anybody else is told
# in one line what to install.
set -eu

missing=""

# has_postgres: Debian keeps the server's programs off the PATH.
has_postgres() {
  command -v initdb >/dev/null 2>&1 && return 0
  ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1
}

has_chromium() {
  for name in chromium-headless-shell chromium chromium-browser google-chrome google-chrome-stable headless-shell; do
    command -v "$name" >/dev/null 2>&1 && return 0
  done
  return 1
}

# chromium_package is the small Chromium, where the distribution has it. It begins
# by asking apt for its lists, without which a bare machine knows no package.
chromium_package() {
  [ "$(id -u)" -ne 0 ] || apt-get -qq update >/dev/null 2>&1 || true
  if apt-cache show chromium-headless-shell >/dev/null 2>&1; then echo chromium-headless-shell; else echo chromium; fi
}

# The race detector links with C.
has_compiler() { command -v gcc >/dev/null 2>&1 || command -v clang >/dev/null 2>&1; }

# Pictures show names of the whole world; a bare machine draws East Asian ones as boxes.
has_fonts() { command -v fc-list >/dev/null 2>&1 && [ -n "$(fc-list :lang=ja)" ]; }

for thing in "$@"; do
  case "$thing" in
    postgres) has_postgres || missing="$missing postgresql" ;;
    chromium) has_chromium || missing="$missing $(chromium_package)" ;;
    fonts) has_fonts || missing="$missing fontconfig fonts-wqy-zenhei" ;;
    compiler) has_compiler || missing="$missing gcc libc6-dev" ;;
    *) echo "install.sh: $thing is not known here" >&2; exit 2 ;;
  esac
done

[ -z "$missing" ] && exit 0

if ! command -v apt-get >/dev/null 2>&1; then
  echo "Please install:$missing (by their names on Debian), then run this again." >&2
  exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
  echo "Please run: sudo apt-get install -y --no-install-recommends$missing" >&2
  exit 1
fi

echo "Installing:$missing"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
apt() { apt-get -qq -o Acquire::Retries=3 "$@" >>"$log" 2>&1; }
# shellcheck disable=SC2086 # one word per package
if ! apt update || ! apt install -y --no-install-recommends $missing; then
  tail -n 20 "$log" >&2
  echo "install.sh: apt-get could not install:$missing" >&2
  exit 1
fi
