#!/bin/bash
# SPDX-License-Identifier: ISC
# 520-json.sh: docs/json.md and what the verbs print: every field that is printed has its row, and every row's field is
# printed by something.
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"
# shellcheck source=tests/world/store.sh
. "$WORLD_LIB/store.sh"

DOC=$KA_SRC/docs/json.md
declare -A seen=()

# names: the names of all members, at any depth, of the JSON objects on stdin. Only a member's name has a colon behind it.
names() {
	sed 's/\\.//g' | grep -oE '"[^"]*":' | tr -d '":' | sort -u
}

# section NAME: from "## NAME" to the next one
section() {
	awk -v name="## $1" '$0 == name { inside = 1; next } /^## / { inside = 0 } inside' "$DOC"
}

# words: what stands in backticks, taken apart at dots and brackets; member names that are written `a.b`, `a[].b`, `.b`
words() {
	grep -oE '`[^`]*`' | tr -d '`' | tr '.[] ' '\n' | grep -E '^[@a-z_][a-z0-9_]*$' | sort -u
}

# row_names NAME: of the first column of the section's tables; the part behind the last dot
row_names() {
	section "$1" | sed -n 's/^| \(`[^|]*\) |.*/\1/p' | grep -oE '`[^`]*`' | tr -d '`' | sed 's/.*\.//; s/\[\]$//' | grep -E '^[@a-z_][a-z0-9_]*$' | sort -u
}

# printed SECTION WHAT COMMAND...: it prints JSON, one object a line, and only what the section knows
printed() {
	local name=$1 what=$2 out
	shift 2
	out=$("$@" 2>/dev/null)
	like "$what: prints objects" "$out" '^\{.*\}$'
	unlike "$what: and nothing else" "$out" '^[^{]|[^}]$'
	is "$what: every field is documented" "$(comm -23 <(names <<<"$out") <(section "$name" | words))" ''
	seen[$name]+=$'\n'$(names <<<"$out")
}

# complete SECTION: every row was seen
complete() {
	is "$1: every documented field was printed" "$(comm -23 <(row_names "$1") <(sort -u <<<"${seen[$1]}"))" ''
}

# samples SECTION: they hold nothing that the section does not know
samples() {
	is "$1: its samples hold documented fields only" \
		"$(comm -23 <(section "$1" | sed -n '/^```json/,/^```/p' | names) <(section "$1" | words))" ''
}

for name in doctor explain keys vet cache blocklist publish config 'the audit trail'; do samples "$name"; done
world_setup
world_key alice ed25519
world_key bob ed25519
world_key weak rsa1024
world_sshd_start
world_collect_start || world_die "the collector does not start"
AK=/home/alice/.ssh/authorized_keys
key() { printf '%s/keys/%s.pub' "$WORLD_RUN" "$1"; }

# ---- doctor ----
world_authorize alice alice
chmod 0666 $AK
not_ok "alice is refused" world_ssh alice alice
not_ok "and again" world_ssh alice alice
ok "there is an event of each" world_trail_wait 10 2
printed doctor "doctor: a mode" keyaudit doctor alice --json --from 192.0.2.1
printed doctor "doctor: a key" keyaudit doctor alice --json --key "$(key weak)"
fix() { keyaudit doctor alice --fix --yes --json --key "$(key alice)" "$@"; }
printed doctor "doctor: --fix, nobody vouches" fix
ln $AK /home/alice/second && chown root $AK
printed doctor "doctor: --fix, a rule forbids it" fix
rm /home/alice/second && chown alice $AK
printed doctor "doctor: --fix" fix --trust-content
undo() { keyaudit doctor --undo "$(ls /var/lib/keyaudit/private/undo)" --yes --json; }
printed doctor "doctor: --undo" undo
rm $AK && ln -s /tmp/keys $AK
world_pub alice >/tmp/keys
printed doctor "doctor: a link" keyaudit doctor alice --json --key "$(key alice)"
rm $AK && mkdir $AK && chmod 0 /home/alice/.ssh && chown root: /home/alice/.ssh
printed doctor "doctor: no way in" keyaudit doctor alice --json --key "$(key alice)"
chown alice: /home/alice/.ssh && chmod 0700 /home/alice/.ssh && rmdir $AK
printf 'no-ptty %s\n' "$(world_pub alice)" >$AK
chown alice: $AK
printed doctor "doctor: a line" keyaudit doctor alice --json --key "$(key alice)"
for _ in $(seq 201); do world_pub weak; done >$AK
printed doctor "doctor: more lines than are shown" keyaudit doctor alice --json
printed doctor "doctor: every account" keyaudit doctor --all-users --json
world_pub weak >$AK
world_pam '' '' enforce
printed doctor "doctor: a gate and a fingerprint" keyaudit doctor alice --json --key "$(world_fingerprint weak)"
world_pam '' '' ''
sed -i.all /_keyaudit/d /etc/passwd
printed doctor "doctor: without the command's user" keyaudit doctor alice --json
printed doctor "doctor: of the installation" keyaudit doctor --json
printed config "config: without the command's user" keyaudit config check --json
mv /etc/passwd.all /etc/passwd
complete doctor

