#!/bin/bash
# SPDX-License-Identifier: ISC
# run.sh [PATTERN...]: run the scenarios tests/e2e/[0-9]*.sh whose name holds a PATTERN, each in a world of its own,
# four at a time (most of them wait more than they work), but no more than N beside one with the line "# beside: N": it counts
# on being served soon. Those begin, so that they have each other beside them. One line per script; what failed follows, all output is in build/e2e/.
# E2E_JOBS and E2E_LIMIT (seconds for one script, 240) change the defaults; a script that needs longer says so in a line
# "# time limit: SECONDS". Ends with 77 when this is not root; as root a scenario that cannot run has failed.
set -u

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
top=$(cd "$here/../.." && pwd -P)
jobs=${E2E_JOBS:-4}
logs=$top/build/e2e
declare -A running=() started=()
count=0 failed=0

[ "$(id -u)" = 0 ] || {
	echo "e2e: skipped: not root"
	exit 77
}

# Ctrl-C reaches every process of the terminal, but a TERM only this one; each world ends with its script.
stop_all() {
	trap '' INT TERM HUP
	[ ${#running[@]} = 0 ] || kill -TERM "${!running[@]}" 2>/dev/null
	wait
	echo "e2e: interrupted"
	exit 130
}
trap stop_all INT TERM HUP

start() {
	local name=$1 own
	own=$(sed -n 's/^# time limit: \([0-9]*\)$/\1/p' "$top/tests/e2e/$name.sh")
	# a death of this script ends the worlds too
	setpriv --pdeathsig TERM timeout -k 10 "${E2E_LIMIT:-${own:-240}}" "$top/tests/world/enter.sh" -- "tests/e2e/$name.sh" \
		>"$logs/$name.log" 2>&1 </dev/null &
	running[$!]=$name
	started[$name]=$(date +%s%N)
}

# Waits for one script and prints its line.
collect() {
	local pid='' status=0 name spent
	wait -n -p pid || status=$?
	[ -n "$pid" ] || return 0
	name=${running[$pid]}
	unset "running[$pid]"
	count=$((count + 1))
	spent=$((($(date +%s%N) - started[$name]) / 10000000))
	printf '%-4s %5d.%02ds  %s\n' "$([ "$status" = 0 ] && echo ok || echo FAIL)" \
		$((spent / 100)) $((spent % 100)) "$(summary "$name" "$status")"
	if [ "$status" = 0 ]; then return 0; fi
	failed=$((failed + 1))
	failures "$logs/$name.log" | sed 's/^/     | /'
}

# What failed, with its comments, and the end of the output; long lines are cut. All of it stays in the log.
failures() {
	awk '/^not ok /{p = 1} /^ok /{p = 0} p' "$1" | grep -v '^# ---' | head -n 40 | cut -c1-300
	echo "... $1:"
	grep -v '^ok ' "$1" | tail -n 12 | cut -c1-300
}

# The script's own last line, or why there is none.
summary() {
	case $2 in
	125) echo "$1: cannot run here: $(grep -m 1 '^world: ' "$logs/$1.log")" ;;
	124 | 137) echo "$1: stopped at its time limit" ;;
	*) tail -n 1 "$logs/$1.log" | grep "^$1: " || echo "$1: no summary, status $2" ;;
	esac
}

mkdir -p "$logs"
shopt -s nullglob
[ $# -gt 0 ] || set -- ''
is_wanted() { # NAME PATTERN...
	local name=$1 pattern
	shift
	for pattern; do
		case $name in *"$pattern"*) return 0 ;; esac
	done
	return 1
}
beside() { # NAME
	local own
	own=$(sed -n 's/^# beside: \([0-9]*\)$/\1/p' "$top/tests/e2e/$1.sh")
	echo "${own:-$jobs}"
}
# How many may run with NAME and those that run now
limit() { # NAME
	local name least=$jobs own
	for name in "$1" "${running[@]}"; do
		own=$(beside "$name")
		[ $((own + 1)) -ge "$least" ] || least=$((own + 1))
	done
	echo "$least"
}
wanted=()
for script in "$here"/[0-9]*.sh; do
	name=$(basename "$script" .sh)
	if is_wanted "$name" "$@"; then wanted+=("$(beside "$name") $name"); fi
done
mapfile -t wanted < <(printf '%s\n' "${wanted[@]}" | sort -s -n -k 1,1)
for name in "${wanted[@]#* }"; do
	while [ ${#running[@]} -ge "$(limit "$name")" ]; do collect; done
	start "$name"
done
while [ ${#running[@]} -gt 0 ]; do collect; done
echo "e2e: $count scripts, $failed failed"
[ "$count" -gt 0 ] && [ "$failed" = 0 ]
