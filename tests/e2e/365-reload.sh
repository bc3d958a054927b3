#!/bin/bash
# SPDX-License-Identifier: ISC
# The collector and a configuration that changes under it: SIGHUP takes a good one whole and leaves a wrong one alone, says
# where it is wrong, and loses nothing meanwhile.
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"
# shellcheck source=tests/world/reset.sh
. "$WORLD_LIB/reset.sh"
# shellcheck source=tests/world/unit.sh
. "$WORLD_LIB/unit.sh"

world_setup
world_key alice ed25519
world_key stranger ed25519
world_serve alice alice
world_pam - - - # all events are the collector's
world_sshd_start "$WORLD_RESET_COMMAND"

conf=('[lookup]' 'sources = local' '[source local]' 'type = file' 'path = /etc/keyaudit/keys.d/%u' '[audit]')
says_in=/var/log/collect.log
other=/var/log/keyaudit/other.jsonl
first=$WORLD_TRAIL

said() { # how often the collector has said it
	grep -cE -e "$1" "$says_in"
}
has_said() { # REGEX TIMES
	[ "$(said "$1")" -ge "$2" ]
}
again='^keyaudit collect: the configuration was read again$'
# reload NAME: SIGHUP, and the new configuration is taken
reload() {
	local before
	before=$(said "$again")
	kill -HUP "$(world_collect_pid)"
	ok "$1: is taken" world_wait 5 has_said "$again" $((before + 1))
}
# refused NAME REGEX: SIGHUP, and the new one is not taken, for that reason
refused() {
	local before taken
	before=$(said "$2") taken=$(said "$again")
	kill -HUP "$(world_collect_pid)"
	ok "$1: is said" world_wait 5 has_said "$2" $((before + 1))
	is "$1: is not taken" "$(said "$again")" "$taken"
	like "$1: syslog has it" "$(grep 'keyaudit\[' "$WORLD_AUTHLOG")" "${2#^keyaudit collect: }"
	is "$1: the collector lives" "$(pgrep -P $$ -x keyaudit)" "$pid"
}
more() { # FILE LINES
	[ "$(world_events "$1")" -ge "$2" ]
}
# goes_to NAME FILE: a refusal is one event more in that trail
goes_to() {
	local a b wanted
	a=$(world_events "$first") b=$(world_events "$other") wanted=$(($(world_events "$2") + 1))
	not_ok "$1: a stranger" world_ssh alice stranger
	ok "$1: its event" world_wait 10 more "$2" "$wanted"
	is "$1: is one" $(($(world_events "$first") + $(world_events "$other"))) $((a + b + 1))
}

world_conf "${conf[@]}" 'sshd_log = none'
ok "the collector starts" world_collect_start
pid=$(world_collect_pid)
goes_to "at first" "$first"

# ---- another trail
world_conf "${conf[@]}" 'sshd_log = none' "trail = $other"
goes_to "changed, not told" "$first"
reload "another trail"
goes_to "another trail" "$other"

# ---- wrong ones
world_conf "${conf[@]}" 'sshd_log = none' "trail = $first" 'colour = red'
refused "an unknown key" '^keyaudit collect: the new configuration is not used, the old one stays in force: /etc/keyaudit/keyaudit\.conf:9: .*colour'
goes_to "an unknown key" "$other"
world_conf "${conf[@]}" 'sshd_log = none' "trail = $first"
chmod 0666 /etc/keyaudit/keyaudit.conf
refused "writable by everybody" '^keyaudit collect: the new configuration is not used, the old one stays in force: /etc/keyaudit/keyaudit\.conf.*(writ|0666)'
goes_to "writable by everybody" "$other"
rm /etc/keyaudit/keyaudit.conf
refused "none at all" '^keyaudit collect: the new configuration is not used, the old one stays in force: /etc/keyaudit/keyaudit\.conf: there is no configuration'
goes_to "none at all" "$other"

