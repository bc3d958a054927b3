#!/bin/bash
# SPDX-License-Identifier: ISC
# The same client, and sshd's log in the journal: what journald itself notes about the sender (_UID, _PID) cannot be forged
# by a local user, so that address is as good as root's own look. The collector has the rights of its unit.
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"
# shellcheck source=tests/world/reset.sh
. "$WORLD_LIB/reset.sh"
# shellcheck source=tests/world/journal.sh
. "$WORLD_LIB/journal.sh"
# shellcheck source=tests/world/unit.sh
. "$WORLD_LIB/unit.sh"

world_setup
world_key alice ed25519
world_key stranger ed25519
world_serve alice alice
world_journal_start

# on LEVEL [LINE...]: sshd, and a collector with the default configuration: sshd_log = journal
on() {
	world_collect_stop
	local level=$1
	shift
	world_sshd_start "LogLevel $level" "$WORLD_RESET_COMMAND" "$@"
	ok "the collector starts" world_collect_start_as_unit
}
no_address() {
	unlike "$1: no address" "$WORLD_EVENT" '"source"|"source_from"|"destination"|127\.0\.0\.1|6\.6\.6\.6'
	like "$1: root saw sshd" "$WORLD_EVENT" '"action":"ssh-key-refused".*"trust":"seen"'
	like "$1: the line names none" "$(world_journal SYSLOG_IDENTIFIER=keyaudit | grep "event=$WORLD_EVENT_ID")" \
		'reason=key\.not-listed user="alice" rhost=- port=- fp=SHA256:'
}
trusted() {
	like "$1: the address" "$WORLD_EVENT" "\"source\":\{\"ip\":\"127\.0\.0\.1\",\"port\":$WORLD_RESET_PORT\},\"destination\":\{\"ip\":\"127\.0\.0\.1\",\"port\":$WORLD_PORT\}"
	# the line itself, or the look at the monitor that the line was a reason for
	like "$1: trusted" "$WORLD_EVENT" '"trust":"seen".*"source_from":"(sshd-log|socket)"'
}
says='Connection from 6.6.6.6 port 1 on 1.1.1.1 port 22'
# alice writes as sshd's monitor: in the text's pid, and beside the real line
reset_with_forgery() {
	local m
	world_reset_hold
	m=$(world_reset_monitor)
	setpriv --reuid alice --regid alice --clear-groups logger -t sshd --id="$m" "$says"
	printf '%s\n' "MESSAGE=$says" SYSLOG_IDENTIFIER=sshd "SYSLOG_PID=$m" "_PID=$m" _UID=0 |
		setpriv --reuid alice --regid alice --clear-groups logger --journald
	ok "forged twice" world_wait 5 forgeries 2
	world_reset_go
}
forgeries() {
	[ "$(world_journal SYSLOG_IDENTIFIER=sshd "_UID=$(id -u alice)" | grep -cF "$says")" -ge "$1" ]
}

on INFO
world_reset_event "INFO" world_reset
no_address "INFO"
world_reset_event "INFO, forged" reset_with_forgery
no_address "INFO, forged"

on VERBOSE
world_reset_event "VERBOSE" world_reset
trusted "VERBOSE"
world_reset_event "VERBOSE, forged" reset_with_forgery
trusted "VERBOSE, forged"
ok "the journal has the forgery" grep -q "6\.6\.6\.6" <<<"$(world_journal)"

# thousands of lines about its configuration behind it: more than is read
mapfile -t many < <(printf 'Match User nobody%d\n' {1..1000})
on DEBUG3 "${many[@]}"
world_reset_event "DEBUG3" world_reset
trusted "DEBUG3"
ok "DEBUG3: that many lines" test "$(world_journal SYSLOG_IDENTIFIER=sshd "_PID=$(sed -n 's/.*"connection":"\([0-9]*\)\..*/\1/p' <<<"$WORLD_EVENT")" | wc -l)" -gt 1000

# nobody listens: the event is written all the same
world_journal_stop
world_reset_event "a dead journal" world_reset
unlike "a dead journal: no address" "$WORLD_EVENT" '"source"'
world_finish
