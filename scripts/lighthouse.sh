#!/bin/sh
# lighthouse.sh measures the demo's shop as a phone with a slow network sees it, and prints a table:
#
#	scripts/lighthouse.sh            # home, collection, product, cart and checkout
#	scripts/lighthouse.sh http://localhost:8080 / /cart   # pages of a shop that runs already
#
# It needs npx of Node, which the project itself does not: no test runs it. On a machine that is
# busy with something else, the figures say little.
set -eu
cd "$(dirname "$0")/.."
PATH=${LIGHTHOUSE_BIN:+$LIGHTHOUSE_BIN:}$PATH
if ! command -v lighthouse >/dev/null && ! command -v npx >/dev/null; then
	echo "lighthouse.sh: no npx here; install Node, or do without: nothing else needs it" >&2
	exit 3
fi
lighthouse() {
	if command -v lighthouse >/dev/null; then command lighthouse "$@"; else npx --yes lighthouse@12 "$@"; fi
}
for browser in chromium chromium-browser google-chrome chrome-headless-shell; do
	if [ -z "${CHROME_PATH:-}" ] && command -v "$browser" >/dev/null; then
		CHROME_PATH=$(command -v "$browser")
		export CHROME_PATH
	fi
done

work=$(mktemp -d)
demo=
done_with() {
	[ -z "$demo" ] || kill "$demo" 2>/dev/null || true
	rm -rf "$work"
}
trap done_with EXIT
trap 'exit 130' INT TERM

if [ $# -gt 0 ]; then
	base=${1%/}
	shift
else
	CGO_ENABLED=0 go build -o "$work/doorstep" ./cmd/doorstep
	"$work/doorstep" demo --database "$work/demo.db" >"$work/said" 2>&1 &
	demo=$!
	base=
	waited=0
	while [ -z "$base" ]; do
		waited=$((waited + 1))
		if [ $waited -gt 60 ] || ! kill -0 "$demo" 2>/dev/null; then
			cat "$work/said" >&2
			exit 1
		fi
		sleep 1
		base=$(sed -n 's|^ *shop *\(http://[^/]*\)/.*|\1|p' "$work/said")
	done
fi
[ $# -gt 0 ] || set -- / /collections/kitchen /products/stoneware-mug /cart /checkout

# The cart and the checkout have something in them, as a customer's do.
cookie=$(curl -s -o /dev/null -D - -d product=stoneware-mug -d quantity=1 "$base/cart/add" | tr -d '\r' | sed -n 's/^[Ss]et-[Cc]ookie: \([^;]*\).*/\1/p' | paste -sd ';' -)
printf '{"Cookie":"%s"}' "$cookie" >"$work/headers.json"

printf '%-30s %11s %13s %14s %9s %9s %7s %9s\n' page performance accessibility best-practices "first, s" "whole, s" shift "busy, ms"
for page in "$@"; do
	lighthouse "$base$page" --quiet --output json --output-path "$work/report.json" --only-categories performance,accessibility,best-practices \
		--extra-headers "$work/headers.json" --chrome-flags="--headless=new --no-sandbox" 2>"$work/trouble" || { cat "$work/trouble" >&2; exit 1; }
	node -e '
		const r = JSON.parse(require("fs").readFileSync(process.argv[1]));
		if (new URL(r.finalDisplayedUrl).pathname !== process.argv[2]) console.log(process.argv[2] + " led to " + r.finalDisplayedUrl);
		const of = (c) => String(Math.round(100 * r.categories[c].score));
		const at = (a) => r.audits[a].numericValue;
		const s = (a) => (at(a) / 1000).toFixed(1);
		console.log(process.argv[2].padEnd(30), of("performance").padStart(11), of("accessibility").padStart(13), of("best-practices").padStart(14),
			s("first-contentful-paint").padStart(9), s("largest-contentful-paint").padStart(9), at("cumulative-layout-shift").toFixed(3).padStart(7),
			String(Math.round(at("total-blocking-time"))).padStart(9));
	' "$work/report.json" "$page"
done