# ---- levels and sinks
world_conf "${conf[@]}" 'sshd_log = none' "trail = $first" 'sinks = trail' 'level.key.not-listed = warning'
like "until now" "$(grep -m 1 '"action":"ssh-key-refused"' "$other")" '"code":"key.not-listed".*"severity":2'
reload "levels and sinks"
before=$(grep -c 'ssh key refused' "$WORLD_AUTHLOG")
goes_to "levels and sinks" "$first"
like "the level holds" "$(grep '"action":"ssh-key-refused"' "$first" | tail -n 1)" '"code":"key.not-listed".*"severity":6'
is "syslog gets nothing more" "$(grep -c 'ssh key refused' "$WORLD_AUTHLOG")" "$before"

# ---- a connection that was there before: judged when it ends, by what holds then
world_conf "${conf[@]}" 'sshd_log = none'
reload "no log"
told=no
reset_over_reload() {
	world_reset_hold
	if [ "$told" = no ]; then
		world_conf "${conf[@]}" "sshd_log = $WORLD_AUTHLOG"
		reload "a log"
		told=yes
	fi
	world_reset_go
}
world_reset_event "a connection over a reload" reset_over_reload
like "its address is from the log" "$WORLD_EVENT" "\"source\":\{\"ip\":\"127.0.0.1\",\"port\":$WORLD_RESET_PORT\}.*\"source_from\":\"(sshd-log|socket)\""

# ---- the flood limit
world_conf "${conf[@]}" 'flood_limit = 1'
reload "a flood limit"
for _ in 1 2 3 4 5 6; do
	world_ssh alice stranger &
	clients+=($!)
done
wait "${clients[@]}"
ok "it holds" world_wait 10 grep -q '"action":"ssh-key-refused-summary"' "$first"
world_conf "${conf[@]}" 'flood_limit = 0'
reload "no flood limit"

# ---- told often, while there is work
ok "quiet" world_wait 10 _world_reset_is_over
before=$(world_events "$first")
for _ in {1..12}; do
	world_ssh alice stranger
	for _ in {1..10}; do kill -HUP "$pid"; done
done
ok "twelve refusals and many signals" world_wait 10 more "$first" $((before + 12))
ok "nothing is left" world_wait 10 _world_reset_is_over
is "one event each" "$(world_events "$first")" $((before + 12))
is "it is the same collector" "$(world_collect_pid) $(pgrep -P $$ -x keyaudit)" "$pid $pid"

# ---- what the unit does on `systemctl reload`
unit_reloads() {
	local words
	world_unit ExecReload | while read -ra words; do
		(world_as_unit "${words[@]/\$MAINPID/$pid}" </dev/null) || exit
	done
}
before=$(said "$again")
ok "reload of the unit" unit_reloads
ok "reaches the collector" world_wait 5 has_said "$again" $((before + 1))
world_conf "${conf[@]}" 'sshd_log = journal' 'min_free = lots'
before=$(said 'the new configuration is not used')
not_ok "reload of the unit with a wrong configuration" unit_reloads
like "says where it is wrong" "$(cat "$WORLD_RUN/out")" '^/etc/keyaudit/keyaudit\.conf:8: .*min_free'
is "and does not even ask the collector" "$(said 'the new configuration is not used')" "$before"

# ---- broken from the start: by the defaults, until it is mended
world_collect_stop
ok "the collector starts with a wrong one" world_collect_start
pid=$(world_collect_pid)
refused "wrong since the start" '^keyaudit collect: the new configuration is not used, the defaults stay in force: /etc/keyaudit/keyaudit\.conf:8: '
world_conf "${conf[@]}" "trail = $other"
reload "mended"
goes_to "mended" "$other"

# ---- the kill switch serves nobody, and is no reason not to write
: >/etc/keyaudit/disabled
world_conf "${conf[@]}" "trail = $first"
reload "disabled"
like "it is said" "$(tail -n 1 "$says_in")" 'warning: conf\.disabled: /etc/keyaudit/disabled is there'
goes_to "disabled" "$first"

kill -TERM "$pid"
ok "SIGTERM ends it" world_wait_gone 5 "$pid"
wait "$pid" 2>/dev/null
is "cleanly" "$?" 0
world_collect_stop
world_finish
