#!/bin/sh
# SPDX-License-Identifier: ISC
# The page of `keyaudit report`, read by an HTML parser that is not ours: of a usual trail, whose numbers jq counts as well, and of
# one in which every text is markup. KEYAUDIT names another program than the built one.
set -eu
cd "$(dirname "$0")/../.."
keyaudit=${KEYAUDIT:-build/bin/keyaudit}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
tests/report/trail.py >"$dir/usual.jsonl"
tests/report/trail.py --hostile >"$dir/hostile.jsonl"
for kind in usual hostile; do
	"$keyaudit" report --html "$dir/$kind.html" --trail "$dir/$kind.jsonl" --since 2026-07-01 --until 2026-08-31
	[ "$(stat -c %a "$dir/$kind.html")" = 640 ]
done
tests/report/page.py "$dir/usual.html" user3 perm.group-writable 'laptop of user'
tests/report/rows.py "$dir/usual.html" | sed -e 's/	What mends it=.*//' -e 's/	Fix=.*//' | sort >"$dir/said"
jq -rs -f tests/report/numbers.jq "$dir/usual.jsonl" | sort >"$dir/counted"
diff "$dir/counted" "$dir/said"
echo "report-numbers: $(wc -l <"$dir/said") rows as jq counts them"
# shellcheck disable=SC2016 # texts, no commands
tests/report/page.py "$dir/hostile.html" '<script>alert(1)</script>' '"><img src=x onerror=alert(1)>' "'onmouseover='alert(1)" \
	'&lt;b&gt;&amp;' '</code></td></table><h1>x' '--><!--' ']]><![CDATA[' '</title><style>' '<svg/onload=alert(1)>'
