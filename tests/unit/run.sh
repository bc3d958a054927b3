#!/bin/sh
# Run the unit tests. usage: run.sh FOLDER [PATTERN]; prints the output of programs that fail, and a sum. A program that
# ends with 77 cannot run here and has said why: that is no failure for an ordinary user.
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
