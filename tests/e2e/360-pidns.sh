#!/bin/bash
# SPDX-License-Identifier: ISC
# A shell in another pid namespace, the same mounts: from there every monitor looks dead. Collector and recorder keep
# their hands off and say why; the login goes on.
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"

world_setup
world_key alice ed25519
world_key stranger ed25519
world_serve alice alice
world_pam '' '' 'enforce'
world_sshd_start 'KbdInteractiveAuthentication yes'
note_file=/run/keyaudit/pidns

elsewhere() { timeout -k 1 "${far_limit:-10}" unshare --pid --fork --kill-child --mount-proc "$@"; }
count() {
	if [ -e "$WORLD_TRAIL" ]; then grep -cE "$1" "$WORLD_TRAIL"; else echo 0; fi
}
reaches() { [ "$(count "$1")" -ge "$2" ]; }
finals='"action":"ssh-(key-refused|login-accepted|login-denied|key-offered)"'

# --- the recorder is the first
ok "a login, with no collector" world_ssh alice alice
ok "has its event" world_wait 5 reaches ssh-login-accepted 1
like "the namespace is noted" "$(cat $note_file)" "^ka1 pidns boot=[0-9a-f]{32} dev=[0-9]+ ino=$(stat -Lc %i /proc/self/ns/pid)\$"
is "by root and for root" "$(stat -c '%U %a' $note_file)" 'root 600'
ok "the collector of the same one watches" world_collect_start

# --- a living connection, and a collector that cannot see it
printf '#!/bin/sh\nwhile [ ! -e /run/world/enough ]; do sleep 0.1; done\n' >/run/world/ask
chmod 0755 /run/world /run/world/ask
SSH_ASKPASS=/run/world/ask SSH_ASKPASS_REQUIRE=force DISPLAY=none _world_ssh_run stranger -o BatchMode=no \
	-o NumberOfPasswordPrompts=1 -o LogLevel=ERROR -l alice 127.0.0.1 true >/dev/null 2>&1 &
client=$!
_waits() { living=$(find /run/keyaudit/spool -type f -size +0 -printf '%f\n') && [ -n "$living" ]; }
ok "a client waits at its prompt" world_wait 5 _waits
world_collect_stop
for how in '' --watch; do
	# shellcheck disable=SC2086 # none or one word
	not_ok "elsewhere 'collect $how' refuses" elsewhere keyaudit collect $how
	like "and says what, where and how to mend it" "$(cat "$WORLD_RUN/out")" \
		'/run/keyaudit belongs to another pid namespace: pid:\[[0-9]+\] stands in /run/keyaudit/pidns, here is pid:\[[0-9]+\].*; mend: .*rm /run/keyaudit/pidns'
done
ok "the living connection's record is where it was" test -s "/run/keyaudit/spool/$living"
is "without an event" "$(count "\"connection\":\"${living:-none}\"")" 0
like "elsewhere doctor shows it" "$(elsewhere keyaudit doctor)" 'pid namespace +/run/keyaudit belongs to another pid namespace'
like "with its mend" "$(elsewhere keyaudit doctor)" 'mend +run it where sshd runs.*rm /run/keyaudit/pidns'
like "and as JSON" "$(elsewhere keyaudit doctor --json)" '"what":"pid namespace","state":"fail".*"mend":"run it where sshd runs'
unlike "here it has nothing to say of it" "$(keyaudit doctor)" 'pid namespace'
ok "here the collector starts" world_collect_start
touch /run/world/enough
wait "$client"
ok "one event when it has ended" world_wait 5 reaches "\"connection\":\"${living:-none}\"" 1
is "and no more" "$(count "\"connection\":\"${living:-none}\"")" 1

# --- an sshd elsewhere: its logins go on, enforce included; nobody there writes or takes anything
before=$(count "$finals")
world_sshd_stop
far_limit=60 elsewhere "$WORLD_SSHD" -D -f /etc/ssh/sshd_config </dev/null &
far=$!
_up() { grep -q "0100007F:$(printf %04X "$WORLD_PORT") 00000000:0000 0A" /proc/net/tcp; }
world_wait 5 _up
world_collect_stop # what lies there then is nobody's work but the recorder's
ok "an sshd elsewhere lets alice in" world_ssh alice alice
ok "its recorder says that no event is written" world_wait_line 5 "$WORLD_AUTHLOG" \
	'keyaudit\[[0-9]+\]: recorder: no event is written of this login: /run/keyaudit belongs to another pid namespace: .*rm /run/keyaudit/pidns'
is "and writes none" "$(count "$finals")" "$before"
is "nor claims anything" "$(ls -A /run/keyaudit/claimed)" ''
kill "$far"
wait "$far" 2>/dev/null
like "the note is as it was" "$(cat $note_file)" "ino=$(stat -Lc %i /proc/self/ns/pid)\$"

# --- the namespace of the note is gone: people remove it
elsewhere sh -c "rm $note_file; keyaudit collect" 2>/dev/null
not_ok "after a container's end its note is in the way" keyaudit collect
like "which is said with the file's name" "$(cat "$WORLD_RUN/out")" "rm $note_file"
rm $note_file
ok "without it" keyaudit collect
like "there is a new one" "$(cat $note_file)" "ino=$(stat -Lc %i /proc/self/ns/pid)\$"
sed -i 's/boot=../boot=00/; s/ino=.*/ino=1/' $note_file
ok "that of another boot is nobody's" keyaudit collect
like "and written over" "$(cat $note_file)" "ino=$(stat -Lc %i /proc/self/ns/pid)\$"

# --- /proc of another one
not_ok "a foreign /proc" unshare --pid --fork keyaudit collect
like "is refused too" "$(cat "$WORLD_RUN/out")" '/proc belongs to another pid namespace than this process; mend: '
world_finish
