#!/bin/bash
# SPDX-License-Identifier: ISC
# What breaks on a server: no login waits for the audit, no event is lost or doubled, and what is wrong is said with its
# path and its mend.
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"

world_setup
world_key alice ed25519
world_key stranger ed25519
world_key extra ed25519
world_serve alice alice
conf=('[lookup]' 'sources = local' '[source local]' 'type = file' 'path = /etc/keyaudit/keys.d/%u' '[audit]')
world_sshd_start 'KbdInteractiveAuthentication yes'

count() {
	if [ -e "$WORLD_TRAIL" ]; then grep -cE "$1" "$WORLD_TRAIL"; else echo 0; fi
}
reaches() {
	[ "$(count "$1")" -ge "$2" ]
}
finals='"action":"ssh-(key-refused|login-accepted|login-denied|key-offered)"'
records() {
	find /run/keyaudit/spool /run/keyaudit/claimed /run/keyaudit/phase -type f | wc -l
}
# quick NAME: a login is let in without delay
quick() {
	local begin
	begin=$(_world_ms)
	ok "$1: a login works" world_ssh alice alice
	ok "$1: and does not wait" test $(($(_world_ms) - begin)) -lt 2500
}
# sshd has ended all connections
quiet() {
	! pgrep -P "$(world_sshd_pid)" >/dev/null
}
forget() {
	world_wait 5 quiet
	rm -rf /run/keyaudit/{spool,phase,claimed,done,seen}/* "$WORLD_TRAIL"
	: >"$WORLD_AUTHLOG"
}

# --- nobody collects: records wait, and collect by hand writes them
not_ok "a stranger, with no collector" world_ssh alice stranger
world_wait 5 quiet
is "waits" "$(records)" 1
ok "collect by hand" keyaudit collect
is "writes it" "$(count "$finals")" 1
like "as a claim: nobody saw the monitor" "$(cat "$WORLD_TRAIL")" '"trust":"claimed"'
unlike "without an address" "$(cat "$WORLD_TRAIL")" '"source"'
ok "once more" keyaudit collect
is "writes nothing" "$(count "$finals")" 1
# a command that records late, after the event
late=$(grep -o '"connection":"[0-9.]*"' "$WORLD_TRAIL" | cut -d'"' -f4)
echo x >"/run/keyaudit/spool/$late" && chown _keyaudit: "/run/keyaudit/spool/$late"
ok "a record after the event" keyaudit collect
is "makes no second one" "$(world_events)" 1
is "and goes" "$(records)" 0

# --- more than the queue holds
forget
for i in {1..300}; do
	echo "ka1 attempt at=1 up=1 pp=1 pid=1 uid=- user=u type=t fp=f$i key=- c=- src=- verdict=served reasons=- opts=-" >"/run/keyaudit/spool/95$((i + 100)).3"
done
chown _keyaudit: /run/keyaudit/spool/*
ok "three hundred records by hand" keyaudit collect
is "are all written" "$(count "$finals")" 300

# --- the address from sshd's log, when root saw the monitor but not its socket
forget
world_conf "${conf[@]}" "sshd_log = $WORLD_AUTHLOG"
not_ok "a stranger, for the log" world_ssh alice stranger
world_wait 5 quiet
name=$(ls /run/keyaudit/spool)
echo 'ka1 seen client=- cport=0 server=- sport=0' >"/run/keyaudit/seen/$name"
ok "collect with a log file" keyaudit collect
like "what only a file says is marked" "$(cat "$WORLD_TRAIL")" '"trust":"log-unverified"'
like "and stands there" "$(cat "$WORLD_TRAIL")" '"source":\{"ip":"127.0.0.1".*"source_from":"sshd-log"'
world_conf

# --- the trail's disk is full
forget
mount -n -t tmpfs -o size=2m,mode=0750 trail /var/log/keyaudit
world_conf "${conf[@]}" 'min_free = 1MiB'
head -c 1500k /dev/zero >/var/log/keyaudit/ballast
ok "the collector starts" world_collect_start --verbose
quick "full disk"
not_ok "full disk: a stranger" world_ssh alice stranger
both_wait() { [ "$(records)" -ge 2 ]; }
ok "full disk: both wait" world_wait 5 both_wait
has_noticed() { [ "$(grep -c 'cannot be written (disk full' /var/log/collect.log)" -ge "$1" ]; }
ok "full disk: the collector has noticed" world_wait 5 has_noticed 1
not_ok "full disk: collect by hand says that something waits" keyaudit collect
rm /var/log/keyaudit/ballast
ok "with room again both are written" world_wait 9 reaches "$finals" 2
like "the refused one still as seen, with its address" "$(grep ssh-key-refused "$WORLD_TRAIL")" '"source":.*"trust":"seen".*"source_from":"socket"'
ok "and how long it was shut" world_wait 3 reaches 'the trail could not be written for [0-9]+ s; the events that waited follow.*"action":"trail-gap"' 1
is "which the metrics count" "$(keyaudit metrics --textfile - | sed -n 's/^keyaudit_audit_write_errors_total //p')" \
	"$(grep -c '"message":"[^"]*the trail could not be written for ' "$WORLD_TRAIL")"
like "syslog has been told meanwhile" "$(cat "$WORLD_AUTHLOG")" "keyaudit\[[0-9]+\]: audit trail: $WORLD_TRAIL cannot be written"
ok "once by each collector, not for each event" test "$(grep -c 'audit trail: .* cannot be written' "$WORLD_AUTHLOG")" -le 2
sleep 0.5
is "once each" "$(count "$finals")" 2
umount -n /var/log/keyaudit
world_conf

# --- the trail is not ours
forget
ln -s /var/log/elsewhere "$WORLD_TRAIL"
quick "trail is a link"
ok "nothing is written through it" test ! -e /var/log/elsewhere
install -o alice -m 0640 /dev/null "$WORLD_RUN/trail"
mv -f "$WORLD_RUN/trail" "$WORLD_TRAIL" # in one step: between two a waiting event would be written
not_ok "trail of another owner: a stranger" world_ssh alice stranger
is "nothing is written into it" "$(count .)" 0
ok "and the collector has noticed" world_wait 5 has_noticed 2
rm "$WORLD_TRAIL"
ok "with the trail mended both are written" world_wait 12 reaches "$finals" 2

unlike "nobody blames the diagnosis" "$(cat "$WORLD_TRAIL")" 'records-only|diagnosis-failed'
like "the collector has said it, and that it is over" "$(tr '\n' ' ' <"/var/log/collect.log")" 'cannot be written \(disk full, or not root.s own\).*is written again.*cannot be written.*is written again'

# --- two collectors; a foreign pid namespace
not_ok "a second collector ends" keyaudit collect --watch
like "and says why" "$(cat "$WORLD_RUN/out")" 'another collector is watching already'
not_ok "another pid namespace is refused" unshare --pid --fork keyaudit collect
like "with the reason" "$(cat "$WORLD_RUN/out")" 'belongs to another pid namespace'
pid=$(world_collect_pid)
kill -TERM "$pid"
ok "SIGTERM ends it" world_wait_gone 3 "$pid"
wait "$pid" 2>/dev/null
is "cleanly" "$?" 0
world_collect_stop
is "and its eye with it" "$(pgrep -fc 'keyaudit collect')" 0

# --- a full spool
forget
head -c 15M /dev/zero >/run/keyaudit/ballast
quick "full spool"
not_ok "full spool: a stranger" world_ssh alice stranger
ok "one line has the same fields" world_wait_line 3 "$WORLD_AUTHLOG" \
	'keyaudit\[[0-9]+\]: ssh key lookup: no record could be written: verdict=none reasons=[^ ]+ user="alice" fp=SHA256:'
rm /run/keyaudit/ballast
ok "what is left of it is drained" world_drain
unlike "nobody claims that no key was offered" "$(cat "$WORLD_TRAIL")" 'client\.key-not-offered'

# --- directories
forget
broken() { # NAME REGEX: collect refuses with this text, logins go on
	local text
	text=$(keyaudit collect 2>&1)
	like "$1: said with path and mend" "$text" "$2.*mend: systemd-tmpfiles --create keyaudit.conf"
	ok "$1: a login works" world_ssh alice alice
	not_ok "$1: a stranger is refused" world_ssh alice stranger
	world_dirs
}
chmod 0777 /run/keyaudit/spool
broken "spool 0777" '/run/keyaudit/spool must be root:_keyaudit with mode 0730'
chown alice /run/keyaudit/spool
broken "spool of alice" '/run/keyaudit/spool must be root:_keyaudit'
chown root:root /run/keyaudit/spool
broken "spool of group root" '/run/keyaudit/spool must be root:_keyaudit'
rm -rf /run/keyaudit/spool
broken "no spool" '/run/keyaudit/spool is missing'
rm -rf /run/keyaudit/spool && ln -s /tmp /run/keyaudit/spool
broken "spool is a link" '/run/keyaudit/spool cannot be opened as a directory'
rm /run/keyaudit/spool && world_dirs
chmod 0755 /run/keyaudit/claimed
broken "claimed 0755" "/run/keyaudit/claimed must be root's with mode 0700"
chmod 0777 /run/keyaudit
broken "run 0777" "/run/keyaudit must be root's"
chmod 0755 /run/keyaudit
rm -rf /run/keyaudit/{done,seen,rejected}
ok "what is root's alone is made again" world_drain
ok "as it should be" test "$(stat -c %a /run/keyaudit/done)" = 700

# --- a missing recorder
mv /usr/bin/keyaudit /usr/bin/keyaudit.away
quick "no recorder"
like "the module says it" "$(cat "$WORLD_AUTHLOG")" 'pam_keyaudit\(sshd:session\): the recorder cannot be executed'
mv /usr/bin/keyaudit.away /usr/bin/keyaudit
ok "its records wait for collect" world_drain
like "which trusts PAM's word" "$(world_last_event)" '"action":"ssh-login-accepted".*"trust":"seen"'

# --- hidepid: the command cannot see the monitor's start time
forget
mount -n -o remount,hidepid=2 /proc
ok "hidepid: the collector starts" world_collect_start
not_ok "hidepid: three strange keys" world_ssh alice stranger -i "$WORLD_RUN/keys/extra" -i "$WORLD_RUN/keys/alice.pub.none"
ok "hidepid: an event" world_wait 5 reaches "$finals" 1
like "hidepid: of both keys, seen" "$(cat "$WORLD_TRAIL")" '"trust":"seen".*"offers_total":2'
ok "hidepid: a login after a wrong key" world_ssh alice stranger -i "$WORLD_RUN/keys/alice"
ok "hidepid: an event" world_wait 5 reaches ssh-login-accepted 1
like "hidepid: with both" "$(grep ssh-login-accepted "$WORLD_TRAIL")" '"offers_total":2'
world_collect_stop
not_ok "hidepid, nobody collects: two strange keys, then PAM" world_ssh_interactive alice stranger -i "$WORLD_RUN/keys/extra" -o NumberOfPasswordPrompts=1
world_wait 5 quiet
ok "hidepid: the rest is drained" world_drain
is "hidepid: one event each" "$(count "$finals")" "$(grep -c 'Connection from' "$WORLD_AUTHLOG")"
unlike "hidepid: none without its start" "$(cat "$WORLD_TRAIL")" '"connection":"[0-9]*\.0"'
mount -n -o remount,hidepid=0 /proc

# --- a dead logger: a socket that nobody reads, last, because nothing can be read afterwards
world_syslog_stop
quick "dead logger"
rm -f /dev/log
quick "no logger"
world_finish
