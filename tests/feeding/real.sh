#!/bin/bash
# SPDX-License-Identifier: ISC
# real.sh: in a world: a real client, sshd, rsyslogd and collector write a log, and fail2ban-regex reads it with our filter and with
# the stock one of sshd. A published key matches ours, with the client's address; an unknown key, a wrong mode, and the line of
# `final` match neither. Called by run.sh as root.
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"
# shellcheck source=tests/world/rsyslog.sh
. "$WORLD_LIB/rsyslog.sh"

world_setup
world_key alice ed25519
world_key stranger ed25519
world_authorize alice alice
published=$WORLD_RUN/published
grep -m 1 '^ssh-' tests/cases/key.known-compromised/input >"$published"
chmod 0600 "$published"
install -m 0644 "$published" /etc/keyaudit/keys.d/alice
world_pam final '' ''
world_rsyslog_start RSYSLOG_TraditionalFileFormat
world_sshd_start 'KbdInteractiveAuthentication yes'
world_collect_start
# shellcheck disable=SC2317 # called by ok
said() { world_wait_line 8 "$WORLD_AUTHLOG" "$1"; }

world_ssh alice stranger -- true 2>/dev/null
ok "an unknown key" said 'ssh key refused: reason=key\.not-listed '
_world_ssh_run "$published" -o BatchMode=yes -l alice 127.0.0.1 true 2>/dev/null
ok "a published key" said 'ssh key refused: reason=key\.known-compromised .*rhost=127\.0\.0\.1 '
chmod 0666 /home/alice/.ssh/authorized_keys
world_ssh alice alice -- true 2>/dev/null
ok "a user's own mistake" said 'ssh key refused: reason=perm.world-writable '
chmod 0600 /home/alice/.ssh/authorized_keys
world_ssh_interactive alice stranger >/dev/null 2>&1
ok "the classic line" said 'pam_keyaudit.sshd:auth.: authentication failure; .*  user=alice'
# ssh(1) takes no quotes in a name; textlines.c has them
world_ssh_interactive 'a rhost=192.0.2.66 port=1 fp=x' stranger >/dev/null 2>&1
ok "a name that would be an address" said 'authentication failure; .* rhost=127.0.0.1  user=a.x20rhost=192.0.2.66.x20port=1.x20fp=x$'
world_collect_stop
world_sshd_stop
world_rsyslog_stop

filters=$WORLD_RUN/filter.d
mkdir "$filters" && cp /etc/fail2ban/filter.d/common.conf "$KA_SRC/conf/fail2ban/filter.d/keyaudit.conf" "$filters"
ours=$(grep -cE ' keyaudit(\[[0-9]+\])?: ' "$WORLD_AUTHLOG")
grep -E ' keyaudit(\[[0-9]+\])?: |pam_keyaudit' "$WORLD_AUTHLOG" >"$WORLD_RUN/ours"
grep -vE ' keyaudit(\[[0-9]+\])?: |pam_keyaudit' "$WORLD_AUTHLOG" >"$WORLD_RUN/sshds"
matched() { fail2ban-regex "$1" "$2" | sed -n 's/.* \([0-9]*\) matched, .*/\1/p'; }
verbose=$(fail2ban-regex -v "$WORLD_AUTHLOG" "$filters/keyaudit.conf")
bans=$(grep -c 'ssh key refused: reason=key\.known-compromised ' "$WORLD_AUTHLOG")
ok "ours has lines to choose from" test "$ours" -ge 4
is "ours takes what is published, and nothing else" "$(matched "$WORLD_AUTHLOG" "$filters/keyaudit.conf")" "$bans"
like "with the client's address" "$verbose" '\|  +127\.0\.0\.1 '
unlike "and no other one" "$verbose" '\|  +192\.0\.2\.66 '
stock=/etc/fail2ban/filter.d/sshd.conf
is "the stock filter bans for none of our lines" "$(matched "$WORLD_RUN/ours" "$stock")" 0
verbose=$(fail2ban-regex -v "$WORLD_RUN/ours" "$stock")
like "and knows the classic one" "$verbose" '\[[1-9][0-9]*\] \^<F-NOFAIL>pam_\[a-z\]\+'
unlike "nor does a name give it an address" "$verbose" '\|  +192\.0\.2\.66 '
is "nor for more of sshd's, because of them" "$(matched "$WORLD_AUTHLOG" "$stock")" "$(matched "$WORLD_RUN/sshds" "$stock")"
world_finish
