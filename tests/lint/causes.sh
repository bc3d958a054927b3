#!/bin/sh
# The cause matrix: every cause of its catalogue has a case, every case is of a known id, pairs and the quick part name what
# there is, and its scripts pass shellcheck.
set -u
cd "$(dirname "$0")/../e2e/causes" || exit 1
failed=0
wrong() {
	echo "causes: $*"
	failed=1
}

ids=$(sed -n 's/^R([A-Z0-9_]*, "\([a-z0-9.-]*\)",.*/\1/p' ../../../common/reason/reason.def)
known() { printf '%s\n' "$ids" | grep -qxF "$1"; }
catalogue=$(tr '\n' ' ' <catalogue)
for id in $catalogue; do
	known "$id" || wrong "catalogue: no such reason: $id"
	set -- cases/"$id"*/break
	[ -e "$1" ] || wrong "no case of $id"
done
cases=0
for folder in cases/*/; do
	name=$(basename "$folder")
	cases=$((cases + 1))
	known "${name%%~*}" || wrong "$name: no such reason"
	[ -e "$folder/case" ] && [ -e "$folder/break" ] || wrong "$name: it needs the files case and break"
done
sed 's/#.*//' pairs | while read -r first second rest; do
	for name in $first $second; do
		[ -d "cases/$name" ] || echo "pairs: no case $name"
	done
	[ -z "$rest" ] || echo "pairs: two cases only: $first $second $rest"
done | grep . && failed=1
while read -r name; do
	[ -d "cases/$name" ] || [ -d "controls/$name" ] || grep -qxF "$(echo "$name" | tr + ' ')" pairs || wrong "quick: no $name"
done <quick
for family in account sshd cert cmd sig pam conn; do
	[ "$(grep -c "^$family\.[^+]*\$" quick)" -ge 2 ] || wrong "quick: fewer than two cases of $family"
done
pairs=$(grep -c '^[a-z]' pairs)
[ "$pairs" -ge 40 ] || wrong "fewer than 40 pairs"

# the runner sources them and uses what they set
# shellcheck disable=SC2046 # no blank can be in these names
set -- $(find cases controls -type f | sort)
shellcheck -s bash -e SC2034,SC2154,SC2015,SC2016,SC2317,SC2086,SC2088,SC1112 "$@" || failed=1
[ $failed = 0 ] && echo "causes: $cases cases of $(wc -w <catalogue) causes, $pairs pairs"
