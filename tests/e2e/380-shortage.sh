#!/bin/bash
# SPDX-License-Identifier: ISC
# Nothing left of what the kernel gives out: no inode in /run/keyaudit, hardly a descriptor for the collector. Logins go on
# without delay, what was recorded is not lost and not doubled, and afterwards everything works again.
# beside: 1
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"

world_setup
world_key alice ed25519
world_key stranger ed25519
world_serve alice alice
world_pam '' '' 'enforce'
world_sshd_start 'KbdInteractiveAuthentication yes'
spool=/run/keyaudit/spool

count() {
	if [ -e "$WORLD_TRAIL" ]; then grep -cE "$1" "$WORLD_TRAIL"; else echo 0; fi
}
reaches() { [ "$(count "$1")" -ge "$2" ]; }
finals='"action":"ssh-(key-refused|login-accepted|login-denied|key-offered)"'
quick() { # NAME: a login is let in without delay
	local begin
	begin=$(_world_ms)
	ok "$1: a login works" world_ssh alice alice
	ok "$1: and does not wait" test $(($(_world_ms) - begin)) -lt 2500
}
no_event_twice() {
	is "$1: no event twice" "$(grep -oE '"id":"[a-z2-7]{26}"' "$WORLD_TRAIL" | sort | uniq -d)" ''
}

# --- no inode: somebody holds all of them by files that have no name, and cannot be swept away
mount -n -o remount,nr_inodes=600 /run/keyaudit
ok "the collector starts" world_collect_start
not_ok "before: a stranger is refused" world_ssh alice stranger
ok "before: with an event" world_wait 5 reaches ssh-key-refused 1
inodes() { df --output=iavail /run/keyaudit | tail -n 1 | tr -dc 0-9; }
setpriv --reuid _keyaudit --regid _keyaudit --clear-groups -- bash -c "cd $spool
	ulimit -n 900
	while { exec {fd}>\"held\$fd\"; } 2>/dev/null; do rm -f held*; rm -f \"held\$((fd - 1))\" \"held\"; done; exec sleep 60" 2>/dev/null &
holder=$!
none_left() { [ "$(inodes)" = 0 ]; }
ok "all inodes are held" world_wait 40 none_left
for i in 1 2 3; do quick "no inode ($i)"; done
not_ok "no inode: a stranger is refused" world_ssh alice stranger
ok "no inode: the command says what it could not record" world_wait_line 3 "$WORLD_AUTHLOG" \
	'ssh key lookup: no record could be written: verdict=none .* user="alice" fp=SHA256:'
ok "no inode: they are still held" none_left
ok "no inode: collect by hand ends" timeout 20 sh -c 'keyaudit collect; [ $? -le 3 ]'
kill -KILL "$holder"
wait "$holder" 2>/dev/null
ok "then: the logins have their events" world_wait 12 reaches ssh-login-accepted 3
before=$(count '"trust":"seen".*"offers_total":1')
not_ok "then: a stranger is refused" world_ssh alice stranger
ok "then: with offer and address" world_wait 5 reaches '"source":.*"trust":"seen".*"offers_total":1' $((before + 1))
no_event_twice "no inode"
is "then: as many logins as there were" "$(count ssh-login-accepted)" 3
is "then: nothing is left" "$(find /run/keyaudit/claimed /run/keyaudit/phase -mindepth 1)" ''
mount -n -o remount,nr_inodes=32k /run/keyaudit

# --- a collector that may hardly open anything, and more living connections than it has descriptors for
world_collect_stop
: >"$WORLD_TRAIL"
world_conf '[lookup]' 'sources = local' '[source local]' 'type = file' 'path = /etc/keyaudit/keys.d/%u' '[audit]' 'flood_limit = 0'
(
	ulimit -n 32
	exec keyaudit collect --watch </dev/null >>/var/log/collect.log 2>&1
) &
collector=$!
has_inotify() { grep -qs '^inotify' "/proc/$collector"/fdinfo/*; }
ok "with 32 descriptors it starts" world_wait 5 has_inotify
printf '#!/bin/sh\nwhile [ ! -e /run/world/enough ]; do sleep 0.2; done\n' >/run/world/ask
chmod 0755 /run/world /run/world/ask
clients=()
for ((i = 0; i < 40; i++)); do
	SSH_ASKPASS=/run/world/ask SSH_ASKPASS_REQUIRE=force DISPLAY=none _world_ssh_run stranger -o BatchMode=no \
		-o NumberOfPasswordPrompts=1 -o LogLevel=ERROR -l alice 127.0.0.1 true >/dev/null 2>&1 &
	clients+=($!)
done
all_wait() { [ "$(find "$spool" -type f -size +0 | wc -l)" = 40 ]; }
ok "forty clients wait at their prompts" world_wait 30 all_wait
is "none of them has an event" "$(world_events)" 0
quick "few descriptors"
setpriv --reuid _keyaudit --regid _keyaudit --clear-groups -- touch "$spool/forged"
ok "few descriptors: the collector has some for its own work" world_wait 20 reaches '"action":"spool-tampered"' 1
touch /run/world/enough
wait "${clients[@]}"
ok "each has its event" world_wait 20 reaches '"action":"ssh-key-refused".*"offers_total":1' 40

is "exactly" "$(count "$finals")" 41
is "as seen, with its address" "$(count '"source":.*"trust":"seen".*"source_from":"socket"')" 41
no_event_twice "few descriptors"
kill "$collector"
ok "it ends when it is told to" world_wait_gone 5 "$collector"
unlike "it had nothing to complain about" "$(cat /var/log/collect.log)" 'stopped'
world_finish
