#!/bin/bash
# SPDX-License-Identifier: ISC
# leashtest.sh: whatever ends a check - Ctrl-C, TERM, a closed terminal, SIGKILL of make, of check.sh or of the tier -
# within seconds no process of it is left. Uses a copy of the Makefile and of the runners in a scratch tree, with a tier
# that is only busy; as root also e2e, with a real world.
# shellcheck disable=SC2016 # the stubs expand
set -u

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
[ -n "${KA_LEASH:-}" ] || exec "$top/tests/leash.sh" "$0"
# shellcheck source=tests/world/count.sh
. "$top/tests/world/count.sh"
scratch=$(mktemp -d) || exit 1
check_shows=$scratch/out
trap 'rm -rf "$scratch"' EXIT
# by this word in its environment we find whatever a case has started
mark=KA_LEASHTEST=$$.$EPOCHREALTIME
export SCRATCH=$scratch

mkdir -p "$scratch/tree/tests/e2e" "$scratch/bin"
cp -a "$top/Makefile" "$top/mk" "$scratch/tree/"
cp -a "$top/tests/check.sh" "$top/tests/leash.sh" "$top/tests/world" "$scratch/tree/tests/"
cp -a "$top/tests/e2e/run.sh" "$scratch/tree/tests/e2e/"
cd "$scratch/tree" || exit 1

# What a tier may start: a child, one in a session of its own, one in a group of its own, and one that ignores all
# signals where the case asks for it.
stub() {
	cat >"$1" <<-'END'
		#!/bin/bash
		sleep 1000 &
		setsid sleep 1000 &
		timeout 1000 sleep 1000 &
		[ -z "${STUBBORN:-}" ] || (trap '' INT TERM HUP; exec sleep 1000) &
	END
	echo "$2" >>"$1"
	chmod 0755 "$1"
}
stub tests/world/depstest.sh 'touch "$SCRATCH/busy"; [ -n "${LEAVES:-}" ] || wait'
stub tests/e2e/000-busy.sh 'echo busy; wait'

# [VARIABLE=VALUE...] COMMAND...: as somebody at a terminal starts it, with a leash of its own; sets pid. Should this
# script die, so does COMMAND.
start() {
	rm -f "$scratch/busy" build/e2e/000-busy.log
	setpriv --pdeathsig KILL env -u KA_LEASH --default-signal=INT,HUP,TERM "$mark" KA_WORLD_INSTALL=no "$@" >"$scratch/out" 2>&1 </dev/null &
	pid=$!
}

started() { grep -lzxsF -e "$mark" /proc/[0-9]*/environ | cut -d/ -f3; }
gone() { [ -z "$(started)" ]; }
busy() { [ -e "$scratch/busy" ] || grep -qs '^busy' build/e2e/000-busy.log; }

all_gone() {
	within 12 gone || {
		ps -o pid,ppid,args -p "$(started | paste -sd,)" | sed 's/^/#   | /'
		started | xargs -r kill -KILL
		return 1
	}
}

# PID PATTERN: prints the process among its descendants whose command line matches.
below() {
	local child
	for child in $(pgrep -P "$1"); do
		tr '\0' ' ' <"/proc/$child/cmdline" | grep -qE -e "$2" && echo "$child" && return
		below "$child" "$2" && return
	done
	return 1
}

# NAME SIGNAL PATTERN STATUS: end the process below ours that matches, or ours ("-"); look.
ended() {
	local whom=$pid status=0
	check "$1: it is busy before" within 60 busy
	[ "$3" = - ] || whom=$(below "$pid" "$3")
	check "$1: the signal is sent" kill -s "$2" "$whom"
	{ [ -n "$whom" ] && within 60 over "$pid"; } || kill -KILL "$pid"
	wait "$pid" 2>/dev/null || status=$?
	check "$1: the status is $4" test "$status" = "$4"
	check "$1: nobody is left" all_gone
}

start STUBBORN=yes make DEPS=no check-deps
ended "SIGKILL of make, and one who ignores TERM" KILL - 137
start make DEPS=no check-deps
ended "TERM of make" TERM - 143
start make DEPS=no check-deps
ended "SIGKILL of the shell below make" KILL 'leash.sh.* tests/check.sh' 2
start make DEPS=no check-deps
ended "SIGKILL of the tier" KILL 'tests/world/depstest.sh' 2
for signal in INT TERM HUP KILL; do
	start tests/check.sh --full deps
	ended "$signal of check.sh" "$signal" - $((128 + $(kill -l "$signal")))
done

start LEAVES=yes tests/check.sh --full deps
wait "$pid"
check "a tier that leaves processes behind: they are ended" gone
check "a tier that leaves processes behind: they are named" grep -q 'leash: left running, ended now: .* sleep 1000' "$scratch/out"

"$top/tests/leash.sh" --to 1 true
check "who comes after the death of its starter does nothing" test $? = 143

printf '#!/bin/sh\necho 1000\n' >"$scratch/bin/id"
chmod 0755 "$scratch/bin/id"
PATH=$scratch/bin:$PATH start tests/check.sh --full e2e
wait "$pid"
check "a tier that needs root, asked for by name by somebody else: status 77" test $? = 77
check "and it says why" grep -q '^check: not root: e2e .*nothing was tested' "$scratch/out"

if [ "$(id -u)" = 0 ]; then
	start make DEPS=no check-e2e
	ended "e2e: SIGKILL of make" KILL - 137
	start tests/check.sh --full e2e
	ended "e2e: TERM of check.sh" TERM - 143
	start tests/e2e/run.sh
	ended "e2e: SIGKILL of run.sh alone" KILL - 137
fi
check_sum leash
