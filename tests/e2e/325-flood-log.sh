#!/bin/bash
# SPDX-License-Identifier: ISC
# Hundreds of refused connections that nobody but sshd's log tells of (unknown users: neither the command nor PAM runs): each is
# counted once, singly up to the limit and in sums above it; memory, the trail and /run stay small; a login beside them passes.
# The lines are those of a syslog file, of processes that are gone, as after a scan by a botnet.
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"

N=400
world_setup
world_key alice ed25519
world_serve alice alice
world_conf '[lookup]' 'sources = local' '[source local]' 'type = file' 'path = /etc/keyaudit/keys.d/%u' '[audit]' "sshd_log = $WORLD_AUTHLOG"
world_sshd_start
ok "the collector starts" world_collect_start

count() { if [ -e "$WORLD_TRAIL" ]; then grep -cE "$1" "$WORLD_TRAIL"; else echo 0; fi; }
summed() { sed -n 's/.*"action":"ssh-key-refused-summary".*"count":\([0-9]*\).*/\1/p' "$WORLD_TRAIL" | awk '{ n += $1 } END { print n + 0 }'; }
single() { count '"action":"ssh-key-refused",'; }
whole() { [ $(($(single) + $(summed))) -ge "$1" ]; }
# the most memory that the collector and its children have had, in KiB
peak() {
	local pid
	for pid in "$(world_collect_pid)" $(pgrep -P "$(world_collect_pid)"); do
		sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB$/\1/p' "/proc/$pid/status" 2>/dev/null
	done | sort -n | tail -n 1
}
# flood N FIRST: connections of N processes, with numbers above any pid_max
flood() {
	local stamp
	stamp=$(date +%Y-%m-%dT%H:%M:%S.%6N%:z)
	seq "$2" $(($2 + $1 - 1)) | awk -v stamp="$stamp" '{
		sshd = stamp " host sshd[" $1 "]: "; from = " 127.1.2.3 port " 20000 + $1 % 10000
		print sshd "Invalid user bot" $1 " from" from
		print sshd "Connection closed by invalid user bot" $1 from " [preauth]"
	}' >>"$WORLD_AUTHLOG"
}

ok "a login makes the log heard" world_ssh alice alice
flood 20 5100000
ok "some are counted" world_wait 10 whole 20
before=$(peak)
flood "$N" 5000000
ok "a login passes meanwhile" world_ssh alice alice
ok "all are counted" world_wait 30 whole $((N + 20))
note "$(single) single, $(summed) summed, $(count ssh-key-refused-summary) summaries; $(peak) KiB at most, $before before"
is "each once" "$(($(single) + $(summed)))" $((N + 20))
ok "most of them in sums" test "$(summed)" -ge $((N / 2))
ok "the trail is small" test "$(wc -l <"$WORLD_TRAIL")" -le $((N / 2))
ok "no more memory than 8 MiB for it" test "$(($(peak) - before))" -le 8192
is "no address of theirs is believed, and none is an alert" "$(count '"kind":"alert"')" 0
nothing_left() { [ -z "$(world_left)" ]; }
ok "nothing is left" world_wait 8 nothing_left
logins() { [ "$(count '"action":"ssh-login-accepted"')" -ge 2 ]; }
ok "both logins have their event" world_wait 8 logins
world_collect_stop
world_finish
