# shellcheck shell=bash
# SPDX-License-Identifier: ISC
# verify.sh: how fast keyaudit verify reads a trail of 100,000 records from the page cache, seals and anchors beside it. Sourced by
# bench.sh in its world; prints the best of five, by the clock and, for a machine that others use as well, by the CPU.
verify_dir=$(mktemp -d)
python3 "$KA_SRC/tests/trail/trailtool.py" make "$verify_dir" 100000
verify_once() { keyaudit verify --key "$verify_dir/k0" --anchor "$verify_dir/anchors" "$verify_dir/audit.jsonl" >/dev/null || echo "bench: verify did not find it intact" >&2; }
verify_times=$(
	TIMEFORMAT='%R %U %S'
	for _ in 1 2 3 4 5; do { time verify_once 2>&3; } 3>&2 2>&1; done
)
awk -v bytes="$(stat -c %s "$verify_dir/audit.jsonl")" '
	NR == 1 || $1 < wall { wall = $1 }
	NR == 1 || $2 + $3 < cpu { cpu = $2 + $3 }
	END { printf "bench: verify: %d MB/s by the clock, %d by the CPU, 100000 records of %d bytes (300 wanted)\n", bytes / wall / 1e6, bytes / cpu / 1e6, bytes / 1e5 }' <<<"$verify_times"
rm -rf "$verify_dir"
