#!/bin/bash
# SPDX-License-Identifier: ISC
# pam_keyaudit.so as a witness: it lets nobody in, keeps nobody out, works without its recorder, and names the
# connection by sshd's monitor in each flow.
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"

world_setup
world_has_module || world_die "pam_keyaudit.so is not installed"
world_key alice ed25519
world_key stranger ed25519
world_serve alice alice

# The connections of the phase records that are there now.
connections() {
	ls /run/keyaudit/phase
}
# Whether the records of connection $1 are of the phases $2, in this order.
phases() {
	[ "$(sed -n 's/.* phase=\([a-z]*\) .*/\1/p' "/run/keyaudit/phase/$1" | tr '\n' ' ')" = "$2" ]
}
# The monitor's pid of the last line of sshd's log that matches.
monitor() {
	world_wait_line 5 "$WORLD_AUTHLOG" "$1"
	grep -E "$1" "$WORLD_AUTHLOG" | tail -n 1 | sed -n 's/.* sshd[a-z-]*\[\([0-9]*\)\]: .*/\1/p'
}
forget() {
	rm -f /run/keyaudit/phase/* /run/keyaudit/spool/*
}
# stdin of nobody: every prompt is answered by nothing.
try_interactive() {
	world_ssh_interactive "$@" -o NumberOfPasswordPrompts=1
}

# without a recorder the records stay, and the module speaks for itself
mv /usr/bin/keyaudit /usr/bin/keyaudit.away 2>/dev/null
world_pam '' '' ''
world_sshd_start 'KbdInteractiveAuthentication yes'

ok "a good key logs in without a recorder" world_ssh alice alice
m=$(monitor 'Accepted publickey for alice')
is "one connection is noted" "$(connections | wc -l)" 1
like "it is named by sshd's monitor" "$(connections)" "^$m\.[1-9][0-9]*$"
ok "account and session were reached" phases "$(connections)" 'account session '
like "the session knows the key" "$(grep 'phase=session' /run/keyaudit/phase/*)" ' info=publickey%20ssh-ed25519%20AAAA[A-Za-z0-9+/=]*%0a$'
like "and the client" "$(cat /run/keyaudit/phase/*)" " user=alice rhost=127\.0\.0\.1 conn=127\.0\.0\.1%20[0-9]*%20127\.0\.0\.1%20$WORLD_PORT "
like "the records are root's alone" "$(stat -c '%a %u %F' /run/keyaudit/phase/*)" '^600 0 regular file$'
like "the module says that its recorder is missing" "$(cat "$WORLD_AUTHLOG")" \
	"pam_keyaudit\(sshd:session\): the recorder cannot be executed: connection=$m\.[0-9]* phase=session user=\"alice\" rhost=\"127\.0\.0\.1\""

forget
not_ok "a stranger's key is refused" try_interactive alice stranger
m=$(monitor 'Failed keyboard-interactive/pam for alice')
is "keyboard-interactive after a key: one connection" "$(connections | wc -l)" 1
like "it is the monitor's, not its fork's" "$(connections)" "^$m\."
ok "the same that the command named" test -e "/run/keyaudit/spool/$(connections)"
ok "only auth was reached" phases "$(connections)" 'auth '

forget
not_ok "no key at all is refused" try_interactive alice none
m=$(monitor 'Failed keyboard-interactive/pam for alice')
like "keyboard-interactive without a key: the monitor again" "$(connections)" "^$m\."

forget
not_ok "an unknown user is refused" try_interactive 'nobody-at-all' stranger
m=$(monitor 'Failed keyboard-interactive/pam for invalid user')
like "an unknown user leaves the same record" "$(cat "/run/keyaudit/phase/$(connections)")" ' phase=auth service=sshd user=nobody-at-all '
like "of the monitor" "$(connections)" "^$m\."

forget
not_ok "a hostile name is refused" try_interactive $'..x user=root \xe2\x80\xaex' stranger
is "its record is one line" "$(cat /run/keyaudit/phase/* | wc -l)" 1
like "its log line cannot be misread" "$(grep pam_keyaudit "$WORLD_AUTHLOG")" 'user="..x user=root \\xe2\\x80\\xaex" rhost="127.0.0.1"$'

forget
umount -n /run/keyaudit/phase
rm -rf /run/keyaudit/phase
ok "a good key logs in without a place for records" world_ssh alice alice
like "and that is said" "$(grep pam_keyaudit "$WORLD_AUTHLOG")" 'no phase record can be written: connection='
world_dirs

# a module alone in auth decides nothing
printf '%s\n' 'auth sufficient pam_keyaudit.so' 'account required pam_permit.so' 'session required pam_permit.so' >/etc/pam.d/sshd
not_ok "a stack of the module alone lets nobody in" try_interactive alice stranger
is "nobody was ever accepted by keyboard-interactive" "$(grep -c 'Accepted keyboard-interactive' "$WORLD_AUTHLOG")" 0

# with its recorder
if mv /usr/bin/keyaudit.away /usr/bin/keyaudit 2>/dev/null; then
	world_pam '' '' ''
	: >"$WORLD_AUTHLOG"
	forget
	ok "a good key logs in" world_ssh alice alice
	ok "the event is written" world_trail_wait 5 1
	like "as accepted" "$(cat "$WORLD_TRAIL")" '"action":"ssh-login-accepted"'
	not_ok "a stranger's key is refused" try_interactive alice stranger
	ok "the auth phase says why at once" world_wait_line 5 "$WORLD_AUTHLOG" 'keyaudit.*reason=key\.not-listed'
	unlike "the module has nothing to complain about" "$(cat "$WORLD_AUTHLOG")" 'pam_keyaudit\(sshd:[a-z]*\): '
else
	note "keyaudit is not built: its part is left out"
fi
world_finish
