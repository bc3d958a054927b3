#!/bin/bash
# SPDX-License-Identifier: ISC
# What a taken-over command can still make the root side do or say: no alert, no address of its choice, no lockout.
# beside: 1
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"

world_setup
world_key alice ed25519
world_key stranger ed25519
world_serve alice alice
spool=/run/keyaudit/spool
world_sshd_start 'KbdInteractiveAuthentication yes'
ok "the collector starts" world_collect_start

hostile() {
	setpriv --reuid _keyaudit --regid _keyaudit --clear-groups -- bash -c "cd $spool || exit; $1"
}
start_of() { sed 's/.*) //' "/proc/$1/stat" | cut -d' ' -f20; }
count() {
	if [ -e "$WORLD_TRAIL" ]; then grep -cE "$1" "$WORLD_TRAIL"; else echo 0; fi
}
reaches() {
	[ "$(count "$1")" -ge "$2" ]
}
spool_is_empty() {
	[ -z "$(ls -A "$spool")" ]
}
# counted N: so many entries stand in the events about tampering
counted() {
	[ "$(sed -n 's/.*"action":"spool-tampered".*"count":\([0-9]*\).*/\1/p' "$WORLD_TRAIL" | awk '{ n += $1 } END { print n + 0 }')" -ge "$1" ]
}
record() { # USER FINGERPRINT KEY REASONS
	echo "ka1 attempt at=1 up=1 pp=1 pid=1 uid=- user=$1 type=${5:-ssh-ed25519} fp=$2 key=$3 c=203.0.113.9%20999%20192.0.2.1%2022 src=- verdict=refused reasons=$4 opts=-"
}

# --- the listener is an sshd of root's, and no monitor
listener=$(world_sshd_pid)
hostile "echo '$(record root SHA256:forged - key.known-compromised)' >$listener.$(start_of "$listener")"
ok "a record that names the listener is taken away" world_wait 3 spool_is_empty
ok "and counted" world_wait 3 reaches '"action":"spool-tampered".*"count":1' 1
like "with what it looked like" "$(cat "$WORLD_TRAIL")" "names a process which is no monitor of sshd: $listener\.[0-9]+ mode=100644 uid=61100 links=1 size=[0-9]+"
hostile "echo '$(record root SHA256:forged - key.known-compromised)' >$listener.0"
ok "without its start, too" world_wait 3 spool_is_empty
# --- so are an sshd that only prints its configuration, and the children of a real monitor
mkfifo "$WORLD_RUN/fifo"
"$WORLD_SSHD" -T -f "$WORLD_RUN/fifo" >/dev/null 2>&1 & # waits for its configuration
printing=$!
_is_sshd() { [ "$(readlink "/proc/$printing/exe")" = "$(readlink -f "$WORLD_SSHD")" ]; }
world_wait 3 _is_sshd
hostile "echo '$(record root SHA256:forged - key.known-compromised)' >$printing.$(start_of $printing)"
ok "a record that names sshd -T is taken away" world_wait 3 spool_is_empty
kill -KILL $printing
printf '#!/bin/sh\nwhile [ ! -e /run/world/enough ]; do sleep 0.1; done\n' >/run/world/ask
chmod 0755 /run/world /run/world/ask
SSH_ASKPASS=/run/world/ask SSH_ASKPASS_REQUIRE=force DISPLAY=none _world_ssh_run none -o BatchMode=no \
	-o NumberOfPasswordPrompts=1 -o LogLevel=ERROR -l alice 127.0.0.1 true >/dev/null 2>&1 &
