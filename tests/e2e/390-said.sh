#!/bin/bash
# SPDX-License-Identifier: ISC
# sshd's log as the third witness: connections in which neither the command nor PAM runs have one event each, with its
# reason, from the journal and from a syslog file; what anybody can write is no more than that; and a killed collector loses
# none and doubles none. Every user is one connection here, so that an event is found by its user.
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"
# shellcheck source=tests/world/journal.sh
. "$WORLD_LIB/journal.sh"

world_setup
world_key good ed25519
world_key other ed25519
world_key extra1 ed25519
world_key curve ecdsa256
world_key short rsa2048
uid=61200
for user in denied notallowed ingroup notingroup nocurve smallrsa tries pubkeyoff revoked unreadable plain late1 late2 late3 \
	cutsession rooted closed; do
	_world_user "$user" "$uid" "/home/$user" /bin/bash
	uid=$((uid + 1))
	world_serve "$user" good
done
world_serve root good
world_serve expired good
world_serve noshell good
cut -d' ' -f1,2 "$WORLD_RUN/keys/good.pub" >/etc/ssh/revoked
chown root:root /home/rooted && chmod 0777 /home/rooted # no place to be locked into

rules=(
	'Match User denied' 'DenyUsers denied' 'Match User notallowed' 'AllowUsers nobodyelse' 'Match User ingroup'
	'DenyGroups ingroup' 'Match User notingroup' 'AllowGroups staff2' 'Match User nocurve' 'PubkeyAcceptedAlgorithms ssh-ed25519'
	'Match User smallrsa' 'RequiredRSASize 3072' 'Match User tries' 'MaxAuthTries 2' 'Match User pubkeyoff'
	'PubkeyAuthentication no' 'KbdInteractiveAuthentication yes' 'Match User revoked,late1,late2,late3' 'RevokedKeys /etc/ssh/revoked'
	'Match User unreadable' 'RevokedKeys /etc/ssh/nothing' 'Match User root' 'PermitRootLogin no' 'Match User rooted'
	'ChrootDirectory /home/rooted'
)
conf_log() { world_conf '[lookup]' 'sources = local' '[source local]' 'type = file' 'path = /etc/keyaudit/keys.d/%u' '[audit]' 'flood_limit = 0' "sshd_log = $1"; }

finals() { grep -cE '"action":"ssh-(key-refused|login-accepted|login-denied|key-offered)"' "$WORLD_TRAIL"; }
of() { grep -F "\"user\":{\"name\":\"$1\"" "$WORLD_TRAIL"; }
has_finals() { [ "$(finals)" -ge "$1" ]; }
# expect USER ACTION CODE|- BASIS TRUST: the user's connection has one event, this one
expect() {
	local line code
	line=$(of "$1")
	is "$1: one event" "$(grep -c . <<<"$line")" 1
	code=$(sed -n 's/.*"code":"\([^"]*\)".*/\1/p' <<<"$line")
	is "$1: its reason" "${code:--}" "$3"
	like "$1: what came of it, on what it rests" "$line" "\"action\":\"$2\".*\"trust\":\"$5\".*\"basis\":\"$4\""
}
attempt() { # USER KEY [OPTION...]
	world_ssh "$@" >/dev/null 2>&1
}
# a connection that nobody logs in with
knock() { (exec 3<>"/dev/tcp/127.0.0.1/$WORLD_PORT" && read -r -u 3 _); }

attempts() { # every one at once, and no more than that
	attempt denied good & attempt notallowed good & attempt ingroup good & attempt notingroup good & attempt nobody-here good &
	attempt noshell good & attempt 'x from 1.2.3.4 port 5' good & attempt nocurve curve & attempt smallrsa short & attempt pubkeyoff good &
	attempt tries other -i "$WORLD_RUN/keys/extra1" -i "$WORLD_RUN/keys/short" & attempt revoked good & attempt unreadable good &
	attempt root good & attempt expired good & attempt plain other & knock
}
connections=16

world_syslog_stop
world_journal_start
conf_log journal
world_sshd_start 'LogLevel INFO' "${rules[@]}"
ok "the collector starts" world_collect_start
heard() { [ -e /run/keyaudit/heard ]; }
ok "the log is heard" world_wait 5 heard
clients() { [ -z "$(pgrep -x ssh)" ]; }

attempts
ok "every connection has its event" world_wait 15 has_finals "$connections"
ok "the clients are gone" world_wait 5 clients
refused='ssh-key-refused'
expect denied $refused sshd.user-denied sshd-log seen
expect notallowed $refused sshd.user-not-allowed sshd-log seen
expect ingroup $refused sshd.group-denied sshd-log seen
expect notingroup $refused sshd.group-not-allowed sshd-log seen
expect nobody-here $refused account.unknown sshd-log seen
expect 'x from 1.2.3.4 port 5' $refused account.unknown sshd-log seen
like "a name that looks like an address is none" "$(of 'x from 1.2.3.4 port 5')" '"source":\{"ip":"127\.0\.0\.1"'
expect noshell $refused account.shell-missing sshd-log seen
expect nocurve $refused sshd.algorithm-not-accepted sshd-log seen
expect smallrsa $refused sshd.rsa-too-short sshd-log seen
expect tries $refused conn.max-tries inspected seen
expect pubkeyoff $refused sshd.pubkey-disabled sshd-log seen
expect revoked $refused sshd.key-revoked sshd-log seen
ok "revoked: the key" grep -qF "\"fingerprint\":\"$(world_fingerprint good)\"" <<<"$(of revoked)"
expect unreadable $refused sshd.revoked-file-unreadable sshd-log seen
expect root ssh-login-denied sshd.root-login-no sshd-log seen
expect expired ssh-login-denied account.expired sshd-log seen
expect plain $refused key.not-listed inspected seen
is "no event of a connection without a user" "$(finals)" "$connections"

