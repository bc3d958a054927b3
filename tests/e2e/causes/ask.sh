# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # shared with world.sh
# SPDX-License-Identifier: ISC
# ask.sh: one connection, its event, and the doctor. Sourced by world.sh.

attempted=0 connections=0 held=0 address='' client_status=0 doctor_status=0

# clean_slate: an empty trail, so that every event in it belongs to this case
clean_slate() {
	[ "$connections" = 0 ] || wait_event # of the last login, which nobody has waited for
	rm -f "$WORLD_TRAIL" "$WORLD_RUN/doctor" "$WORLD_RUN/doctor.json" "$WORLD_RUN/script" "$WORLD_RUN/events"
	: >"$WORLD_RUN/doctor"
	: >"$WORLD_RUN/events"
	echo '{}' >"$WORLD_RUN/doctor.json"
	connections=0
	began_at=$EPOCHREALTIME
}

# fresh_client: who logs in and how; `case` and scripts may change it
fresh_client() {
	user=alice key=alice ask_key='' bind='' from=127.0.0.1 with=() run=(true) as=batch again=()
}

# attempt batch|person: one connection from an address of its own (or `bind`); the status is the client's. The connection has ended.
attempt() {
	attempted=$((attempted + 1)) connections=$((connections + 1))
	address=127.1.$((attempted / 250)).$((attempted % 250 + 1))
	address=${bind:-$address}
	client_status=0
	client "$1" >"$WORLD_RUN/client" 2>&1 || client_status=$?
	world_wait 8 _is_quiet
	return "$client_status"
}

# MODE: the client itself: a script, or a person, who goes on to a password and types a wrong one. Of equal options the first wins
client() {
	local options=(-o BatchMode=yes -o LogLevel=ERROR) path=$KEYS/$key
	case $key in /*) path=$key ;; esac
	if [ "$1" = person ]; then
		options=(-o BatchMode=no -o LogLevel=INFO -o NumberOfPasswordPrompts=1
			-o 'PreferredAuthentications=publickey,keyboard-interactive,password')
	fi
	SSH_ASKPASS=/bin/echo SSH_ASKPASS_REQUIRE=force DISPLAY=none \
		timeout -k 2 "$WORLD_SSH_TIMEOUT" setsid -w ssh -F none "${with[@]}" "${options[@]}" -i "$path" -b "$address" \
		-o IdentitiesOnly=yes -o IdentityAgent=none -o StrictHostKeyChecking=yes -o ConnectTimeout=10 \
		-o UserKnownHostsFile="$WORLD_RUN/known_hosts" -o GlobalKnownHostsFile=/dev/null \
		-l "$user" 127.0.0.1 "${run[@]}" </dev/null
}

_is_quiet() {
	local pid
	read -r pid <"$WORLD_RUN/sshd.pid" || return 0
	[ "$(pgrep -c -P "$pid")" -le "$held" ]
}

# the events in the trail that end a connection
final_events() {
	[ -e "$WORLD_TRAIL" ] || return 0
	jq -c 'select(.event.action | IN("ssh-login-accepted", "ssh-key-refused", "ssh-login-denied", "ssh-key-offered"))' "$WORLD_TRAIL"
}

_has_events() {
	final_events >"$WORLD_RUN/events"
	[ "$(wc -l <"$WORLD_RUN/events")" -ge "$connections" ]
}

# until every connection of the case has its event; all of them are in $WORLD_RUN/events, that of the last one in $event_line.
# A login that succeeded is settled later than a refusal that came after it: the address tells whose event it is.
wait_event() {
	world_wait "${CAUSES_EVENT_SEC:-10}" _has_events
	final_events >"$WORLD_RUN/events"
	event_line=$(jq -c --arg ip "${peer:-$address}" 'select(.source.ip == $ip)' "$WORLD_RUN/events" | tail -n 1)
	[ -n "$event_line" ] || event_line=$(tail -n 1 "$WORLD_RUN/events")
}

# FILTER: of the last event
event_field() {
	jq -r "$1 // \"-\"" <<<"${event_line:-{\}}"
}

# MODE: the connection just made has one event, with the reason and the evidence of the case
expect_event() {
	local count code wanted=${with_primary:-$id}
	wait_event
	count=$(wc -l <"$WORLD_RUN/events")
	[ "$count" = "$connections" ] || {
		fault "$1: $count events of $connections connections"
		connections=$count
	}
	[ -n "$event_line" ] || return
	code=$(event_field .event.code)
	if [ "$enters" = yes ]; then
		[ "$code" = - ] || fault "$1: the event names $code"
		return
	fi
	[ "$code" = "$wanted" ] || fault "$1: the event names $code"
	[ -z "$event" ] || grep -qE -e "$event" <<<"$event_line" || fault "$1: the event has no evidence: $event"
	[ "$(event_field .source.ip)" = "${peer:-$address}" ] || fault "$1: the event's address is $(event_field .source.ip)"
	if [ "$role" = secondary ] && [ "$enters" = no ]; then
		jq -e --arg id "$id" '.keyaudit.also | index($id)' <<<"$event_line" >/dev/null || fault "$1: the event does not name $id also"
	fi
}

# another collector
afresh() {
	world_collect_stop
	world_collect_start || world_die "the collector does not start again"
}

# a cause without a connection of its own is one event for all of them
expect_health() {
	local count
	world_wait 8 grep -qsF "\"code\":\"$id\"" "$WORLD_TRAIL"
	count=$(grep -cF "\"code\":\"$id\"" "$WORLD_TRAIL" 2>/dev/null)
	[ "${count:-0}" = 1 ] || fault "${count:-no} events of health name it"
}

# at the end of the case no connection has got a second event
expect_connections() {
	wait_event
	[ "$(wc -l <"$WORLD_RUN/events")" = "$connections" ] || fault "at the end: $(wc -l <"$WORLD_RUN/events") events of $connections connections"
}

# ask ARG...: the doctor, for people and as JSON
ask() {
	doctor_status=0
	keyaudit doctor "$@" >"$WORLD_RUN/doctor" 2>&1 || doctor_status=$?
	keyaudit doctor --json "$@" >"$WORLD_RUN/doctor.json" 2>/dev/null
	[ -s "$WORLD_RUN/doctor.json" ] || echo '{}' >"$WORLD_RUN/doctor.json"
}

# what the doctor names first, or -
named() {
	jq -r '.reason // "-"' "$WORLD_RUN/doctor.json"
}

# FILTER: of the finding that the case is about
primary_field() {
	jq -r --arg id "$id" "[.findings[]? | select(.reason == \$id)][0] // {} | $1" "$WORLD_RUN/doctor.json" 2>/dev/null
}

# WHEN: the doctor names the reason of the case
expect_named() {
	local wanted=${with_primary:-$id}
	if [ "$enters" = yes ]; then wanted=-; fi
	[ "$(named)" = "$wanted" ] || fault "$1: the doctor names $(named)"
	if [ "$role" = secondary ]; then
		[ -n "$(primary_field '.reason // empty')" ] || fault "$1: the doctor does not name $id"
	fi
	grep -qF "$id" "$WORLD_RUN/doctor" || fault "$1: $id is not on the screen"
}

expect_evidence() {
	[ -z "$doctor" ] || grep -qE -e "$doctor" "$WORLD_RUN/doctor" || fault "the doctor has no evidence: $doctor"
}

# the key as the doctor is given it
public_key() {
	if [ -e "$KEYS/$key-cert.pub" ]; then echo "$KEYS/$key-cert.pub"; else echo "$KEYS/${ask_key:-$key}.pub"; fi
}
