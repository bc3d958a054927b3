#!/bin/bash
# SPDX-License-Identifier: ISC
# What `make install` puts on a server is enough to set one up as the README says: users and directories by the
# shipped sysusers.d and tmpfiles.d, the shipped configuration, the sshd drop-in and the PAM lines.
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"

doc=/usr/share/doc/keyaudit/examples
world_setup
world_key alice ed25519
world_key stranger ed25519

world_bare # away with everything that the library laid out
ok "sysusers.d makes the users" systemd-sysusers keyaudit.conf
like "the command's cannot log in" "$(getent passwd _keyaudit)" '/nonexistent:/usr/sbin/nologin$'
like "nor can the fetcher's" "$(getent passwd _keyfetch)" '/nonexistent:/usr/sbin/nologin$'
options=$(sed -n 's/^Options=//p' /usr/lib/systemd/system/run-keyaudit.mount)
ok "the mount unit's options are good for a tmpfs" mount -n -t tmpfs -o "$options" --mkdir keyaudit /run/keyaudit
options=$(sed -n 's/^Options=//p' /usr/lib/systemd/system/run-keyaudit-phase.mount)
ok "and the other one's" mount -n -t tmpfs -o "$options" --mkdir keyaudit-phase /run/keyaudit/phase
ok "tmpfiles.d makes the directories" systemd-tmpfiles --create keyaudit.conf
is "the spool can be written but not listed" "$(stat -c '%A %U:%G' /run/keyaudit/spool)" 'drwx-wx--- root:_keyaudit'
is "the trail's directory can be read by its group" "$(stat -c '%A %U:%G' /var/log/keyaudit)" 'drwxr-x--- root:adm'
is "the cache is the fetcher's, and its group reads it" "$(stat -c '%A %U:%G' /var/cache/keyaudit)" 'drwxr-s--- _keyfetch:_keyaudit'
is "what is remembered of documents is out of its reach" "$(stat -c '%A %U:%G' /var/lib/keyaudit/serials)" 'drwx------ _keyaudit:_keyaudit'
is "and so are the verdicts" "$(stat -c '%A %U:%G' /var/lib/keyaudit/verdicts)" 'drwx------ _keyaudit:_keyaudit'
is "who misses leaves a wish" "$(stat -c '%A %U:%G' /var/lib/keyaudit/wanted)" 'drwx-wx--- _keyfetch:_keyaudit'
is "the command may start the fetcher" "$(stat -c '%A %U:%G' "$WORLD_FETCH")" '-rwsr-x--- _keyfetch:_keyaudit'
install -m 0644 "$doc/keyaudit.conf" /etc/keyaudit/keyaudit.conf
ok "the shipped configuration is complete" keyaudit config check

world_serve alice alice
world_sshd_start "Include $doc/10-keyaudit.conf"
grep -v '^#' "$doc/pam.d-sshd" | grep '^[as]' >/etc/pam.d/sshd
printf '%s\n' 'auth required pam_unix.so' 'account required pam_unix.so' 'session required pam_unix.so' >>/etc/pam.d/sshd
ok "the collector starts" world_collect_start
ok "a served key logs in" world_ssh alice alice
not_ok "another does not" world_ssh alice stranger
ok "both stand in the trail" world_trail_wait 10 2
is "the log shows them" "$(keyaudit log | awk 'NR > 1 && $3 == "alice" {print $3, $7, $8}')" $'alice accepted -\nalice refused key.not-listed'
ok "doctor finds nothing wrong with the installation" keyaudit doctor
ok "docs/json.md shows what keys --json prints" grep -qxF -e "$(keyaudit keys --json alice)" "$KA_SRC/docs/json.md"
for unit in /usr/lib/systemd/system/*keyaudit*; do
	ok "$(basename "$unit") is understood" systemd-analyze verify --man=no "$unit"
done
score=$(systemd-analyze security --offline=yes /usr/lib/systemd/system/keyaudit-collect.service 2>/dev/null |
	sed -n 's/.*exposure level for .*: \([0-9.]*\) .*/\1/p')
ok "the collector's exposure is at most 2.0: $score" awk -v s="$score" 'BEGIN { exit !(s > 0 && s <= 2.0) }'
ok "bash completion knows the verbs" bash -c '
	. /usr/share/bash-completion/completions/keyaudit
	COMP_WORDS=(keyaudit do) COMP_CWORD=1
	_keyaudit
	[ "${COMPREPLY[*]}" = doctor ]'
world_finish
