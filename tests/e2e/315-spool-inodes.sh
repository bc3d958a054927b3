#!/bin/bash
# SPDX-License-Identifier: ISC
# Every event needs a few inodes of the spool's file system. Whoever takes all of them, by names that look like
# connections, delays events until he ends, and no longer; and a command that nobody collects for never takes all.
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"

world_setup
world_key alice ed25519
world_key stranger ed25519
world_serve alice alice
spool=/run/keyaudit/spool
inodes=2000
mount -n -o "remount,mode=0755,size=16m,nr_inodes=$inodes" /run/keyaudit
world_sshd_start

hostile() {
	setpriv --reuid _keyaudit --regid _keyaudit --clear-groups -- bash -c "cd $spool || exit; $1"
}
free_inodes() { stat -f -c %d /run/keyaudit; }
count() { grep -cE "$1" "$WORLD_TRAIL" 2>/dev/null; }
reaches() { [ "$(count "$1")" -ge "$2" ]; }
roomy() { [ "$(free_inodes)" -gt $((inodes / 8)) ]; }

# --- a collector at work
ok "the collector starts" world_collect_start
collector=$(world_collect_pid)
hostile "for i in {1..$inodes}; do : >8\$((100000 + i)).1; done" 2>/dev/null
note "$(free_inodes) inodes are free"
ok "a login works" world_ssh alice alice
ok "there is room again" world_wait 20 roomy
ok "the login has its event" world_wait 40 reaches '"action":"ssh-login-accepted"' 1
not_ok "a stranger is refused" world_ssh alice stranger
ok "and this has its event" world_wait 40 reaches '"action":"ssh-key-refused".*"name":"alice".*"trust":"seen"' 1
ok "it is said what was dropped" world_wait 20 reaches '"message":"[^"]*no inode left[^"]*".*"action":"spool-tampered"' 1
is "the collector is the same" "$(world_collect_pid)" "$collector"
ok "and runs" kill -0 "$collector"
world_collect_stop

# --- nobody collects: the command stops in time
rm -rf /run/keyaudit/{spool,claimed,done,seen}/*
hostile "for i in {1..$(($(free_inodes) - inodes / 5))}; do : >8\$((100000 + i)).1; done"
: >"$WORLD_AUTHLOG"
before=$(free_inodes)
ok "a fifth is free" test "$before" -ge $((inodes / 6))
ok "few inodes: a login works" world_ssh alice alice
not_ok "few inodes: a stranger is refused" world_ssh alice stranger
ok "the command has taken none" test "$(find "$spool" -name '8*.1' -prune -o -type f -print | wc -l)" -eq 0
note "$before inodes were free, now $(free_inodes)"
ok "and says it" world_wait_line 3 "$WORLD_AUTHLOG" 'keyaudit\[[0-9]+\]: ssh key lookup: no record could be written: verdict=none'
world_finish