client=$!
monitor='' helper=''
_asks() {
	# and the child that has no rights, which may come later than that one
	monitor=$(pgrep -P "$listener") && helper=$(pgrep -u root -P "$monitor") && [ "$(pgrep -c -P "$monitor")" -ge 2 ]
}
ok "a monitor has a child of root's that asks for the password" world_wait 5 _asks
for pid in $helper $(pgrep -P "$monitor" | grep -vx "$helper"); do
	hostile "echo '$(record root SHA256:forged - key.known-compromised)' >$pid.$(start_of "$pid")"
	ok "a record that names a child of it ($(ps -o user= -p "$pid")) is taken away" world_wait 3 spool_is_empty
	ok "no note says that it was seen" test ! -e "/run/keyaudit/seen/$pid.$(start_of "$pid")"
done
touch /run/world/enough
wait $client
ok "all of them are counted" world_wait 14 counted 5
world_sshd_stop
ok "the real one has its event" world_wait 5 reaches 'ssh-(key|login)' 1
sleep 1 # what should not come has time to
is "the real one has its event, the others have none" "$(count 'ssh-(key|login)')" 1
like "it is the monitor's" "$(grep -E 'ssh-(key|login)' "$WORLD_TRAIL")" "\"connection\":\"$monitor\."
is "nothing else was noted" "$(find /run/keyaudit/seen -name '*.[0-9]*' ! -name '*.said')" ''
world_sshd_start 'KbdInteractiveAuthentication yes'

# --- a living monitor, and a record of the command's own invention
printf '#!/bin/sh\nsleep 2\n' >/run/world/ask
chmod 0755 /run/world /run/world/ask
# living USER REASON [FINGERPRINT KEY TYPE]: alice waits at a prompt while the record is added
living() {
	local m=''
	_waits() { m=$(find "$spool" -type f -printf '%f\n') && [ -n "$m" ]; }
	SSH_ASKPASS=/run/world/ask SSH_ASKPASS_REQUIRE=force DISPLAY=none _world_ssh_run stranger -o BatchMode=no \
		-o NumberOfPasswordPrompts=1 -o LogLevel=ERROR -l alice 127.0.0.1 true >/dev/null 2>&1 &
	world_wait 5 _waits
	hostile "echo '$(record alice "${2:-SHA256:forged}" "${3:--}" "$1" "${4:-}")' >>$m; { $extra; } >>$m"
	wait $!
	event=''
	_said() { event=$(grep "\"connection\":\"$m\"" "$WORLD_TRAIL"); }
	ok "an event of it" world_wait 5 _said
}
extra=: # further commands for the living one's file
living key.known-compromised
like "a reason that only the record gives is there" "$event" '"code":"key\.known-compromised"'
unlike "but raises no alert" "$event" '"kind":"alert"'
like "the address is the socket's" "$event" '"ip":"127\.0\.0\.1".*"source_from":"socket"'
# everybody's copy of this one is the same (Vagrant's insecure key)
vagrant=AAAAB3NzaC1yc2EAAAABIwAAAQEA6NF8iallvQVp22WDkTkyrtvp9eWW6A8YVr+kz4TjGYe7gHzIw+niNltGEFHzD8+v1I2YJ6oXevct1YeS0o9HZyN1Q9qgCgzUFtdOKLv6IedplqoPkcmF0aYet2PkEDo3MlTBckFXPITAMzF8dJSIFo9D8HfdOV0IAdx4O7PtixWKn5y2hMNG0zQPyUecp4pzC6kivAIhyfHilFR61RGL+GPXQ2MWZWFYbAGjyiYJnAmCP3NOTd0jMZEnDkbUvxhMmBYSdETk1rRgm+R4LOzFUGaHqHDLKLX+FIPKcF96hrucXzcWyLbIbEgE98OHlnVYCzRdK8jlqm8tehUc9c9WhQ==
fp=SHA256:1M4RzhMyWuFS/86uPY/ce2prh/dVTHW7iD2RhpquOZA
living key.known-compromised "$fp" "$vagrant" ssh-rsa
like "what root finds in the key's bytes as well does" "$event" '"kind":"alert".*"code":"key\.known-compromised"'
living key.known-compromised SHA256:another "$vagrant" ssh-rsa
unlike "not under another key's fingerprint" "$event" '"kind":"alert"'

