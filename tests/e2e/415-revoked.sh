#!/bin/bash
# SPDX-License-Identifier: ISC
# 415-revoked.sh: the site's files of revoked keys, on the real sshd with the real client. A revoked key is refused, and
# event, doctor, keys and vet say by which list; its neighbours log in. While a file cannot be relied on every key is refused,
# as with sshd's RevokedKeys, and event, log, doctor, keys and config check name the file.
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"

KRL=/etc/keyaudit/revoked.krl
LIST=/etc/keyaudit/revoked
events=0

conf() {
	world_conf '[lookup]' 'sources = local' '[source local]' 'type = file' 'path = /etc/keyaudit/keys.d/%u' \
		'[audit]' "sshd_log = $WORLD_AUTHLOG" '[policy]' "revoked = $KRL $LIST" "$@"
}

# fresh: nobody is revoked
fresh() {
	ssh-keygen -q -k -f "$KRL.new" && mv "$KRL.new" "$KRL"
	rm -rf "$LIST"
	echo '# nobody' >"$LIST"
}

# krl DIRECTIVE...: the list of these
krl() {
	printf '%s\n' "$@" >"$WORLD_RUN/spec"
	ssh-keygen -q -k -f "$KRL.new" "$WORLD_RUN/spec" && mv "$KRL.new" "$KRL"
}

# logs_in KEY WHAT
logs_in() {
	ok "$2: $1 logs in" world_ssh alice "$1"
	events=$((events + 1))
	ok "$2: an event" world_trail_wait 10 "$events"
}

# refused KEY ID WHAT [TEXT]: and everybody says so; TEXT stands in what people read
refused() {
	local key=$1 id=$2 what="$3, $1" doctor
	not_ok "$what: refused" world_ssh alice "$key"
	events=$((events + 1))
	ok "$what: there is an event" world_trail_wait 10 "$events"
	is "$what: it names the reason" "$(world_last_event | sed -n 's/.*"code":"\([^"]*\)".*/\1/p')" "$id"
	doctor=$(keyaudit doctor alice --key "$WORLD_RUN/keys/$key.pub" --from 127.0.0.1)
	is "$what: the doctor found something" $? 1
	is "$what: the doctor names it first" "$(sed -n 's/^ FAIL .*  \([a-z0-9.-]*\)$/\1/p' <<<"$doctor" | head -n 1)" "$id"
	like "$what: the doctor knows more" "$(tr -s ' \n' ' ' <<<"$doctor")" "${4:-.}"
	like "$what: keys shows it" "$(keyaudit keys alice 2>&1)" "^FAIL refused .*  $id( |\$)"
}

world_setup
world_key alice ed25519
world_key other ed25519
world_key rsa rsa3072
world_key p256 ecdsa256
world_serve alice alice other rsa p256
conf
fresh
world_sshd_start "AuthorizedKeysFile none"
world_collect_start || world_die "the collector does not start"
for key in alice other rsa p256; do logs_in "$key" "nobody is revoked"; done

# ---- a revoked key, by each way to name it; its neighbour logs in
name() { world_pub "$1" | cut -d' ' -f1,2; }
krl "key: $(name alice)"
refused alice revoked.krl "the key in a KRL" 'the key stands there'
logs_in other "the key of another one in a KRL"
krl "sha256: $(name rsa)" "hash: $(world_fingerprint p256)"
refused rsa revoked.krl "SHA-256 in a KRL"
refused p256 revoked.krl "a fingerprint in a KRL"
logs_in alice "SHA-256 of others in a KRL"
krl "sha1: $(name alice)" "sha1: $(name rsa)"
refused alice revoked.krl "SHA-1 in a KRL" 'SHA-1 fingerprint stands there'
refused rsa revoked.krl "SHA-1 in a KRL"
logs_in other "SHA-1 of others in a KRL"
logs_in p256 "SHA-1 of others in a KRL"
like "vet names it too" "$(keyaudit vet "$WORLD_RUN/keys/alice.pub" 2>&1)" 'revoked\.krl'
fresh
logs_in alice "a new list counts at once"
world_pub other >>"$LIST"
refused other revoked.list "the key in a text"
{
	echo '# lost'
	echo "$(world_fingerprint alice) the old laptop"
} >"$LIST"
refused alice revoked.list "the fingerprint in a text" 'its fingerprint stands there'
logs_in other "no longer in the text"

# ---- severity is the site's
conf 'severity.revoked.list = warn'
logs_in alice "severity warn"
like "severity warn: the event has it" "$(world_last_event)" 'revoked\.list'
conf

# ---- a file that cannot be relied on: nobody logs in, and the file is named. broken FILE ID WHAT TEXT
broken() {
	local since
	since=$(wc -l <"$WORLD_AUTHLOG")
	refused other "$2" "$3" "$1: $4"
	like "$3: the log names the file" "$(tail -n +"$((since + 1))" "$WORLD_AUTHLOG")" "ssh key lookup: nothing is served: .*reasons=$2 .*$1: $4"
	not_ok "$3: config check" keyaudit config check
	like "$3: config check names the file" "$(keyaudit config check 2>&1)" "revoked: $2: every key is refused: $1: $4"
	like "$3: the doctor without a user names it" "$(keyaudit doctor 2>&1 | tr -s ' \n' ' ')" "every key is refused: $1: $4.* $2"
}
fresh
rm "$KRL"
broken "$KRL" data.missing "a list that is not there" 'is not there'
fresh
krl "key: $(name alice)"
head -c -1 "$KRL" >"$KRL.new" && mv "$KRL.new" "$KRL"
broken "$KRL" data.invalid "a list that is cut off" 'no sound KRL'
: >"$KRL"
broken "$KRL" data.invalid "a list that is empty" 'it is empty'
fresh
echo 'ssh-ed25519 AAAA' >>"$LIST"
broken "$LIST" data.invalid "a damaged text" 'line 2'
fresh
chmod 0666 "$LIST"
broken "$LIST" data.invalid "a text that others may write" 'mode 0666'
fresh
chmod 0600 "$LIST"
broken "$LIST" data.invalid "a text that the command may not read" 'mode 0600'
conf 'severity.data.invalid = off' 'severity.data.missing = off'
not_ok "severity does not open it" world_ssh alice other
events=$((events + 1))
world_trail_wait 10 "$events"
conf
fresh
ok "all is well again" keyaudit config check
logs_in alice "all is well again"
is "the trail has an event of each connection" "$(world_events)" "$events"
world_finish
