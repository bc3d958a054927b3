#!/bin/bash
# SPDX-License-Identifier: ISC
# Every outcome on the real sshd ends in exactly one final event of the right kind, with the client's address and port,
# the key and the reason; and the syslog line has its fixed fields in their fixed order.
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"

world_setup
for key in alice bob carol stranger extra1 extra2 extra3; do
	world_key "$key" ed25519
done
world_serve alice alice
world_serve expired alice
world_authorize bob bob
printf '%s\n' 'account required pam_access.so accessfile=/etc/security/world.conf' >>/etc/pam.d/sshd
echo '-:carol:ALL' >/etc/security/world.conf
world_serve carol carol
agent=$KA_SRC/build/tests/tools/fakeagent

# field NAME LINE: the first value of "NAME": in a line of the trail
field() {
	sed -n "s/.*\"$1\":\"\{0,1\}\([^\",}]*\).*/\1/p" <<<"$2"
}
# the events of the connection whose client port is $1
events_of() {
	grep -F "\"source\":{\"ip\":\"127.0.0.1\",\"port\":$1}" "$WORLD_TRAIL"
}
count_of() {
	[ "$(events_of "$1" | wc -l)" -ge 1 ]
}
# the client port of the connection that was made last, as sshd's log says; once for each connection. Sets $port
connections=0
has_connections() {
	[ "$(grep -c 'Connection from' "$WORLD_AUTHLOG")" -ge "$connections" ]
}
last_port() {
	connections=$((connections + 1))
	world_wait 5 has_connections
	port=$(sed -n 's/.*Connection from 127\.0\.0\.1 port \([0-9]*\) .*/\1/p' "$WORLD_AUTHLOG" | tail -n 1)
}
# expect NAME ACTION REASON|- [same]: the last connection has one event, this one. Sets $line
expect() {
	[ "${4:-}" = same ] || last_port
	world_wait 6 count_of "$port"
	line=$(events_of "$port")
	is "$1: one event" "$(grep -c . <<<"$line")" 1
	is "$1: its action" "$(field action "$line")" "$2"
	if [ "$3" = - ]; then unlike "$1: no reason" "$line" '"code":'; else is "$1: its reason" "$(field code "$line")" "$3"; fi
	like "$1: trust, witness, server" "$line" "\"destination\":{\"ip\":\"127.0.0.1\",\"port\":$WORLD_PORT}.*\"trust\":\"seen\".*\"source_from\":\"socket\""
}
# a fingerprint as a regular expression
fp() {
	world_fingerprint "$1" | sed 's/[+]/\\+/g'
}
# with_agent MODE KEY...: run the fake agent with these keys
with_agent() {
	local mode=$1 keys=()
	shift
	for key in "$@"; do keys+=("$WORLD_RUN/keys/$key.pub"); done
	"$agent" "$WORLD_RUN/agent" "$mode" "${keys[@]}" &
	agent_pid=$!
	world_wait 5 test -S "$WORLD_RUN/agent"
}
end_agent() {
	kill "$agent_pid"
	wait "$agent_pid" 2>/dev/null
	rm -f "$WORLD_RUN/agent"
}
# USER: a client that has nothing but this agent
agent_ssh() {
	timeout -k 2 "$WORLD_SSH_TIMEOUT" setsid -w ssh -F none -p "$WORLD_PORT" -o BatchMode=yes -o LogLevel=ERROR \
		-o "IdentityAgent=$WORLD_RUN/agent" -i /nonexistent -o StrictHostKeyChecking=yes \
		-o UserKnownHostsFile="$WORLD_RUN/known_hosts" -o GlobalKnownHostsFile=/dev/null -l "$1" 127.0.0.1 true </dev/null
}

world_sshd_start 'KbdInteractiveAuthentication yes' 'PasswordAuthentication yes' 'MaxAuthTries 4'
ok "the collector starts" world_collect_start

# --- accepted
ok "a key from the command" world_ssh alice alice
expect "key from the command" ssh-login-accepted -
like "its user" "$line" "\"user\":{\"name\":\"alice\",\"id\":\"61101\"}"
like "its key" "$line" "\"key\":{\"type\":\"ssh-ed25519\",\"fingerprint\":\"$(fp alice)\"[,}]"
like "of the session, witnessed" "$line" '"phase":"session".*"basis":"witnessed","method":"publickey","methods":\["publickey"\]'
like "severity info, kind event" "$line" '"kind":"event".*"outcome":"success".*"severity":2'
ok "a key from the user's own file" world_ssh bob bob
expect "key from a file" ssh-login-accepted -
like "its key" "$line" "\"fingerprint\":\"$(fp bob)\""
ok "the fourth of four keys" world_ssh alice "$WORLD_RUN/keys/extra1" -i "$WORLD_RUN/keys/extra2" -i "$WORLD_RUN/keys/extra3" -i "$WORLD_RUN/keys/alice"
expect "after wrong keys" ssh-login-accepted -
like "all four are listed, in order" "$line" "\"offers\":\[\"ssh-ed25519 $(fp extra1) [^\"]*\",\"ssh-ed25519 $(fp extra2) [^\"]*\",\"ssh-ed25519 $(fp extra3) [^\"]*\",\"ssh-ed25519 $(fp alice) [^\"]*\"\],\"offers_total\":4"

