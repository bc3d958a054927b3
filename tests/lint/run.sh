#!/bin/sh
# Run every lint of this folder. usage: run.sh [NAME...]; one line each, the whole output of those that fail, a sum.
# Several look into build/, so `make` comes first.
set -u
cd "$(dirname "$0")/../.." || exit 1
checks=0 failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
[ $# -gt 0 ] || set -- tests/lint/*.sh
for name; do
	name=$(basename "$name" .sh)
	[ "$name" != run ] || continue
	checks=$((checks + 1))
	if "tests/lint/$name.sh" >"$log" 2>&1; then
		printf 'ok    %s\n' "$(tail -n 1 "$log")"
	else
		failed=$((failed + 1))
		printf 'FAIL  %s\n' "$name"
		sed 's/^/      | /' "$log"
	fi
done
echo "lint: $checks checks, $failed failed"
[ "$failed" -eq 0 ] && [ "$checks" -gt 0 ]
