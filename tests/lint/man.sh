#!/bin/sh
# SPDX-License-Identifier: ISC
# man.sh: every manual page passes mandoc, and keyaudit(8) speaks of exactly the verbs
# and options that the program knows: each verb's --help is compared with its section, in both directions.
set -eu
LC_ALL=C
export LC_ALL
cd "$(dirname "$0")/../.."

tool=${KEYAUDIT:-build/bin/keyaudit}
page=docs/man/keyaudit.8
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failed=0 pages=0 options=0
bad() {
	echo "man: $*"
	failed=1
}
fits() { # PROGRAM FILE: its help is for a terminal of 80 columns
	! grep -qE '.{81}' "$2" || bad "$1 --help is wider than 80 columns: $(grep -E '.{81}' "$2" | head -n 1)"
}

command -v mandoc >/dev/null || { echo "man: mandoc is missing" && exit 1; }
for one in docs/man/*.[1-9]; do
	pages=$((pages + 1))
	mandoc -T lint -W warning "$one" || bad "$one does not pass mandoc"
done

[ -x "$tool" ] || { echo "man: $tool is missing: build first" && exit 1; }

# verbs: those of the program's own help, and the subsections of the page
"$tool" --help | sed -n 's/^  \([a-z][a-z]*\)  *.*/\1/p' | grep -v '^sudo$\|^keyaudit$' | sort >"$tmp/verbs"
sed -n 's/^\.Ss \([a-z]*\).*/\1/p' "$page" | sort >"$tmp/sections"
diff "$tmp/verbs" "$tmp/sections" >"$tmp/diff" || {
	bad "$page and keyaudit --help disagree about the verbs:"
	cat "$tmp/diff"
}

while read -r verb; do
	"$tool" "$verb" --help >"$tmp/help" 2>&1 || bad "keyaudit $verb --help ends with status $?"
	fits "keyaudit $verb" "$tmp/help"
	# what stands behind "examples:" may belong to other programs
	sed '/^examples:/,$d' "$tmp/help" | grep -oE '(^|[][ |,(])--?[a-z][a-z-]*' | sed 's/^[^-]*//' | sort -u |
		grep -vx -e --help >"$tmp/known" || true
	awk -v verb="$verb" '/^\.S[hs] / { inside = $1 == ".Ss" && $2 == verb } inside' "$page" |
		grep -oE 'Fl -?[a-z][a-z-]*' | sed 's/^Fl /-/' | sort -u >"$tmp/told" || true
	options=$((options + $(wc -l <"$tmp/known")))
	comm -23 "$tmp/known" "$tmp/told" | while read -r o; do echo "$verb $o: not in $page"; done >"$tmp/wrong"
	comm -13 "$tmp/known" "$tmp/told" | while read -r o; do echo "$verb $o: in $page, not in --help"; done >>"$tmp/wrong"
	while read -r line; do bad "$line"; done <"$tmp/wrong"
	grep -A3 '^examples:' "$tmp/help" | grep -c keyaudit >"$tmp/examples" || true
	[ "$(cat "$tmp/examples")" -ge 2 ] || bad "keyaudit $verb --help does not end with two examples"
done <"$tmp/verbs"

for sub in export rotate seal show stats; do
	"$tool" log "$sub" --help >"$tmp/sub" 2>&1 || bad "keyaudit log $sub --help ends with status $?"
	fits "keyaudit log $sub" "$tmp/sub"
done

# the two helpers of the command: their own help, and their pages
for helper in "${FETCH:-build/bin/authkeys-fetch}" "${VET:-build/bin/authkeys-vet}"; do
	page=docs/man/${helper##*/}.8
	"$helper" --help >"$tmp/help" 2>&1 || bad "$helper --help ends with status $?"
	fits "${helper##*/}" "$tmp/help"
	grep -oE -e '--[a-z][a-z-]*' "$tmp/help" | sort -u | grep -vx -e -- >"$tmp/known"
	printf '%s\n' --help --version | sort -u - "$tmp/known" -o "$tmp/known"
	grep '^\.\(It Fl\|Fl\|Op Fl\)' "$page" | grep -oE '(Fl|\|) -[a-z][a-z-]*' | sed 's/.* -/--/' | sort -u >"$tmp/told"
	options=$((options + $(wc -l <"$tmp/known")))
	diff "$tmp/known" "$tmp/told" >"$tmp/diff" || {
		bad "$page and ${helper##*/} --help disagree about the options:"
		cat "$tmp/diff"
	}
done

echo "man: $pages pages, $(wc -l <"$tmp/verbs") verbs, $options options"
exit "$failed"