# ---- keys, vet ----
{
	world_pub alice
	world_pub weak
	world_pub bob | cut -c1-50
	printf 'no-pty %s bob@laptop\n# %s\n' "$(world_pub bob | cut -d' ' -f1,2)" "$(world_pub bob)"
} >/etc/keyaudit/keys.d/alice
printed keys "keys" keyaudit keys --json alice
complete keys
printed vet "vet" keyaudit vet --json /etc/keyaudit/keys.d/alice
printf '%s\t%s\n' alice "$(world_pub alice)" bob "$(world_pub alice)" >"$WORLD_RUN/dump"
printed vet "vet of a dump" keyaudit vet --dump --summary --json "$WORLD_RUN/dump"
{ cat /etc/keyaudit/keyaudit.conf; printf '%s\n' '[policy]' 'certificates = yes'; } >/etc/keyaudit/certificates.conf
printed vet "vet of a certificate" keyaudit vet --json -c /etc/keyaudit/certificates.conf tests/data/certs/plain.pub
rm /etc/keyaudit/certificates.conf
complete vet

# ---- explain, config ----
printed explain "explain" keyaudit explain --json key.rsa-too-short perm.acl
cat >"$WORLD_RUN/sshd.log" <<'END'
Nov 22 10:00:00 w sshd[5]: Invalid user bob from 127.0.0.1 port 9
Nov 22 10:00:00 w sshd[5]: Failed publickey for bob from 127.0.0.1 port 9 ssh2: ED25519 SHA256:AbNytWB8tR36D63ljWLAUpxa7bjLmXMlPWYoDgilXRA
userauth_pubkey: signature algorithm ssh-dss not in PubkeyAcceptedAlgorithms [preauth]
error: Refused by key options at /home/bob/.ssh/authorized_keys:3
error: Unsafe AuthorizedKeysCommand "/x/y": bad ownership or modes for directory /x
END
explain_lines() { keyaudit explain --json - <"$WORLD_RUN/sshd.log"; }
printed explain "explain: lines of a log" explain_lines
complete explain
printed config "config check" keyaudit config check --json
printed config "config show" keyaudit config show --json
printed config "config show --user" keyaudit config show --json --user alice
echo 'nonsense' >/etc/keyaudit/conf.d/x.conf
printed config "config check: errors" keyaudit config check --json
rm /etc/keyaudit/conf.d/x.conf
complete config

# ---- publish, cache ----
store_pki
store_signer ops
store_nginx_start
store_fault_start
mkdir "$STORE_RUN/from" && world_pub alice >"$STORE_RUN/from/alice" && world_fingerprint weak >"$STORE_RUN/revoked"
printed publish "publish" keyaudit publish --from "$STORE_RUN/from" --to "$STORE_WWW" --key "$STORE_RUN/signer-ops" \
	--revoked "$STORE_RUN/revoked" --json
complete publish
install -m 0644 "$STORE_RUN/signers" /etc/keyaudit/signers
install -m 0644 "$STORE_PKI/ca.pem" /etc/keyaudit/store-ca.pem
echo alice >/etc/keyaudit/users
corp() { # URL
	world_conf '[lookup]' 'sources = local corp' '[source local]' 'type = file' 'path = /etc/keyaudit/keys.d/%u' '[source corp]' \
		'type = http' 'format = signed' "url = $1" 'signers = /etc/keyaudit/signers' 'ca_file = /etc/keyaudit/store-ca.pem' \
		'users = /etc/keyaudit/users'
}
corp "https://keys.test:$STORE_HTTPS/%u.keys"
ok "a refresh" keyaudit refresh
store_asked alice
printed cache "cache status" keyaudit cache status --json
corp "https://keys.test:$STORE_FAULT_TLS/down/%u"
store_fault down 'status 503 Busy' 'header Retry-After: 600'
not_ok "a refresh that fails" keyaudit refresh
printed cache "cache status: a failure, another address" keyaudit cache status --json
printed cache "cache expire" keyaudit cache expire --json
printed cache "cache status --verdicts" keyaudit cache status --verdicts --json
printed cache "cache clear --verdicts" keyaudit cache clear --verdicts --json
complete cache
world_conf

# ---- log: what an event may hold is compared field by field in tests/unit/test_eventdoc.c; here what it does ----
rm $AK
ok "alice logs in" world_ssh alice alice
ok "and bob's key is refused" world_trail_wait 5 2
printed "the audit trail" "log" keyaudit log --json
world_finish
