#!/bin/sh
# The vocabulary is sound: ids unique and well-formed, generated documents current, live ids tested.
# usage: reasons.sh [--update] [--untested]
#   --update    write docs/reasons.md and docs/man/keyaudit-reasons.7 again
#   --untested  print the live ids that no test names
set -eu
LC_ALL=C
export LC_ALL
cd "$(dirname "$0")/../.."

update=no untested=no
for arg in "$@"; do
	case $arg in
	--update) update=yes ;;
	--untested) untested=yes ;;
	*)
		echo "usage: reasons.sh [--update] [--untested]" >&2
		exit 2
		;;
	esac
done

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
failed=0
bad() {
	echo "reasons: $*"
	failed=1
}

"${CC:-cc}" -std=gnu11 -Wall -Wextra -Werror -Icommon -o "$tmp/gen" mk/gen-reasons.c
"$tmp/gen" list >"$tmp/list"

# ids: family.what, lower case, and the enumerator spells the same
awk '{ print $2 }' "$tmp/list" | sort | uniq -d >"$tmp/double"
while read -r id; do bad "$id stands in reason.def twice"; done <"$tmp/double"
while read -r sym id rest; do
	echo "$id" | grep -Eq '^[a-z]+\.[a-z][a-z0-9]*(-[a-z0-9]+)*$' || bad "$id is not of the form family.what"
	[ "$(echo "$id" | tr 'a-z.-' 'A-Z__')" = "$sym" ] || bad "$id: its enumerator should not be $sym"
done <"$tmp/list"

# what is made from it
for pair in md:docs/reasons.md man:docs/man/keyaudit-reasons.7; do
	file=${pair#*:}
	fresh=$tmp/${file##*/}
	"$tmp/gen" "${pair%%:*}" >"$fresh"
	if [ "$update" = yes ]; then
		mkdir -p "$(dirname "$file")"
		cmp -s "$fresh" "$file" || cp "$fresh" "$file"
	elif ! cmp -s "$fresh" "$file"; then
		bad "$file is out of date: run tests/lint/reasons.sh --update"
	fi
done
if command -v mandoc >/dev/null; then
	mandoc -T lint -W warning "$tmp/keyaudit-reasons.7" || bad "the manual page does not pass mandoc"
fi

# what the tests name, by id or by enumerator; the vocabulary's own test names ids of no rule, so it does not count
set --
for dir in tests/cases tests/unit tests/e2e; do
	[ ! -d "$dir" ] || set -- "$@" "$dir"
done
grep -rIhoE --exclude=test_reason.c '(severity\.|level\.)?[a-z]+\.[a-z0-9]+(-[a-z0-9]+)*|KA_REASON_[A-Z0-9_]+' "$@" >"$tmp/words" || true
sed -e 's/^severity\.//' -e 's/^level\.//' -e 's/^KA_REASON_//' "$tmp/words" | sort -u >"$tmp/named"
awk 'NR == FNR { named[$1] = 1; next } $3 == "LIVE" && !($1 in named) && !($2 in named) { print $2 }' \
	"$tmp/named" "$tmp/list" >"$tmp/untested"
[ "$untested" = no ] || cat "$tmp/untested"

# a rule that exists although its row says otherwise: the row should become LIVE
grep -rhoE --include='*.c' --exclude-dir=reason 'KA_REASON_[A-Z0-9_]+' common authkeys-cmd pam_keyaudit keyaudit 2>/dev/null |
	sed 's/^KA_REASON_//' | sort -u >"$tmp/used" || true
awk 'NR == FNR { used[$1] = 1; next } $3 == "LATER" && ($1 in used) { print "reasons: note: " $2 " is marked LATER, but the code names it" }' \
	"$tmp/used" "$tmp/list"

count() { awk -v s="$1" '$3 == s' "$tmp/list" | wc -l; }
u=$(wc -l <"$tmp/untested")
[ "$u" = 0 ] || bad "live ids that no test names: $(tr '\n' ' ' <"$tmp/untested")"
echo "reasons: $(wc -l <"$tmp/list") ids, $(count LIVE) live, $(count LATER) for later, $u live without a test"
exit "$failed"
