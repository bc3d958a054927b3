#!/bin/bash
# SPDX-License-Identifier: ISC
# check.sh: every tier of tests, at CI size; or one tier at its full size.
#
#	tests/check.sh                 all tiers (make check)
#	tests/check.sh --full NAME     one tier, full size (make check-NAME)
#
# A tier prints its own size; here its seconds and its end are added. As root a tier that cannot run has
# failed. As an ordinary user the tiers that need root are named and skipped, and nothing else is; one that was asked
# for by its name and cannot run for that reason is no success: status 77.
set -u
cd "$(dirname "$0")/.." || exit 1
# however this ends, SIGKILL too, nothing of a tier is left running
[ -n "${KA_LEASH:-}" ] || exec tests/leash.sh tests/check.sh "$@"

full=
[ "${1:-}" = --full ] && full=${2:?--full needs the name of a tier}
log=build/check
mkdir -p "$log"
passed=0 failed=0 skipped=0 failures=

make_() { make --no-print-directory DEPS=no "$@"; }
jobs=$(nproc)

# ---- the tiers: NAME NEEDS-ROOT WHAT ----
tiers='
build      no   gcc, every warning an error, static and dynamic command
unit       no   unit tests
asan       no   clang, every warning an error, and unit tests under its AddressSanitizer and UBSan
fuzz       no   corpora replayed (full: 20 s of fuzzing per target)
keygen     no   key lines, signatures and lists of revoked keys read by us and by ssh-keygen, forms of events by parsers of their own: no difference without a reason
leash      no   a check that is interrupted or killed leaves no process
lint       no   floors, exports, needed libraries, globals, lengths, manual pages, shell
deps       no   the temporary policy-rc.d
world      yes  the throw-away world leaves nothing behind
e2e        yes  scripts against the real sshd
causes     yes  the cause matrix: break, try, explain, mend, try (full: every case, control and pair)
store      yes  key stores and every way in which they fail (what e2e saw of it; full: those scripts alone, every fault in each format)
strictmodes yes our StrictModes judge against sshd
report     yes  the page of keyaudit report, read by the HTML parser of python3 (full: shown by a real browser, no script, no request)
vectors    yes  the judge: vectors of our own, a second implementation, honest keys, 5,000 damaged lines beside ssh-keygen (full: 100,000)
kill       yes  collector and recorder killed at random: nothing lost, nothing doubled
trail      yes  attacks on the trail are seen, crashes are not taken for any (full: 1,000 of each class on 300 and 10,000 records, and the kill tier)
bench      yes  the warm lookup beside an empty program (prints, never judges)
'

