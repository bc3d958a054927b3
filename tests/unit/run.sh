#!/bin/sh
# Run the unit tests. usage: run.sh FOLDER [PATTERN]; prints the output of programs that fail, and a sum. A program that
# ends with 77 cannot run here and has said why: that is no failure for an ordinary user. As root a test that skips itself
# has failed, but for those whose reason is the kernel, libc or the sanitizer:
may_skip='sandbox__closed__leaves_what_is_needed_and_nothing_else|edit__no_memory__changes_nothing_and_closes_once'
may_skip="$may_skip|load__closed_for_the_commands_user__is_invalid|load__sticky_tmp__is_unsafe"
set -u
dir=$1 pattern=${2:-*}
programs=0 failed=0 tests=0
log=$dir/output.$$ # not in /tmp: a SIGKILL would leave it there
trap 'rm -f "$log"' EXIT
for t in "$dir"/test_$pattern; do
	[ -x "$t" ] && [ ! -d "$t" ] || continue
	case $t in *.d | *.o) continue ;; esac
	programs=$((programs + 1))
	if "$t" >"$log" 2>&1; then
		n=$(sed -n 's/^\[  PASSED  \] \([0-9]*\) test.*/\1/p' "$log" | head -n 1)
		tests=$((tests + ${n:-0}))
		[ "$(id -u)" -eq 0 ] || continue
		names=$(sed -n 's/^\[  SKIPPED \] \([a-z][a-z0-9_]*\)$/\1/p' "$log" | sort -u | grep -vxE -e "$may_skip")
		[ -n "$names" ] || continue
		failed=$((failed + 1))
		echo "not ok $(basename "$t"): skipped as root: $names"
	elif [ $? -eq 77 ] && [ "$(id -u)" -ne 0 ]; then
		echo "skipped $(basename "$t"): $(head -n 1 "$log")"
	else
		failed=$((failed + 1))
		echo "not ok $(basename "$t")"
		grep -vE '^\[( RUN|       OK)' "$log"
	fi
done
echo "unit: $tests tests in $programs programs, $failed programs failed"
[ "$failed" -eq 0 ] && [ "$tests" -gt 0 ]
