#!/bin/bash
# SPDX-License-Identifier: ISC
# After a reboot the trail says how much is unknown: once, not at a restart, and not on a fresh installation.
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"

world_setup
world_key alice ed25519
world_key stranger ed25519
world_serve alice alice
world_sshd_start

gaps() {
	cat "$WORLD_TRAIL"* 2>/dev/null | grep -c '"action":"trail-gap"'
}
# reboot: /run is empty, and what stands in the trail is of another boot, and of a release without a chain: so it is renamed
# aside by whoever writes first, and is still what the gap is measured by
reboot_now() {
	world_collect_stop
	world_wait 10 umount -n /run/keyaudit/phase # the last login's recorder may be there still
	world_wait 10 umount -n /run/keyaudit
	world_dirs
	sed -i 's/"boot":{"id":"[^"]*"}/"boot":{"id":"11111111-2222-3333-4444-555555555555"}/; s/"@timestamp":"[^"]*"/"@timestamp":"2026-01-02T03:04:05.678901Z"/
		/"action":"trail-genesis"/d; s/,"seq":[0-9]*,"prev":"[0-9a-f]*","hash":"[0-9a-f]*"}}$/}}/' "$WORLD_TRAIL"
}

ok "a fresh installation" world_collect_start
not_ok "a stranger" world_ssh alice stranger
ok "has an event" world_trail_wait 5 1
is "and no gap" "$(gaps)" 0
ok "the boot is marked" test -e /run/keyaudit/started
world_collect_stop KILL
ok "a restart" world_collect_start
world_collect_stop
keyaudit collect 2>/dev/null
is "is no gap" "$(gaps)" 0

reboot_now
ok "after a reboot" world_collect_start
is_said() { [ "$(gaps)" -ge 1 ]; }
ok "the gap is said" world_wait 5 is_said
is "once" "$(gaps)" 1
line=$(grep trail-gap "$WORLD_TRAIL")
like "from the last event to this boot" "$line" '"message":"trail gap: connections between 2026-01-02T03:04:05\.678901Z \(the last event\) and 20[0-9T:.-]*Z \(this boot\) may be missing"'
like "it is no connection's" "$line" '"category":\["host"\]'
unlike "nor names one" "$line" '"connection"'
like "and in syslog" "$(grep 'keyaudit\[' "$WORLD_AUTHLOG")" 'trail gap'
world_collect_stop KILL
ok "a restart after it" world_collect_start
world_collect_stop
rm /run/keyaudit/started
keyaudit collect 2>/dev/null
is "says nothing more, even without the marker" "$(gaps)" 1

# the recorder was faster than the collector
reboot_now
before=$(gaps)
ok "after a reboot a login comes first" world_ssh alice alice
ok "which has its event" world_wait 5 grep -q ssh-login-accepted "$WORLD_TRAIL"
ok "then the collector" world_drain
is "the gap is said all the same" "$(gaps)" $((before + 1))
is "nothing of the trail is broken" "$(grep -vc '^{.*}$' "$WORLD_TRAIL")" 0

# a full disk at the first start: later
reboot_now
mkdir /run/full && mount -n -t tmpfs -o size=1m,mode=0750 trail /run/full && cp "$WORLD_TRAIL" /run/full/audit.jsonl
before_here=$(grep -c trail-gap /run/full/audit.jsonl)
chmod 0640 /run/full/audit.jsonl
world_conf '[lookup]' 'sources = local' '[source local]' 'type = file' 'path = /etc/keyaudit/keys.d/%u' '[audit]' \
	'trail = /run/full/audit.jsonl' 'min_free = 4MiB'
keyaudit collect 2>/dev/null
ok "with a full disk the boot is not marked" test ! -e /run/keyaudit/started
sed -i '/min_free/d' /etc/keyaudit/keyaudit.conf
echo 'min_free = 0MiB' >>/etc/keyaudit/keyaudit.conf
keyaudit collect 2>/dev/null
is "with room the gap is said" "$(cat /run/full/audit.jsonl* | grep -c trail-gap)" $((before_here + 1))
world_finish
