# shellcheck shell=bash
# SPDX-License-Identifier: ISC
# verify.sh: how fast keyaudit verify reads a trail of 100,000 records from the page cache, seals and anchors beside it. Sourced by
# bench.sh in its world; prints the best of five.
verify_dir=$(mktemp -d)
python3 "$KA_SRC/tests/trail/trailtool.py" make "$verify_dir" 100000
verify_best=0
for _ in 1 2 3 4 5; do
	verify_from=$(date +%s%N)
	keyaudit verify --key "$verify_dir/k0" --anchor "$verify_dir/anchors" "$verify_dir/audit.jsonl" >/dev/null || echo "bench: verify did not find it intact"
	verify_rate=$(($(stat -c %s "$verify_dir/audit.jsonl") * 1000 / ($(date +%s%N) - verify_from)))
	[ "$verify_rate" -le "$verify_best" ] || verify_best=$verify_rate
done
echo "bench: verify: $verify_best MB/s, 100000 records (300 wanted)"
rm -rf "$verify_dir"