# --- denied
not_ok "an expired account" world_ssh expired alice
expect "expired account" ssh-login-denied account.expired
like "its key" "$line" "\"fingerprint\":\"$(fp alice)\""
like "in the account phase, inferred, a warning" "$line" '"severity":6.*"phase":"account".*"basis":"inferred"'
not_ok "pam_access says no" world_ssh carol carol
expect "pam_access" ssh-login-denied pam.account-denied
echo 'closed for a moment' >/etc/nologin
not_ok "nologin says no" world_ssh alice alice
expect "nologin" ssh-login-denied account.nologin # the file stays until the event is there, which says what it found
rm -f /etc/nologin

# --- offered
with_agent fail alice
not_ok "a client that never signs" agent_ssh alice
end_agent
expect "never signed" ssh-key-offered sig.missing
like "outcome unknown" "$line" '"outcome":"unknown"'
like "its key" "$line" "\"key\":{\"type\":\"ssh-ed25519\",\"fingerprint\":\"$(fp alice)\"[,}]"
with_agent bad alice
not_ok "a client that signs wrongly" agent_ssh alice
end_agent
expect "signed wrongly" ssh-key-refused sig.invalid

# --- refused
not_ok "an unknown key" world_ssh alice stranger
expect "unknown key" ssh-key-refused key.not-listed
like "at the end, inspected" "$line" '"outcome":"failure".*"phase":"end","stage":"key","basis":"inspected"'
not_ok "three unknown keys" world_ssh bob extra1 -i "$WORLD_RUN/keys/extra2" -i "$WORLD_RUN/keys/extra3"
expect "three unknown keys" ssh-key-refused key.not-listed
like "all three are counted" "$line" '"offers_total":3'
with_agent fail extra1 extra2 extra3 stranger bob alice
not_ok "too many keys" agent_ssh alice
end_agent
last_port
world_wait 6 count_of "$port"
line=$(events_of "$port")
is "too many keys: one event" "$(grep -c . <<<"$line")" 1
is "too many keys: refused" "$(field action "$line")" ssh-key-refused
like "too many keys: MaxAuthTries ended it" "$line" '"offers_total":4'

# --- keyboard-interactive after a refused key: said at once, an event at the end
: >"$WORLD_RUN/said"
mkfifo "$WORLD_RUN/hold"
printf '%s\n' '#!/bin/sh' "echo asked >>$WORLD_RUN/said" "read x <$WORLD_RUN/hold" >"$WORLD_RUN/askpass"
chmod 0755 "$WORLD_RUN/askpass"
SSH_ASKPASS=$WORLD_RUN/askpass SSH_ASKPASS_REQUIRE=force DISPLAY=none _world_ssh_run stranger -o BatchMode=no \
	-o PreferredAuthentications=publickey,keyboard-interactive -o NumberOfPasswordPrompts=1 -l alice 127.0.0.1 true 2>/dev/null &
client=$!
ok "the client is asked" world_wait 5 test -s "$WORLD_RUN/said"
last_port
ok "the line stands in syslog while it waits" world_wait_line 3 "$WORLD_AUTHLOG" "ssh key refused: reason=key\.not-listed user=\"alice\" rhost=127\.0\.0\.1 port=$port "
not_ok "no event yet" count_of "$port"
echo >"$WORLD_RUN/hold"
wait "$client"
expect "keyboard-interactive after a key" ssh-key-refused key.not-listed same
like "both methods" "$line" '"method":"publickey","methods":\["publickey","keyboard-interactive"\]'
printf '%s\n' '#!/bin/sh' 'echo wrong' >"$WORLD_RUN/askpass"
SSH_ASKPASS=$WORLD_RUN/askpass SSH_ASKPASS_REQUIRE=force DISPLAY=none _world_ssh_run stranger -o BatchMode=no \
	-o PreferredAuthentications=publickey,password -o NumberOfPasswordPrompts=1 -l alice 127.0.0.1 true 2>/dev/null
expect "a password after a key" ssh-key-refused key.not-listed
like "a password is no keyboard-interactive" "$line" '"methods":\["publickey","password"\]'

# --- all of them
world_collect_stop
is "as many events as connections" "$(world_events)" "$(grep -c 'Connection from' "$WORLD_AUTHLOG")"
is "each with an id of its own" "$(grep -o '"id":"[a-z2-7]\{26\}"' "$WORLD_TRAIL" | sort -u | wc -l)" "$(wc -l <"$WORLD_TRAIL")"
is "nothing is left behind" "$(world_left)" ''
like "syslog: fixed fields in fixed order" "$(grep ' keyaudit\[' "$WORLD_AUTHLOG")" \
	'keyaudit\[[0-9]+\]: ssh login accepted: reason=- user="alice" rhost=127\.0\.0\.1 port=[0-9]+ fp=SHA256:[A-Za-z0-9+/]{43} path=- mode=- event=[a-z2-7]{26} ref=[a-z2-7]{8}$'
is "no line of ours has another shape" "$(grep -oE ' keyaudit\[[0-9]+\]: .*' "$WORLD_AUTHLOG" |
	grep -cvE ': ssh (key refused|login accepted|login denied|key offered): reason=[a-z.-]+ user=("[^"]*"|-) rhost=[0-9a-f.:-]+ port=[0-9-]+ fp=(SHA256:[A-Za-z0-9+/]{43}|-) path=("[^"]*"|-) mode=[0-9-]+ event=[a-z2-7]{26} ref=[a-z2-7]{8}$')" 0
world_finish
