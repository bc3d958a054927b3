#!/bin/bash
# SPDX-License-Identifier: ISC
# A refused client's monitor ends with its command, and the command stays until root has looked: on a machine that is
# busy with everything else, each event has the client's address, from the monitor's own socket. Where nobody looks, or
# the one who looks is stuck, logins and refusals go on.
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"

refusals=${LOOK_REFUSALS:-40}

world_setup
world_key alice ed25519
world_key stranger ed25519
world_serve alice alice
world_pam - - - # no module: everything is the collector's work
WORLD_LOGLEVEL=INFO # and sshd's log has no address for it
world_sshd_start 'MaxStartups 200'

count() { grep -cE "$1" "$WORLD_TRAIL"; }
from() { # N strangers, at once
	local pids=()
	for ((i = 0; i < $1; i++)); do
		world_ssh alice stranger >/dev/null 2>&1 &
		pids+=($!)
	done
	wait "${pids[@]}"
}

# --- nobody looks
not_ok "no collector: a stranger is refused" world_ssh alice stranger
ok "and the key logs in" world_ssh alice alice
rm -rf /run/keyaudit/spool/* /run/keyaudit/phase/*

# --- eight busy processes to each processor; the collector as its unit starts it
world_conf '[lookup]' 'sources = local' '[source local]' 'type = file' 'path = /etc/keyaudit/keys.d/%u' '[audit]' 'flood_limit = 0'
ok "the collector starts" world_collect_start
nice=$(sed -n 's/^Nice=//p' "$KA_SRC/conf/systemd/keyaudit-collect.service")
# shellcheck disable=SC2046 # two process ids
ok "it has its unit's place in the queue ($nice)" renice -n "$nice" -p "$_world_collect_pid" $(pgrep -P "$_world_collect_pid")
busy=()
for ((i = 0; i < 8 * $(nproc); i++)); do
	sh -c 'while :; do :; done' &
	busy+=($!)
done
for ((n = 0; n < refusals; n += 4)); do from 4; done
kill "${busy[@]}"
wait "${busy[@]}" 2>/dev/null
ok "each refusal is an event" world_trail_wait 20 "$refusals"
is "each with the address of the monitor's socket" "$(count '"trust":"seen".*"source_from":"socket"|"source_from":"socket".*"trust":"seen"')" "$refusals"

# --- the one who looks is stuck: the command waits its longest and no longer
eye=$(pgrep -P "$_world_collect_pid" | head -n 1)
ok "the eye is a child of the collector" test -n "$eye"
kill -STOP "$eye"
not_ok "stuck: a stranger is refused" world_ssh alice stranger
ok "and the key logs in" world_ssh alice alice
kill -CONT "$eye"
ok "both are events" world_trail_wait 20 $((refusals + 2))
kill -KILL "$eye"
another() {
	local now
	now=$(pgrep -P "$_world_collect_pid" | head -n 1)
	[ -n "$now" ] && [ "$now" != "$eye" ]
}
ok "killed: another takes its place" world_wait 10 another
not_ok "a stranger is refused" world_ssh alice stranger
ok "and seen" world_trail_wait 20 $((refusals + 3))
like "with its address" "$(world_last_event)" '"source_from":"socket"'
world_finish
