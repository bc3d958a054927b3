#!/bin/sh
# SPDX-License-Identifier: ISC
# Run the fuzz targets. usage: run.sh replay PROGRAM... | run.sh smoke SECONDS PROGRAM...
# A program NAME has its corpus in tests/fuzz/corpus/NAME; what a smoke run finds stays beside the program.
set -u
cd "$(dirname "$0")/../.." || exit 2
mode=$1
shift

replay() {
	targets=0 inputs=0 failed=0
	for program; do
		corpus=tests/fuzz/corpus/$(basename "$program")
		targets=$((targets + 1))
		if n=$("$program" "$corpus"); then
			inputs=$((inputs + n))
		else
			failed=$((failed + 1))
			echo "not ok fuzz-replay $program $corpus"
		fi
	done
	echo "fuzz-replay: $inputs inputs over $targets targets"
	[ "$failed" -eq 0 ] && [ "$inputs" -gt 0 ]
}

smoke() {
	seconds=$1 targets=0 crashes=0
	shift
	for program; do
		name=$(basename "$program") found=$program.found
		mkdir -p "$found"
		targets=$((targets + 1))
		if "$program" -max_total_time="$seconds" -timeout=5 -max_len=4096 -print_final_stats=1 \
			-artifact_prefix="$program.crash-" "$found" "tests/fuzz/corpus/$name" >"$program.log" 2>&1; then
			sed -n "s|^stat::average_exec_per_sec: *|fuzz $name: runs/s |p" "$program.log"
		else
			crashes=$((crashes + 1))
			echo "not ok fuzz $name; the input is $program.crash-*"
			tail -n 25 "$program.log"
		fi
	done
	echo "fuzz: $targets targets, $crashes crashes"
	[ "$crashes" -eq 0 ] && [ "$targets" -gt 0 ]
}

case $mode in
replay) replay "$@" ;;
smoke) smoke "$@" ;;
*) exit 2 ;;
esac
