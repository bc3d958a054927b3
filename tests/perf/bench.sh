#!/bin/bash
# SPDX-License-Identifier: ISC
# bench.sh: what a warm lookup costs beside an empty dynamic program, in a throw-away world. Prints and never
# judges: times on a shared machine are no test. BENCH_PAIRS is the number of pairs (2000).
#   warm lookup   the installed command with every argument sshd gives, a real configuration and 10 keys, Ed25519
#   dynamic       the same from a STATIC=no build, when build/dynamic has one
#   10,000 keys   against the same user with 10
#   doctor        tests/perf/doctor.sh: one user beside sshd -T, and 1,000 accounts
#   trail         tests/perf/append.c: CPU of one event, events a second with 1 and 64 writers, bytes
#   verdicts      tests/perf/verdicts.sh: RSA and ECDSA keys whose verdict is kept, and such that are judged anew
#   blocklist     tests/perf/blocklist.sh: a look-up in a list of 4,000,000 compromised keys
#   event         tests/perf/event.sh: CPU of one event from end to end, and its bytes
#   verify        tests/perf/verify.sh: how fast keyaudit verify reads
#   keyaudit log  tests/perf/trailread.sh: selective queries over 1,000,000 events
#   fleet         tests/perf/fleet.sh: keyaudit vet over a dump of 100,000 accounts
#   key store     tests/perf/store.sh: cold and warm look-ups of an HTTP source, and 200 cold ones at once
# The yardsticks, for a quiet machine: 1.1, 1.6, and 2, with a kept verdict 1.2; peak memory 4 MiB. Those of the key store stand in its script.
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"
trap - EXIT

pairs=${BENCH_PAIRS:-2000}
here=/usr/local/lib/bench
mkdir -p "$here"
install -m 0755 "$KA_SRC"/build/tests/perf/{bench,empty,curlget,append} "$KA_SRC/tests/perf/authkeys.sh" "$here" || exit 1
dynamic=''
if [ -x "$KA_SRC/build/dynamic/bin/authkeys-cmd" ]; then
	dynamic=$here/authkeys-cmd-dynamic
	install -m 0755 "$KA_SRC/build/dynamic/bin/authkeys-cmd" "$dynamic" || exit 1
fi

world_setup
[ ! -e "$KA_SRC/conf/keyaudit.conf" ] || install -m 0644 "$KA_SRC/conf/keyaudit.conf" /etc/keyaudit/keyaudit.conf
world_key alice ed25519

# USER OTHERS: the key stands in the middle of that many others
keys_of() {
	"$here/bench" --keys $(($2 / 2)) >"/etc/keyaudit/keys.d/$1"
	world_pub alice >>"/etc/keyaudit/keys.d/$1"
	"$here/bench" --keys $(($2 - $2 / 2 - 1)) >>"/etc/keyaudit/keys.d/$1"
}
keys_of alice 10
keys_of carol 10000

# USER: the arguments that sshd gives when that key is offered
offered=alice
lookup() {
	args=(-u "$1" -U "$(id -u "$1")" -H "/home/$1" -t ssh-ed25519 -f "$(world_fingerprint "$offered")"
		-k "$(cut -d' ' -f2 "$WORLD_RUN/keys/$offered.pub")")
}

status=0
compare() { # [--nothing] LABEL YARDSTICK -- A... -- B...
	local how=() label yardstick
	if [ "$1" = --nothing ]; then
		how=(--nothing)
		shift
	fi
	label=$1 yardstick=$2
	shift 2
	"$here/bench" "${how[@]}" "$label" "$yardstick" "$pairs" _keyaudit /run/keyaudit/spool "$@" || status=1
}

lookup alice
small=("${args[@]}")
lookup carol
compare 'warm lookup' 'an empty dynamic program' -- "$WORLD_COMMAND" "${small[@]}" -- "$here/empty"
[ -z "$dynamic" ] ||
	compare 'warm lookup, STATIC=no,' 'an empty dynamic program' -- "$dynamic" "${small[@]}" -- "$here/empty"
compare 'a user with 10,000 keys' 'a user with 10' -- "$WORLD_COMMAND" "${args[@]}" -- "$WORLD_COMMAND" "${small[@]}"
# shellcheck source=tests/perf/verdicts.sh
. "$KA_SRC/tests/perf/verdicts.sh"
# shellcheck source=tests/perf/blocklist.sh
. "$KA_SRC/tests/perf/blocklist.sh"
# shellcheck source=tests/perf/event.sh
. "$KA_SRC/tests/perf/event.sh"
if [ -x /usr/libexec/keyaudit/authkeys-fetch ]; then
	# shellcheck source=tests/perf/store.sh
	. "$KA_SRC/tests/perf/store.sh"
else
	echo 'bench: key store: left out, authkeys-fetch is not built'
fi
mkdir /var/log/keyaudit/bench && "$here/append" /var/log/keyaudit/bench || status=1
# shellcheck source=tests/perf/verify.sh
. "$KA_SRC/tests/perf/verify.sh"
# shellcheck source=tests/perf/doctor.sh
. "$KA_SRC/tests/perf/doctor.sh"
# shellcheck source=tests/perf/fleet.sh
. "$KA_SRC/tests/perf/fleet.sh"
# shellcheck source=tests/perf/trailread.sh
. "$KA_SRC/tests/perf/trailread.sh"
exit $status
