#!/bin/sh
# Run the unit tests. usage: run.sh FOLDER [PATTERN]; prints the output of programs that fail, and a sum. A program that
# ends with 77 cannot run here and has said why: that is no failure for an ordinary user. As root a test that skips itself
# has failed, but for those whose reason is the kernel, libc or the sanitizer:
may_skip='sandbox__closed__leaves_what_is_needed_and_nothing_else|edit__no_memory__changes_nothing_and_closes_once'
may_skip="$may_skip|sandbox__whatever_is_not_arithmetic__ends_it|sandbox__arithmetic__works|sandbox__signatures_of_certificates__works"
may_skip="$may_skip|load__closed_for_the_commands_user__is_invalid|load__sticky_tmp__is_unsafe"
# UNIT_JOBS programs run at a time (one more than there are processors: some wait); what they say comes in order at the end.
set -u

# --one LOGS PROGRAM: leaves what there is to say in LOGS/NAME.told, the number of its tests in LOGS/NAME.tests, and
# LOGS/NAME.failed when it has failed
one() {
	at=$1/$(basename "$2") log=$1/$(basename "$2").log status=0
	"$2" >"$log" 2>&1 || status=$?
	if [ "$status" -eq 0 ]; then
		sed -n 's/^\[  PASSED  \] \([0-9]*\) test.*/\1/p' "$log" | head -n 1 >"$at.tests"
		[ "$(id -u)" -eq 0 ] || return 0
		names=$(sed -n 's/^\[  SKIPPED \] \([a-z][a-z0-9_]*\)$/\1/p' "$log" | sort -u | grep -vxE -e "$may_skip")
		[ -n "$names" ] || return 0
		: >"$at.failed"
		echo "not ok $(basename "$2"): skipped as root: $names" >"$at.told"
	elif [ "$status" -eq 77 ] && [ "$(id -u)" -ne 0 ]; then
		echo "skipped $(basename "$2"): $(head -n 1 "$log")" >"$at.told"
		: >"$at.tests"
	else
		: >"$at.failed"
		{
			echo "not ok $(basename "$2"): status $status"
			grep -vE '^\[( RUN|       OK)' "$log"
		} >"$at.told"
	fi
}
if [ "$1" = --one ]; then
	one "$2" "$3"
	exit 0
fi

dir=$1 pattern=${2:-*}
logs=$dir/output.$$ # not in /tmp: a SIGKILL would leave it there
mkdir -p "$logs" || exit 1
trap 'rm -rf "$logs"' EXIT
for t in "$dir"/test_$pattern; do
	[ -x "$t" ] && [ ! -d "$t" ] || continue
	case $t in *.d | *.o) continue ;; esac
	echo "$t"
done >"$logs/all"
# those that take longest begin, so that nobody waits for one of them at the end
long='/test_(watchgate|vetahead|rsafactor|sourcefetch|pamstack|trail_kill|eventjson|trailrotate)$'
{
	grep -E "$long" "$logs/all"
	grep -vE "$long" "$logs/all"
} >"$logs/programs"
programs=$(wc -l <"$logs/programs")
xargs -r -n 1 -P "${UNIT_JOBS:-$(($(nproc) + 1))}" "$0" --one "$logs" <"$logs/programs"
find "$logs" -name '*.told' | sort | xargs -r cat
# who left neither was killed with its script
ended=$(find "$logs" -name '*.tests' -o -name '*.failed' | sed 's/\.[a-z]*$//' | sort -u | wc -l)
failed=$(($(find "$logs" -name '*.failed' | wc -l) + programs - ended))
tests=$(find "$logs" -name '*.tests' -exec cat {} + | awk '{ n += $1 } END { print n + 0 }')
echo "unit: $tests tests in $programs programs, $failed programs failed"
[ "$failed" -eq 0 ] && [ "$tests" -gt 0 ]