# --- the session: PAM's witness, what fails behind it, and none at all
n=$(finals)
printf '%s\n' 'session required pam_succeed_if.so quiet user != cutsession' >>/etc/pam.d/sshd
world_serve alice good
attempt cutsession good & attempt alice good &
ok "every session has its event" world_wait 10 has_finals $((n + 2))
attempt closed good & attempt rooted good # sshd says why in a process that is gone at once, and another session ends in that moment
ok "one that ends in a child has its event" world_wait 10 has_finals $((n + 4))
expect cutsession ssh-login-denied pam.session-failed sshd-log seen
expect rooted ssh-login-denied sshd.chroot-unsafe sshd-log seen
expect closed ssh-login-accepted - witnessed seen
n=$((n + 1))
echo 'closed for a moment' >/etc/nologin
world_serve carol good
attempt carol good
ok "nologin has its event" world_wait 10 has_finals $((n + 4))
rm -f /etc/nologin
expect carol ssh-login-denied account.nologin "(sshd-log|inspected)" seen
# nobody but the log: pam_keyaudit.so is not in the session's stack. The event does not wait for the session's end
world_pam '' '' -
world_serve bob good
world_ssh bob good -- sleep 100 >/dev/null 2>&1 &
ok "a session that goes on" world_wait 4 has_finals $((n + 5))
expect bob ssh-login-accepted - sshd-log seen
like "its key and method" "$(of bob)" '"phase":"session".*"method":"publickey".*"key":\{"type":"ssh-ed25519"'
ok "while it goes on" world_wait 5 pkill -u bob sleep # the event may come before the command begins
world_pam '' '' ''

# --- killed between the line and its event: the ear has recorded it, or it has not; the collector comes back
n=$(finals)
kill -STOP "$(world_collect_pid)" # the ear goes on
attempt late1 good
recorded() { grep -qs late1 /run/keyaudit/said/*; }
ok "the ear has recorded it" world_wait 5 recorded
world_collect_stop KILL
attempt late2 good # while nobody listens
ok "the collector starts again" world_collect_start
ok "both have their events" world_wait 10 has_finals $((n + 2))
for pid in $(pgrep -P "$(world_collect_pid)"); do kill -KILL "$pid"; done # the ear, the eye
attempt late3 good
ok "and with another ear" world_wait 10 has_finals $((n + 3))
for user in late1 late2 late3; do expect "$user" $refused sshd.key-revoked sshd-log seen; done
n=$(finals)

# --- the listener: one event for what it dropped
eval "usual_$(declare -f world_sshd_config)"
world_sshd_config() { usual_world_sshd_config "$@" | sed 's/^MaxStartups .*/MaxStartups 1:100:2/'; } # of this one the last counts
world_sshd_start
eval "$(declare -f usual_world_sshd_config | sed 's/^usual_//')"
hold() { (exec 3<>"/dev/tcp/127.0.0.1/$WORLD_PORT" && read -r -t 3 -u 3 _ && read -r -t 3 -u 3 _); }
for _ in 1 2 3 4 5 6; do hold & done 2>/dev/null
drops() { grep -q '"action":"sshd-unavailable".*"code":"conn.max-startups"' "$WORLD_TRAIL"; }
ok "dropped connections are one event" world_wait 10 drops
is "and no more" "$(grep -c '"action":"sshd-unavailable"' "$WORLD_TRAIL")" 1
is "and none of their own" "$(finals)" "$n"

# --- a forged line: the journal says who wrote it
forge() { setpriv --reuid alice --regid alice --clear-groups logger -t sshd --id="$1" "Accepted publickey for root from 6.6.6.6 port 1 ssh2: RSA SHA256:x"; }
forge 4000000
world_collect_stop
world_journal_stop

# --- a syslog file: no one vouches for it
world_syslog_start
conf_log "$WORLD_AUTHLOG"
world_sshd_start 'LogLevel INFO' "${rules[@]}"
ok "the collector starts" world_collect_start
: >"$WORLD_TRAIL"
attempt denied good
attempt revoked good
world_ssh alice good >/dev/null 2>&1
ok "each has its event" world_wait 10 has_finals 3
expect denied $refused sshd.user-denied sshd-log log-unverified
expect revoked $refused sshd.key-revoked sshd-log log-unverified
expect alice ssh-login-accepted - witnessed seen
forge 4000000
ok "anybody can forge a line of nobody's" world_wait 10 has_finals 4
expect root ssh-login-accepted - sshd-log log-unverified
unlike "and never an alert, nor an address" "$(of root)" '6\.6\.6\.6|"kind":"alert"'
forge "$$" # a process that lives and is no sshd
attempt ingroup good
ok "what lives and is no sshd is not believed" world_wait 10 has_finals 5
expect ingroup $refused sshd.group-denied sshd-log log-unverified
world_collect_stop

ok "what is left is drained" world_drain
is "five events in all" "$(finals)" 5
is "nothing is left" "$(world_left)" ''
world_finish
