#!/bin/bash
# SPDX-License-Identifier: ISC
# Two revoked lists, or two indexes, with one serial. Which of them counts is known to the command alone, which remembers the one
# that it accepted first: whichever the cache got, the right one is in nobody's way, and the wrong one changes nothing and is
# told beside its source.
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"
# shellcheck source=tests/world/store.sh
. "$WORLD_LIB/store.sh"

world_setup
[ -x "$WORLD_FETCH" ] || world_die "authkeys-fetch is not installed"
world_key alice ed25519
world_key mallory ed25519
store_pki
store_nginx_start
store_signer ops
install -m 0644 "$STORE_RUN/signers" /etc/keyaudit/signers
alice=$(world_pub alice | cut -d' ' -f1,2)
url=https://keys.test:$STORE_HTTPS
conf() { # LINE
	world_conf '[lookup]' 'sources = corp' '[source corp]' 'type = http' 'format = signed' "url = $url/%u.keys" \
		'signers = /etc/keyaudit/signers' "ca_file = $STORE_PKI/ca.pem" "$1"
	store_forget
}
document() { store_document alice '*' 42 '+7 days' "$alice" | store_sign ops; }
# KIND NAME LINE: a list with serial 7, to be put into the store as the list of that kind later
list() { store_document - '*' 7 '+7 days' "$3" | sed "s/keys-v1/$1-v1/;/^# user/d" | store_sign ops >"$STORE_RUN/$2"; }
# KIND NAME: the store has that list now, and the timer fetches it; then she is asked for
brings() {
	store_put "$1" "$(cat "$STORE_RUN/$2")"
	touch -d "@$((stamp += 10))" "$STORE_WWW/$1" # another time, so that no 304 hides it
	keyaudit cache expire corp ":$1" >"$WORLD_RUN/out" 2>&1
	ok "the $1 list, $2" keyaudit refresh --source corp
	store_settle
	store_asked alice
}
stamp=1790000000

# ---- the revoked list ----
store_put alice.keys "$(document)"
conf "revoked_url = $url/revoked"
list revoked first "$(world_fingerprint alice)"
list revoked second "$(world_fingerprint mallory)"
brings revoked first
is "the first one counts" "$store_out" ''
like "and nothing is wrong with it" "$store_src" '^corp:found:-:[^c]*$'
store_forget_entries
brings revoked second
is "the second takes nothing back" "$store_out" ''
like "which is said beside the source" "$store_src" '^corp:found:-:.*cause=store\.serial-reused$'
is "and is no reason of a key" "$store_reasons" -
brings revoked first
is "the first one again" "$store_out" ''
like "and all is well" "$store_src" '^corp:found:-:[^c]*$'

# ---- the index ----
conf "index_url = $url/index"
store_asked alice
is "she has keys" "$store_out" "$alice"
rm "$STORE_WWW/alice.keys"
hash=$(printf '' | sha256sum | cut -d' ' -f1)
list index first "bob 42 $hash"
list index second "alice 42 $hash"
brings index first
store_age dead
store_asked alice
like "the first index lacks her: no keys" "$store_src" '^corp:no-keys:store\.no-keys:[^c]*$'
store_forget_entries
brings index second
store_age dead
store_asked alice
like "the second says nothing of her" "$store_src" '^corp:refused:store\.vanished:.*cause=store\.serial-reused$'
brings index first
store_age dead
store_asked alice
like "the first one again" "$store_src" '^corp:no-keys:store\.no-keys:[^c]*$'
world_finish
