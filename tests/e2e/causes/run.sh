#!/bin/bash
# SPDX-License-Identifier: ISC
# run.sh [--quick] [--list] [NAME...]: the cause matrix. Each case breaks a working login on the real sshd in one way, tries it,
# compares what the event and the doctor say with what was done, mends it as printed, and tries again; controls are odd and
# fine; pairs are two causes at once. See README.md here.
#
# NAME: a case (folder of cases/), a reason id with all its cases, a control, a pair as A+B; "controls", "pairs".
# --quick is the part that `make check` runs. CAUSES_JOBS worlds (2) work at the same time. A case whose reason is not yet
# produced by this release ("later") is run and counted as not explained, and is no failure.
set -u

shopt -s nullglob
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
top=$(cd "$here/../../.." && pwd -P)
logs=$top/build/causes
jobs=${CAUSES_JOBS:-2}
quick=no list=no

while [ $# -gt 0 ]; do
	case $1 in
	--quick) quick=yes ;;
	--list) list=yes ;;
	-*)
		echo "usage: run.sh [--quick] [--list] [NAME...]" >&2
		exit 2
		;;
	*) break ;;
	esac
	shift
done
[ "$list" = yes ] || [ "$(id -u)" = 0 ] || {
	echo "causes: skipped: not root"
	exit 77
}
[ $# -gt 0 ] && wanted=("$@") || wanted=('')

# whether NAME (of a case or control, or A+B) was asked for
is_wanted() {
	local one
	for one in "${wanted[@]}"; do
		case $one in
		'' | "$2") return 0 ;;
		*~* | *+*) [ "$1" != "$one" ] || return 0 ;;
		*) [ "$1" != "$one" ] && [ "${1%%~*}" != "$one" ] || return 0 ;;
		esac
	done
	return 1
}

is_quick() {
	[ "$quick" = no ] || grep -qxF "$1" "$here/quick"
}

all() {
	local path name first second
	for path in "$here"/cases/*/; do
		name=$(basename "$path")
		! is_wanted "$name" cases || ! is_quick "$name" || echo "case $name"
	done
	for path in "$here"/controls/*/; do
		name=$(basename "$path")
		! is_wanted "$name" controls || ! is_quick "$name" || echo "control $name"
	done
	while read -r first second; do
		case $first in '' | '#'*) continue ;; esac
		! is_wanted "$first+$second" pairs || ! is_quick "$first+$second" || echo "pair $first $second"
	done <"$here/pairs"
}

mkdir -p "$logs"
all >"$logs/list"
if [ "$list" = yes ]; then
	cat "$logs/list"
	exit
fi
[ -s "$logs/list" ] || {
	echo "causes: no case of that name" >&2
	exit 2
}
total=$(wc -l <"$logs/list")
: >"$logs/results"
exec 8<"$logs/list" 7>>"$logs/results"

workers=()
# shellcheck disable=SC2317 # by the trap
stop() {
	trap '' INT TERM HUP
	kill -TERM "${workers[@]}" 2>/dev/null
	wait
	echo "causes: interrupted"
	exit 130
}
trap stop INT TERM HUP
[ "$total" -ge "$jobs" ] || jobs=$total
for ((i = 1; i <= jobs; i++)); do
	setpriv --pdeathsig TERM "$top/tests/world/enter.sh" -- tests/e2e/causes/world.sh </dev/null &
	workers+=($!)
done
broken=0
for pid in "${workers[@]}"; do wait "$pid" || broken=1; done

# ---- the sums: N of M of the results whose fields match
sum() { # WHAT KINDS FIELD VALUE
	awk -F'\t' -v what="$1" -v kinds=" $2 " -v field="$3" -v value="$4" '
		$1 == what && (kinds == "  " || index(kinds, " " $4 " ")) {all++; if ($field == value) good++}
		END {printf "%d %d", good, all}' "$logs/results"
}
show() { # FORMAT "GOOD ALL"
	# shellcheck disable=SC2086,SC2059 # two words; the format is ours
	printf "$1\n" $2
}
done_=$(wc -l <"$logs/results")
failed=$(awk -F'\t' '$2 == "FAIL"' "$logs/results" | wc -l)
later=$(awk -F'\t' '$2 == "later"' "$logs/results" | wc -l)
[ "$done_" = "$total" ] || echo "causes: $((total - done_)) of $total were not run"
awk -F'\t' '$2 != "ok" {print $2 "\t" $1 " " $5}' "$logs/results" | sort | sed 's/^/not yet: /'
echo "matrix: $total runs in $SECONDS s, $failed failed, $later of reasons that are not produced yet"
show 'causes: %d explained of %d' "$(sum case '' 3 yes)"
show 'fixes: %d proved of %d' "$(sum case fix 2 ok)"
show 'advice: %d followed of %d' "$(sum case 'advice client' 2 ok)"
show 'controls: %d silent of %d' "$(sum control '' 2 ok)"
show 'pairs: %d solved of %d' "$(sum pair '' 2 ok)"
[ "$broken" = 0 ] && [ "$failed" = 0 ] && [ "$done_" = "$total" ]
