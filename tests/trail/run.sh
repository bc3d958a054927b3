#!/bin/bash
# SPDX-License-Identifier: ISC
# run.sh: the trail under attack, and after crashes. TRAIL_TRIALS (20) attacks of each class on trails of 300 records,
# TRAIL_BIG_TRIALS (0) on such of 10,000, TRAIL_CRASHES (4) rounds of crashes.
# Prints "attacks: N detected of N" and "crashes: N clean of N"; status 1 when one was missed, or a crash called tampering.
set -u
cd "$(dirname "$0")/../.." || exit 1
keyaudit=${KEYAUDIT:-build/bin/keyaudit}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
bad=0
python3 tests/trail/attack.py "$keyaudit" "${TRAIL_TRIALS:-20}" 300 >"$log" || bad=1
begin=$SECONDS
if [ "${TRAIL_BIG_TRIALS:-0}" -gt 0 ]; then
	python3 tests/trail/attack.py "$keyaudit" "$TRAIL_BIG_TRIALS" 10000 >>"$log" || bad=1
fi
grep -v '^attacks: ' "$log"
[ "${TRAIL_BIG_TRIALS:-0}" -eq 0 ] || echo "  seconds on 10000 records: $((SECONDS - begin))"
tests/trail/crash.sh || bad=1
awk '/^attacks: / { seen += $2; of += $5 } END { printf "attacks: %d detected of %d\n", seen, of; exit seen != of || of == 0 }' "$log" || bad=1
exit $bad