# What gcc builds is what all other tiers use. STATIC=no is another command, and nothing else. What clang has to say it says
# where it builds the sanitizers'.
tier_build() {
	make_ -j"$jobs" WERROR=yes CC=gcc programs testtools &&
		make_ -j"$jobs" WERROR=yes CC=gcc O=build/dynamic STATIC=no build/dynamic/bin/authkeys-cmd &&
		echo "build: 2 builds, 0 warnings"
}
tier_unit() { make_ -j"$jobs" WERROR=yes unit; }
tier_asan() { make_ -j"$jobs" WERROR=yes V=asan CC=clang CFLAGS='-O1 -g1' programs unit-objects unit; }
tier_fuzz() { if [ -n "$full" ]; then make_ fuzz-smoke; else make_ -j"$jobs" WERROR=yes fuzz-replay; fi; }
tier_keygen() { make_ -j"$jobs" WERROR=yes testtools && tests/diff/keygen.sh ${full:+400} && tests/diff/krl.sh ${full:+60} && tests/tools/signedcases.sh --check && tests/diff/forms.sh; }
tier_report() { make_ -j"$jobs" WERROR=yes programs && tests/report/page.sh && { [ -z "$full" ] || { mk/deps.sh browser && tests/report/browser.sh; }; }; }
tier_lint() { make_ -j"$jobs" WERROR=yes programs testtools build/tests/perf/scale && tests/lint/run.sh; }
tier_leash() { tests/world/leashtest.sh; }
tier_deps() { tests/world/depstest.sh; }
root_build() { make_ -j"$jobs" WERROR=yes programs testtools; }
tier_world() { root_build && tests/world/selftest.sh; }
tier_e2e() { root_build && tests/e2e/run.sh; }
tier_store() {
	[ -z "$full" ] || { root_build && STORE_FAULTS=all STORE_KILLS=150 tests/e2e/run.sh store fetch; } || return
	grep -h '^store faults: ' build/e2e/630-store-faults.log
}
tier_causes() { root_build && if [ -n "$full" ]; then tests/e2e/causes/run.sh; else tests/e2e/causes/run.sh --quick; fi; }
tier_strictmodes() { root_build && tests/strictmodes/run.sh ${full:+full}; }
tier_vectors() { root_build && VECTORS_MUTATIONS=$([ -n "$full" ] && echo 100000 || echo 5000) tests/vectors/run.sh ${full:+full}; }
tier_kill() { root_build && KILL_CONNECTIONS=$([ -n "$full" ] && echo 500 || echo 100) tests/kill/run.sh; }
tier_trail() {
	root_build || return
	if [ -n "$full" ]; then
		KILL_CONNECTIONS=500 tests/kill/run.sh && TRAIL_TRIALS=1000 TRAIL_BIG_TRIALS=1000 TRAIL_CRASHES=200 tests/trail/run.sh
	else
		TRAIL_TRIALS=20 TRAIL_BIG_TRIALS=0 TRAIL_CRASHES=4 tests/trail/run.sh
	fi
}
tier_bench() { root_build && BENCH_PAIRS=$([ -n "$full" ] && echo 2000 || echo 200) FLEET_KEYS=$([ -n "$full" ] && echo 100000 || echo 1000) DOCTOR_ACCOUNTS=$([ -n "$full" ] && echo 1000 || echo 100) make_ WERROR=yes bench; }

run_tier() { # NAME NEEDS-ROOT
	local begin=$SECONDS status
	if [ "$2" = yes ] && [ "$(id -u)" != 0 ]; then
		if [ -n "$full" ]; then
			echo "check: not root: $1 needs namespaces and users of its own, so nothing was tested (sudo make check-$1)" >&2
			exit 77
		fi
		printf '%-12s skipped: not root\n' "$1"
		skipped=$((skipped + 1))
		return
	fi
	"tier_$1" >"$log/$1.log" 2>&1
	status=$?
	grep -E '^([a-z0-9-]+|store faults): .*[0-9]' "$log/$1.log" | grep -v '^make' | tail -n "${SUMMARY_LINES:-6}" | sed 's/^/    /'
	if [ $status -eq 0 ]; then
		printf '%-12s ok      %4d s\n' "$1" $((SECONDS - begin))
		passed=$((passed + 1))
	else
		printf '%-12s FAILED  %4d s  (status %d; %s)\n' "$1" $((SECONDS - begin)) "$status" "$log/$1.log"
		tail -n 60 "$log/$1.log" | sed "s/^/    | /"
		failed=$((failed + 1))
		failures="$failures $1"
	fi
}

begin=$SECONDS
found=
while read -r name root _; do
	[ -n "$name" ] || continue
	[ -z "$full" ] || [ "$full" = "$name" ] || continue
	found=yes
	run_tier "$name" "$root"
done <<EOT
$tiers
EOT
[ -n "$found" ] || {
	echo "check: no tier \"$full\"; there are:$(echo "$tiers" | awk 'NF {printf " %s", $1}')" >&2
	exit 2
}
# once more what failed, since some keep only the end of what a check prints
for name in $failures; do
	grep -E '^ *(\| *)?(not ok|FAIL)|: (fatal )?error: |^\[  (ERROR |FAILED)|^==[0-9]+==ERROR|runtime error|^SUMMARY: ' "$log/$name.log" |
		head -n 25 | cut -c1-240 | sed "s/^/    $name: /"
done
echo "seconds: $((SECONDS - begin))${failures:+; failed:$failures}"
echo "check: $passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