# what is no address in sshd's %C is no address, and not worth a line each
said() { grep -c 'keyaudit\[' "$WORLD_AUTHLOG"; }
before=$(said) health=$(count '"kind":"(alert|state)"')
extra="for c in 203.0.113.9 203.0.113.9%20x%20192.0.2.1%2022 203.0.113.9%2099999%20192.0.2.1%2022 1%202%203%204 x%0ay%20%1b %00 %20%20%20 \
	a:b%201%20c:d%2022 203.0.113.9%20999%20192.0.2.1%2022%205; do for i in 1 2 3 4 5 6; do echo \"$(record alice 'SHA256:$i$c' - - | sed 's/ c=[^ ]*/ c=$c/')\"; done; done"
living key.rsa-too-short
extra=:
like "malformed %C: the address is the socket's" "$event" '"ip":"127\.0\.0\.1".*"source_from":"socket"'
like "malformed %C: the offers are there" "$event" '"offers_total":(5[0-9]|6[0-4])'
ok "malformed %C: a line when it was refused, a line of its event" test $(($(said) - before)) -le 2
is "malformed %C: nothing else in the trail" "$(count '"kind":"(alert|state)"')" "$health"

# --- somebody fills the spool and does not let go
note "full"
world_pam '' '' 'enforce'
is_full() { [ "$(df --output=pcent /run/keyaudit | tail -n 1 | tr -dc 0-9)" -ge 99 ]; }
setpriv --reuid _keyaudit --regid _keyaudit --clear-groups -- \
	bash -c "cd $spool; exec 9>held; rm -f held; cat /dev/zero >&9; exec sleep 60" 2>/dev/null &
holder=$!
ok "a file without a name fills the spool" world_wait 5 is_full
hostile 'i=0; while :; do cat /dev/zero >y$((i = (i + 1) % 8)); done' >/dev/null 2>&1 &
filler=$!
before=$(count ssh-login-accepted)
for i in 1 2 3; do ok "full: alice logs in through enforce ($i)" world_ssh alice alice; done
ok "full: and has her events" world_wait 5 reaches ssh-login-accepted $((before + 3))
ok "full: it is still full" world_wait 3 is_full
not_ok "full: a stranger" world_ssh alice stranger
ok "full: the command says what it could not record" world_wait_line 3 "$WORLD_AUTHLOG" 'no record could be written: verdict='
pkill -KILL -u _keyaudit
wait "$filler" "$holder" 2>/dev/null
has_room() { [ "$(df --output=pcent /run/keyaudit | tail -n 1 | tr -dc 0-9)" -lt 25 ]; }
ok "then there is room, at the next rescan" world_wait 8 has_room
before=$(count '"trust":"seen".*"offers_total":1')
not_ok "then: a stranger" world_ssh alice stranger
ok "then: with offer and address" world_wait 5 reaches '"source":.*"trust":"seen".*"offers_total":1' $((before + 1))
ok "then: alice logs in" world_ssh alice alice
ok "tampering is said with counts" test "$(count spool-tampered)" -le 12

# --- a living monitor's file that grows
world_ssh alice alice -- sleep 9 >/dev/null 2>&1 &
session=$!
_lives() { live=$(find /run/keyaudit/done -type f -perm 0600 -printf '%f\n') && [ -n "$live" ]; }
world_wait 5 _lives
hostile "exec 9>>$live; for i in 1 2 3 4 5 6 7 8; do head -c 1500000 /dev/zero >&9; sleep 1; done" 2>/dev/null &
grower=$!
ok "what is put under a living session's name goes" world_wait 8 test ! -e "$spool/$live"
pkill -KILL -u _keyaudit
wait "$session" "$grower" 2>/dev/null
world_collect_stop
unlike "the collector had nothing to complain about" "$(cat /var/log/collect.log)" 'stopped|failed'
world_finish
