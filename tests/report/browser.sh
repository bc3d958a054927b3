#!/bin/bash
# SPDX-License-Identifier: ISC
# The page of `keyaudit report` in a real browser: pictures in light and dark, wide and narrow, with the focus of a keyboard (build/report), no script runs, nothing is asked
# for. The browser has no network at all; what it would have asked for stands in its own network log.
set -eu
cd "$(dirname "$0")/../.."
keyaudit=${KEYAUDIT:-build/bin/keyaudit}
out=build/report
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkdir -p "$out"
tests/report/trail.py >"$dir/usual.jsonl"
tests/report/trail.py --hostile >"$dir/hostile.jsonl"

look() { # PAGE SCHEME(0 dark, 1 light) PICTURE [WIDTH,HEIGHT]
	unshare -n timeout -k 5 120 chromium --headless --no-sandbox --disable-gpu --disable-background-networking \
		--disable-component-update --no-first-run --user-data-dir="$dir/profile.$3" --hide-scrollbars --window-size="${4:-1100,2300}" \
		--blink-settings=preferredColorScheme="$2" --log-net-log="$dir/$3.net" --screenshot="$PWD/$out/$3.png" \
		"file://$1" >"$dir/$3.log" 2>&1
	[ -s "$out/$3.png" ]
}

# the document after everything has run: what a script would have changed
dom() { # PAGE
	unshare -n timeout -k 5 120 chromium --headless --no-sandbox --disable-gpu --disable-background-networking --no-first-run \
		--user-data-dir="$dir/profile.dom" --virtual-time-budget=2000 --dump-dom "file://$1" 2>/dev/null
}

asked() { # NETLOG: addresses in it that are not the file and not the browser's own
	grep -o '"url":"[a-z]*://[^"]*"' "$1" | grep -v '"url":"\(file\|chrome\|devtools\)' | grep -c 'e\.example' || true
}

pages=0 pictures=0 requests=0 scripts=0
for kind in usual hostile; do
	"$keyaudit" report --html "$dir/$kind.html" --trail "$dir/$kind.jsonl" --since 2026-07-01 --until 2026-08-31
	pages=$((pages + 1))
	for scheme in 0:dark 1:light; do
		look "$dir/$kind.html" "${scheme%%:*}" "$kind-${scheme#*:}"
		pictures=$((pictures + 1))
		requests=$((requests + $(asked "$dir/$kind-${scheme#*:}.net")))
	done
	look "$dir/$kind.html" 1 "$kind-narrow" 500,2300
	pictures=$((pictures + 1))
	requests=$((requests + $(asked "$dir/$kind-narrow.net")))
	if cmp -s "$out/$kind-dark.png" "$out/$kind-light.png"; then exit 1; fi
	dom "$dir/$kind.html" >"$dir/$kind.dom"
	tests/report/page.py "$dir/$kind.dom" >/dev/null
done
# who uses a keyboard sees where they are: the link to the report, which is hidden else, and a table that can be scrolled
sed 's/<a class="skip"/<a autofocus class="skip"/' "$dir/usual.html" >"$dir/skip.html"
sed '0,/<div class="wide"/s//<div autofocus class="wide"/' "$dir/usual.html" >"$dir/region.html"
look "$dir/usual.html" 1 unfocused 1000,700
for where in skip region; do
	look "$dir/$where.html" 1 "focus-$where" 1000,700
	pictures=$((pictures + 1))
	if cmp -s "$out/focus-$where.png" "$out/unfocused.png"; then exit 1; fi
done
rm -f "$out/unfocused.png"
# does this find a script and a request at all? The same page with both, and without its policy
sed -e '/Content-Security-Policy/d' -e 's|</body>|<script>document.title="ran"</script><img src="http://e.example/x"></body>|' \
	"$dir/usual.html" >"$dir/control.html"
dom "$dir/control.html" | grep -q '<title>ran</title>'
look "$dir/control.html" 1 control
[ "$(asked "$dir/control.net")" -gt 0 ]
# and with its policy neither runs
sed -e 's|</body>|<script>document.title="ran"</script><img src="http://e.example/x"></body>|' "$dir/usual.html" >"$dir/policy.html"
if dom "$dir/policy.html" | grep -q '<title>ran</title>'; then scripts=1; fi
rm -f "$out/control.png"
echo "report-browser: $pages pages, $pictures pictures, $requests requests, $scripts scripts"
[ "$requests" -eq 0 ] && [ "$scripts" -eq 0 ]
