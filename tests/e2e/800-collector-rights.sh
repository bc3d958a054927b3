#!/bin/bash
# SPDX-License-Identifier: ISC
# The collector with the few rights that conf/systemd/keyaudit-collect.service leaves it: the same capabilities,
# groups, umask and system calls, no new privileges. What needs each of them still works.
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"
# shellcheck source=tests/world/unit.sh
. "$WORLD_LIB/unit.sh"

event() { # JSON-TEXT...: the last event has all of them
	local text last
	last=$(world_last_event)
	for text in "$@"; do
		case $last in *"$text"*) ;; *)
			printf 'missing: %s\nin: %s\n' "$text" "$last"
			return 1
			;;
		esac
	done
}

world_setup
world_key alice ed25519
world_key bob ed25519
world_serve alice alice
world_authorize bob bob
chmod 0666 /home/bob/.ssh/authorized_keys
world_pam - - - # no module: everything is the collector's work
world_sshd_start
ok "it starts with the rights of its unit" world_collect_start_as_unit
collector=$(world_collect_pid)
has_eye() { [ -n "$(world_eye)" ]; }
ok "its eye looks at monitors" world_wait 5 has_eye
eye=$(world_eye)
ok "it has no other capability" test "$(sed -n 's/^CapEff:\t//p' "/proc/$collector/status")" = \
	"$(sed -n 's/^CapBnd:\t//p' "/proc/$collector/status")"

not_ok "a key in a writable file is refused" world_ssh bob bob
ok "its event is written" world_trail_wait 10 1
ok "the closed home was looked at, and the monitor's socket" event '"code":"perm.world-writable"' \
	'"source_from":"socket"' '"trust":"seen"'
is "the new trail has its directory's group" "$(stat -c '%U:%G %a' "$WORLD_TRAIL")" 'root:adm 640'

# what only the command's user owns, and nobody else may read
setpriv --reuid _keyaudit --regid _keyaudit --clear-groups sh -c \
	'mkdir -m 0700 /run/keyaudit/spool/900001.1 && mkdir /run/keyaudit/spool/900001.1/x && mkfifo /run/keyaudit/spool/900002.1'
not_ok "another refusal" world_ssh alice bob
ok "hostile spool entries do not stop it" world_wait 10 grep -q '"code":"key.not-listed"' "$WORLD_TRAIL"
gone() { [ ! -e /run/keyaudit/spool/900001.1 ] && [ ! -e /run/keyaudit/spool/900002.1 ]; }
ok "and are moved aside" world_wait 10 gone

echo '# edited' >>/etc/keyaudit/keyaudit.conf
ok "a change of the configuration is told" world_wait 8 grep -q '"action":"config-changed"' "$WORLD_TRAIL"
is "and nothing that is not so" "$(grep -cE '"action":"(config-unsafe|store-[a-z]*)"' "$WORLD_TRAIL")" 0

is "the eye is the same one all the time" "$(world_eye)" "$eye"
kill -TERM "$collector"
ok "it ends when it is told to" world_wait_gone 5 "$collector"
world_finish
