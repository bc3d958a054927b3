#!/bin/sh
# Run every lint of this folder. usage: run.sh [NAME...]; one line each, the whole output of those that fail, a sum.
# Several look into build/, so `make` comes first. As many run at a time as there are processors; the two that take longest
# (repro builds, shell is slow by itself) begin.
set -u
cd "$(dirname "$0")/../.." || exit 1

# --one LOGS NAME: its output and its status, for the script that has called this one
if [ "${1:-}" = --one ]; then
	status=0
	"tests/lint/$3.sh" >"$2/$3.log" 2>&1 || status=$?
	echo "$status" >"$2/$3.status"
	exit 0
fi

logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
trap 'exit 130' HUP INT TERM
[ $# -gt 0 ] || set -- tests/lint/*.sh
for name; do
	name=$(basename "$name" .sh)
	case $name in
	run) continue ;;
	shell) order=1 ;;
	repro) order=2 ;;
	*) order=3 ;;
	esac
	echo "$order $name"
done | sort -s -n -k 1,1 | cut -d' ' -f2 >"$logs/names"
xargs -r -n 1 -P "$(nproc)" "$0" --one "$logs" <"$logs/names"
checks=0 failed=0
sort "$logs/names" >"$logs/sorted"
while read -r name; do
	checks=$((checks + 1))
	if [ "$(cat "$logs/$name.status")" = 0 ]; then
		printf 'ok    %s\n' "$(tail -n 1 "$logs/$name.log")"
	else
		failed=$((failed + 1))
		printf 'FAIL  %s\n' "$name"
		sed 's/^/      | /' "$logs/$name.log"
	fi
done <"$logs/sorted"
echo "lint: $checks checks, $failed failed"
[ "$failed" -eq 0 ] && [ "$checks" -gt 0 ]
