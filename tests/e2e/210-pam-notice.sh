#!/bin/bash
# SPDX-License-Identifier: ISC
# `final notice`: a person is told once whom to ask, and nothing tells a known user from an unknown one.
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"

world_setup
world_has_module || world_die "pam_keyaudit.so is not installed"
world_key alice ed25519
world_key stranger ed25519
world_serve alice alice
keyonly='final notice'
world_pam "$keyonly" '' ''
world_sshd_start 'KbdInteractiveAuthentication yes'

# What a person sees who tries as user $1: bytes, with the name itself taken out, and the status.
seen() {
	local status=0
	world_ssh_interactive "$1" stranger >"$WORLD_RUN/seen" 2>&1 || status=$?
	sed "s/$1/USER/g" "$WORLD_RUN/seen"
	echo "status $status"
}
# The same without the reference, which is another one for each connection.
masked() {
	sed -E 's/ quote [a-z2-7]{8}\./ quote REFERENCE./'
}
# Lines of the log, when the last of them has come.
count() {
	world_wait_line 5 "$WORLD_AUTHLOG" "$2"
	grep -c "$1" "$WORLD_AUTHLOG"
}

known=$(seen alice)
unknown=$(seen alicf)
noshell=$(seen noshell)
if world_has_tool; then
	like "the sentence has a reference" "$known" '^Your key was not accepted\. Ask your administrator and quote [a-z2-7]{8}\.'
	is "each connection has its own" "$([ "$known" = "$unknown" ] && echo same || echo other)" other
fi
is "it is said once" "$(printf '%s\n' "$known" | grep -c 'Your key was not accepted')" 1
like "and the login is refused" "$known" '^status 255$'
is "an unknown user sees the same bytes" "$(masked <<<"$unknown")" "$(masked <<<"$known")"
is "and so does one without a shell" "$(masked <<<"$noshell")" "$(masked <<<"$known")"
is "the phase was reached once per connection" "$(count 'pam_keyaudit(sshd:auth): authentication failure; ' user=noshell)" 3
like "the classic line stands in the log" "$(cat "$WORLD_AUTHLOG")" \
	'pam_keyaudit\(sshd:auth\): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=127\.0\.0\.1  user=alice$'
like "for the unknown one too" "$(cat "$WORLD_AUTHLOG")" '  user=alicf$'
unlike "the client hears no reason" "$known$unknown" 'not-listed|key\.|authorized_keys|/home'

# the reference finds the connection in the log
if world_has_tool; then
	ref=$(sed -nE 's/.* quote ([a-z2-7]{8})\..*/\1/p' <<<"$known" | head -n 1)
	ok "the log has the reference" world_wait_line 5 "$WORLD_AUTHLOG" "keyaudit\\[.*reason=key\\.not-listed .*ref=$ref"
	# and so does the next connection's
	ref=$(seen alice | sed -nE 's/.* quote ([a-z2-7]{8})\..*/\1/p' | head -n 1)
	ok "the next one's too" world_wait_line 5 "$WORLD_AUTHLOG" "keyaudit\\[.*reason=key\\.not-listed .*ref=$ref"
	# each line costs a diagnosis, and strangers may come by the hundred
	said() { grep -c 'keyaudit\[.*reason=key\.not-listed' "$WORLD_AUTHLOG"; }
	for turn in 0 1 2 3; do
		exec {held}>>"/run/keyaudit/say.$turn"
		flock -w 5 "$held" || note "say.$turn is held" # whoever said the last line may be at its end
		turns+=("$held")
	done
	before=$(said)
	like "with every turn taken the client hears the same" "$(seen alice)" '^Your key was not accepted\..* quote '
	no_recorder() { ! pgrep -f 'keyaudit record' >/dev/null; }
	ok "whoever got no turn ends" world_wait 5 no_recorder
	for held in "${turns[@]}"; do exec {held}>&-; done
	ref=$(seen alice | sed -nE 's/.* quote ([a-z2-7]{8})\..*/\1/p' | head -n 1)
	ok "then there is a line again" world_wait_line 5 "$WORLD_AUTHLOG" "keyaudit\\[.*reason=key\\.not-listed .*ref=$ref"
	is "and there was none before it" "$(said)" $((before + 1))
fi

# without an answer: the same bytes without any masking
[ ! -e /usr/bin/keyaudit ] || mv /usr/bin/keyaudit /usr/bin/keyaudit.away
is "without a recorder the bytes are the same" "$(seen alicf)" "$(seen alice)"
like "and the sentence has no reference" "$(seen alice)" '^Your key was not accepted\. Ask your administrator\.'
printf '#!/bin/sh\nexec sleep 30\n' >/usr/bin/keyaudit
chmod 0755 /usr/bin/keyaudit
world_pam 'final notice deadline_ms=100' '' ''
is "with one that hangs as well" "$(seen alicf)" "$(seen alice)"
rm /usr/bin/keyaudit
[ ! -e /usr/bin/keyaudit.away ] || mv /usr/bin/keyaudit.away /usr/bin/keyaudit

world_pam 'final notice quiet' '' ''
unlike "quiet says nothing" "$(seen alice)" 'Your key'
world_pam 'final' '' ''
unlike "and nothing is said unasked" "$(seen alice)" 'Your key'

world_pam "$keyonly" '' ''
ok "a good key still logs in" world_ssh alice alice
world_finish
