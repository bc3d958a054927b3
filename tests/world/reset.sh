# shellcheck shell=bash
# SPDX-License-Identifier: ISC
# reset.sh: clients that reset their connection right after they have offered a key, so that sshd's monitor has no peer any
# more when the command runs: root sees that it is sshd, and not with whom it talked. For scripts that source lib.sh first.

WORLD_RSTPROXY=$KA_SRC/build/tests/tools/rstproxy
WORLD_HOLD=$WORLD_RUN/hold # a FIFO: a client waits with its offer until world_reset_go
WORLD_RESET_PORT=''        # the client's port of the last one that has ended
# a line for sshd_config: the command without %C, which since OpenSSH 9.4 has the address too
# shellcheck disable=SC2034 # for the scripts
WORLD_RESET_COMMAND="AuthorizedKeysCommand $WORLD_COMMAND -u %u -U %U -H %h -t %t -f %f -k %k"

# world_reset [HELD]: alice offers the key "stranger" and resets; with HELD, a FIFO, not before it was opened and closed.
world_reset() {
	world_ssh alice stranger -o Ciphers=aes128-gcm@openssh.com -o ProxyCommand="$WORLD_RSTPROXY %h %p 80 ${1:-}" \
		2>"$WORLD_RUN/reset"
	# shellcheck disable=SC2034 # for the scripts
	WORLD_RESET_PORT=$(sed -n 's/^port //p' "$WORLD_RUN/reset")
}

# world_reset_hold: the same in the background, up to the offer.
world_reset_hold() {
	rm -f "$WORLD_HOLD" "$WORLD_RUN/reset"
	mkfifo "$WORLD_HOLD"
	world_reset "$WORLD_HOLD" >/dev/null 2>&1 &
	_world_reset_pid=$!
	world_wait 10 grep -qs '^port ' "$WORLD_RUN/reset" || world_die "the client does not connect"
	world_wait 10 pgrep -P "$(world_sshd_pid)" || world_die "sshd has no monitor"
}

# world_reset_monitor: print the pid of the only connection's monitor.
world_reset_monitor() {
	pgrep -P "$(world_sshd_pid)"
}

# world_reset_go: the held client offers its key and resets.
world_reset_go() {
	timeout 15 sh -c ': >"$1"' sh "$WORLD_HOLD"
	wait "$_world_reset_pid"
	# shellcheck disable=SC2034 # for the scripts
	WORLD_RESET_PORT=$(sed -n 's/^port //p' "$WORLD_RUN/reset")
}

_world_reset_is_over() {
	! pgrep -P "$(world_sshd_pid)" && [ -z "$(find /run/keyaudit/{spool,phase,claimed} -type f)" ]
}

# world_reset_event NAME COMMAND...: COMMAND makes one client reset; checks that this is one event, and leaves it in
# WORLD_EVENT and its id in WORLD_EVENT_ID. Where the machine was so busy that root came too late to see the monitor at all,
# or the reset so late that root saw its peer, COMMAND gets more chances, five in all.
world_reset_event() {
	local name=$1 try before
	shift
	for try in 1 2 3 4 5; do
		before=$(world_events)
		"$@"
		world_trail_wait 10 $((before + 1))
		world_wait 10 _world_reset_is_over
		[ "$(world_events)" -eq $((before + 1)) ] || break
		WORLD_EVENT=$(world_last_event)
		case $WORLD_EVENT in
		*'"trust":"claimed"'*) note "try $try: nobody saw the monitor" ;;
		*'"source_from":"socket"'*) note "try $try: the reset came too late" ;;
		*) break ;;
		esac
	done
	is "$name: one event" "$(world_events)" $((before + 1))
	# shellcheck disable=SC2034 # for the scripts
	WORLD_EVENT_ID=$(sed -n 's/.*"id":"\([a-z2-7]\{26\}\)","severity".*/\1/p' <<<"$WORLD_EVENT")
}
