#!/bin/bash
# SPDX-License-Identifier: ISC
# A client that resets its connection right after its offer leaves sshd's monitor without a peer: the address can then only
# come from sshd's log. What a syslog file says is marked as not verified, whoever wrote it; what cannot be joined is not said.
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"
# shellcheck source=tests/world/reset.sh
. "$WORLD_LIB/reset.sh"

export TZ=UTC0 # lines without a zone are in the machine's
world_setup
world_key alice ed25519
world_key stranger ed25519
world_serve alice alice
conf=('[lookup]' 'sources = local' '[source local]' 'type = file' 'path = /etc/keyaudit/keys.d/%u' '[audit]')

# on SSHD-LOG LEVEL: sshd and a collector that reads that log
on() {
	world_collect_stop
	world_sshd_start "LogLevel $2" "$WORLD_RESET_COMMAND"
	world_conf "${conf[@]}" "sshd_log = $1"
	ok "the collector starts" world_collect_start
}
text_line() {
	grep "event=$WORLD_EVENT_ID" "$WORLD_AUTHLOG"
}
# no_address NAME: said as what it is, neither with a source nor with a word of where one would stand
no_address() {
	unlike "$1: no address" "$WORLD_EVENT" '"source"|"source_from"|"destination"|127\.0\.0\.1|6\.6\.6\.6'
	like "$1: root saw sshd" "$WORLD_EVENT" '"action":"ssh-key-refused".*"trust":"seen"'
	like "$1: the sentence names none" "$WORLD_EVENT" "\"message\":\"ssh key refused for alice: the offered key is in none of the user's lists\""
	like "$1: nor does the line" "$(text_line)" 'reason=key\.not-listed user="alice" rhost=- port=- fp=SHA256:'
}
# looked_at: a line was a reason to look at the monitor while it had a peer: that is root's own word, and the log's is not needed
looked_at() {
	grep -qE "\"source\":\{\"ip\":\"127\.0\.0\.1\",\"port\":$WORLD_RESET_PORT\}.*\"trust\":\"seen\".*\"source_from\":\"socket\"" <<<"$WORLD_EVENT"
}
# unverified NAME ADDRESS PORT: the file's word, marked as that; unless root has looked
unverified() {
	unlike "$1: never an alert" "$WORLD_EVENT" '"kind":"alert"'
	if looked_at; then
		note "$1: looked at in time"
		return
	fi
	like "$1: the address" "$WORLD_EVENT" "\"source\":\{\"ip\":\"$2\",\"port\":$3\}"
	like "$1: a file's word" "$WORLD_EVENT" '"trust":"log-unverified".*"source_from":"sshd-log"'
}
# no_word NAME: what nobody can be believed about is not said; unless root has looked
no_word() {
	unlike "$1: never the forged one" "$WORLD_EVENT" '6\.6\.6\.6'
	looked_at || no_address "$1"
}
# forge WHAT: alice writes a line as if sshd's monitor had
forge() {
	setpriv --reuid alice --regid alice --clear-groups logger -t "sshd[$(world_reset_monitor)]" "$1"
}
says='Connection from 6.6.6.6 port 1 on 1.1.1.1 port 22'
reset_with_forgery() {
	world_reset_hold
	forge "$says"
	ok "forged" world_wait_line 5 "$WORLD_AUTHLOG" "sshd\[$(world_reset_monitor)\]: $says"
	world_reset_go
}

# ---- at its default level sshd logs no address of such a connection
on "$WORLD_AUTHLOG" INFO
world_reset_event "INFO" world_reset
no_address "INFO"
unlike "the log has none either" "$(grep sshd "$WORLD_AUTHLOG")" "port $WORLD_RESET_PORT"
world_reset_event "INFO, forged" reset_with_forgery
unverified "INFO, forged" '(6\.6\.6\.6|127\.0\.0\.1)' '[0-9]+' # who can write there is believed as far as that

# ---- VERBOSE
on "$WORLD_AUTHLOG" VERBOSE
world_reset_event "VERBOSE" world_reset
unverified "VERBOSE" 127.0.0.1 "$WORLD_RESET_PORT"
like "VERBOSE: the line has it too" "$(text_line)" "rhost=127\.0\.0\.1 port=$WORLD_RESET_PORT "
world_reset_event "VERBOSE, forged" reset_with_forgery
no_word "VERBOSE, forged: a file that contradicts itself"

# a stranger without any account: sshd logs what it does not understand
stranger_says() {
	local m
	world_reset_hold
	m=$(world_reset_monitor | head -n 1)
	exec 3<>"/dev/tcp/127.0.0.1/$WORLD_PORT"
	printf ' sshd-session[%s]: %s rdomain "\r\n' "$m" "$says" >&3
	cat <&3 >/dev/null
	exec 3>&-
	ok "it is logged" world_wait_line 5 "$WORLD_AUTHLOG" "identifier \" sshd-session\[$m\]: $says rdomain \"\"\$"
	world_reset_go
}
on "$WORLD_AUTHLOG" INFO
world_reset_event "a line in another line" stranger_says
no_address "a line in another line"

# ---- the old form of the time, without a year and in local time
old_form() {
	world_reset_hold
	ok "its line is there" world_wait_line 5 "$WORLD_AUTHLOG" "sshd\[$(world_reset_monitor)\]: Connection from"
	sed -E 's/^[0-9-]+T([0-9:]+)\.[0-9]+\+00:00/@\1/; '"s/^@/$(date -u '+%b %e') /" "$WORLD_AUTHLOG" >"$WORLD_RUN/old.log"
	world_reset_go
}
on "$WORLD_RUN/old.log" VERBOSE
world_reset_event "without a year" old_form
unverified "without a year" 127.0.0.1 "$WORLD_RESET_PORT"

# ---- sshd -E: its lines have neither pid nor time, and are joined by the address of a monitor that was seen
WORLD_LOG="file"
on "$WORLD_FILELOG" VERBOSE
world_reset_event "sshd -E" world_reset
ok "the file has the address" grep -q "^Connection from 127.0.0.1 port $WORLD_RESET_PORT on" "$WORLD_FILELOG"
no_word "sshd -E: nobody can say whose"
world_finish
