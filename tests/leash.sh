#!/bin/bash
# SPDX-License-Identifier: ISC
# leash.sh [--to PID] COMMAND [ARG...]: run COMMAND, and when this script ends, however it ends (SIGKILL too), end
# every process that COMMAND has started and that is still there. With --to it also ends when PID does, which must be
# its parent: make says nothing to its recipes when it is killed. The status of COMMAND is passed on.
#
# What belongs to COMMAND is known by a word in its environment, since timeout(1) and setsid(1) leave groups and
# sessions, and parents die. A process that has emptied its environment is not found; in a world it ends with the
# world. One leash is enough: within another one COMMAND is just run.
set -u

# --guard WORD: the other half, a process in a session of its own. Its standard input ends when leash.sh has ended.
guard() {
	local word=KA_LEASH=$1 how looks signal=TERM
	trap '' INT TERM HUP QUIT PIPE
	how=$(cat)
	looks=0
	if [ "$how" = over ]; then # COMMAND came to its end: what it left gets a moment, and is named
		until nobody "$word" || [ $((looks += 1)) -gt 10 ]; do sleep 0.1; done
		ps -o pid=,args= -p "$(members "$word" | paste -sd,)" 2>/dev/null | sed 's/^/leash: left running, ended now: /' >&2
	fi
	looks=0
	until nobody "$word"; do
		[ $((looks += 1)) -lt 50 ] || signal=KILL
		[ $looks -lt 100 ] || {
			echo "leash: cannot be ended: $(members "$word" | paste -sd' ')" >&2
			return 1
		}
		# shellcheck disable=SC2046 # one word each
		[ $((looks % 10)) != 1 ] && [ $signal = TERM ] || kill -s $signal $(members "$word") 2>/dev/null
		sleep 0.1
	done
}

members() {
	grep -lzxsF -e "$1" /proc/[0-9]*/environ | cut -d/ -f3
}

# Asked twice: who is born while we look is there at the second look.
nobody() {
	[ -z "$(members "$1")" ] && [ -z "$(members "$1")" ]
}

# SIGNAL: end what we run, wait until it is gone, and end by the same signal.
end() {
	trap '' INT TERM HUP
	exec 9>&-
	wait "$guard"
	trap - "$1"
	kill -s "$1" $$
}

case ${1:-} in
--guard)
	guard "$2"
	exit
	;;
--to | --tied)
	# it may have ended before the kernel knew that we want to be told
	[ "$PPID" = "$2" ] || exit 143
	if [ "$1" = --to ] && [ -z "${KA_LEASH:-}" ] && command -v setpriv >/dev/null; then
		exec setpriv --pdeathsig TERM "$0" --tied "${@:2}"
	fi
	shift 2
	;;
esac
[ $# -gt 0 ] || {
	echo "usage: leash.sh [--to PID] COMMAND [ARG...]" >&2
	exit 2
}
[ -z "${KA_LEASH:-}" ] || exec "$@"

word=$$.$EPOCHREALTIME
exec 9> >(exec setsid "$0" --guard "$word")
guard=$!
for signal in INT TERM HUP; do
	# shellcheck disable=SC2064 # expanded now
	trap "end $signal" "$signal"
done
# In the background, because a shell runs no trap while it waits for a foreground child. Should we be killed before
# the word stands in its environment, it sees that we are gone.
# shellcheck disable=SC2016 # the inner shell expands
KA_LEASH=$word env --default-signal=INT,QUIT \
	sh -c '[ "$PPID" = "$1" ] || exit 137; shift; exec "$@"' sh $$ "$@" <&0 9>&- &
wait $!
status=$?
echo over >&9
exec 9>&-
wait "$guard"
exit $status
