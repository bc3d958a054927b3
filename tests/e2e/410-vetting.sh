#!/bin/bash
# SPDX-License-Identifier: ISC
# 410-vetting.sh: each reason for which our own sources do not serve a key, on the real sshd with the real client.
# For each: the client offers the key, the login is refused, there is exactly one event and it names the reason,
# the doctor names it first with file, line, type and a way to mend it, and `keyaudit keys` shows the line refused.
# sshd reads no key files of the user here. The lines come from tests/cases/ID/input.
#
#   offered   the very key of the line is offered: a client needs no private half for that
#   meant     client or sshd cannot read such a key, so nobody can offer it; its owner offers the sound key
#             that the damaged line was meant to be
# time limit: 300
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"

SOURCE=/etc/keyaudit/keys.d/alice
DATA=tests/data/keys
OFFER=$WORLD_RUN/keys/offer.pub
events=0
done_ids=()

# What no login can show; checked to be exactly what is left over at the end.
unreachable=(
	"cert.signature-bad: sshd refuses such a certificate before it asks anybody; 475 has keyaudit vet"
	"key.ecdsa-point-invalid: neither the client nor sshd reads such a key; keyaudit keys shows the line"
	"line.empty: blank lines and comments are no fault and refuse nobody"
	"policy.key-reused: a warning of keyaudit vet, which sees more than one account"
)

# ID of the case whose policy holds, or none.
policy() {
	local file=tests/cases/${1:-none}/policy.conf
	[ ! -e "$file" ] || file=$(cat "$file")
	[ "$file" != "tests/cases/${1:-none}/policy.conf" ] || file=''
	world_conf '[lookup]' 'sources = local' '' '[source local]' 'type = file' 'path = /etc/keyaudit/keys.d/%u' "$file"
}

# line ID N: the line of the case, behind a comment so that it is line 2 of the source.
line() {
	{
		echo '# keys of alice'
		sed -n "${2}p" "tests/cases/$1/input"
	} >"$SOURCE"
}

# offer_file FILE: the key to be offered; a private half is never used.
offer_file() {
	install -m 0600 "$1" "$OFFER"
}

# Offers OFFER; what the client says is in out.
try() {
	ssh_said=$(_world_ssh_run "$OFFER" -v -o BatchMode=yes -o PubkeyAcceptedAlgorithms=+ssh-dss -l alice 127.0.0.1 true 2>&1)
}

agent() {
	ssh_said=$(timeout -k 2 "$WORLD_SSH_TIMEOUT" setsid -w ssh -F none -p "$WORLD_PORT" -v -o IdentityAgent="$WORLD_RUN/agent" \
		-o StrictHostKeyChecking=yes -o UserKnownHostsFile="$WORLD_RUN/known_hosts" -o GlobalKnownHostsFile=/dev/null \
		-o BatchMode=yes -l alice 127.0.0.1 true </dev/null 2>&1)
}

# Our refusal, as everybody has to see it. refused ID WHAT TYPE [WITH]: the source is written, OFFER is there.
refused() {
	local id=$1 what="$1: $2" type=$3 with=${4:-try} doctor status
	done_ids+=("$id")
	not_ok "$what: refused" "$with"
	like "$what: the client offered it" "$ssh_said" 'Offering public key'
	events=$((events + 1))
	ok "$what: there is an event" world_trail_wait 5 "$events"
	is "$what: and only one" "$(world_events)" "$events"
	events=$(world_events)
	is "$what: it names the reason" "$(world_last_event | sed -n 's/.*"code":"\([^"]*\)".*/\1/p')" "$id"
	doctor=$(keyaudit doctor alice --key "$OFFER" --from 127.0.0.1)
	status=$?
	is "$what: the doctor found something" "$status" 1
	is "$what: the doctor names it first" "$(sed -n 's/^ FAIL .*  \([a-z0-9.-]*\)$/\1/p' <<<"$doctor" | head -n 1)" "$id"
	doctor=$(sed -n '/^ FAIL /,/^ \(warn\|FAIL\|last\|1 error\) /{/^ warn /q;p}' <<<"$doctor")
	like "$what: the doctor knows the key" "$doctor" "^     key   $type "
	like "$what: the doctor knows the line" "$doctor" "^     file  $SOURCE:${LINE:-2}(:|\$)"
	like "$what: the doctor says how to mend it" "$doctor" '^     (mend|fix)  .'
	unlike "$what: and not by a file that sshd does not read" "$doctor" 'ssh-copy-id'
}

# shown ID [TEXT]: `keyaudit keys` says why this line is not served.
shown() {
	like "$1: keys shows it" "$(keyaudit keys alice 2>&1)" "^FAIL refused $SOURCE:2: .*  ${2:-$1}( |\$)"
}

# named ID WORDS: of the last refusal; which option it is (an ERE), wherever the reason is told.
named() {
	like "$1: the event names the option" "$(world_last_event)" "\"message\":\"[^(]*\\([^)]*; $2\\)"
	like "$1: and so does keys" "$(keyaudit keys --json alice)" "\"detail\":\"(\\\\\")?$2[\\\"]"
	like "$1: and vet" "$(keyaudit vet --json "$SOURCE")" "\"id\":\"$1\",[^}]*\"detail\":\"(\\\\\")?$2[\\\"]"
	like "$1: and the doctor" "$(keyaudit doctor alice --key "$OFFER" --from 127.0.0.1)" "^     (found|note ) $2\$"
}

# offered ID N TYPE [BITS]: line N of the case; its own key is offered.
offered() {
	policy "$1"
	line "$1" "$2"
	sed -n "${2}p" "tests/cases/$1/input" | tr -d '\0' | grep -aoE "$3 +AAAA[A-Za-z0-9+/=]*" | head -n 1 >"$WORLD_RUN/key"
	offer_file "$WORLD_RUN/key"
	refused "$1" "line $2" "$3${4:+ $4}"
	shown "$1"
}

# meant ID N KEY: line N of the case; KEY of tests/data/keys is offered.
meant() {
	local type
	policy "$1"
	line "$1" "$2"
	offer_file "$DATA/$3.pub"
	read -r type _ <"$OFFER"
	refused "$1" "line $2, meant for $3" "$type"
	shown "$1"
}

# The client itself cannot read the line's own key: unreadable ID N.
unreadable() {
	policy "$1"
	sed -n "${2}p" "tests/cases/$1/input" >"$WORLD_RUN/key"
	offer_file "$WORLD_RUN/key"
	try
	unlike "$1: no client can offer it" "$ssh_said" 'Offering public key'
	note "$1: $(grep -m 1 -E 'Load key|not accessible' <<<"$ssh_said")"
	events=$((events + 1)) # alice came without a key: sshd's log tells of her
	ok "$1: that has an event too" world_trail_wait 5 "$events"
}

world_setup
world_key alice ed25519
world_key bob ed25519
world_sshd_start "AuthorizedKeysFile none" "PubkeyAcceptedAlgorithms +ssh-dss"
# from= needs the client's address, also when the collector comes too late to see the socket: then sshd's log has it
world_conf '[lookup]' 'sources = local' '[source local]' 'type = file' "path = $SOURCE" '[audit]' "sshd_log = $WORLD_AUTHLOG"
world_collect_start || world_die "the collector does not start"

# ---- keys that sshd lets in and we do not
offered key.rsa-too-short 1 ssh-rsa 1024
both_sizes='1024 bits, the policy demands at least 2048'
like "key.rsa-too-short: the event names both sizes" "$(world_last_event)" "$both_sizes"
like "key.rsa-too-short: the doctor does" "$(keyaudit doctor alice --key "$OFFER")" "^     note  $both_sizes\$"
like "key.rsa-too-short: keys does" "$(keyaudit keys alice)" "^ +.*demands \($both_sizes\)\$"
like "key.rsa-too-short: keys --json does" "$(keyaudit keys --json alice)" "\"bits\":1024,.*\"detail\":\"$both_sizes\""
offered key.rsa-too-long 1 ssh-rsa 8200
for n in 1 2 3; do offered key.rsa-e-invalid $n ssh-rsa 2048; done
offered key.rsa-e-too-large 1 ssh-rsa 2048
offered key.rsa-n-even 1 ssh-rsa 2048
offered key.rsa-poly 1 ssh-rsa 2048
offered key.rsa-roca 1 ssh-rsa 2048
offered key.rsa-fermat 1 ssh-rsa 2048
offered key.rsa-small-d 1 ssh-rsa 2048
for n in 1 2; do offered key.rsa-small-factor $n ssh-rsa 2048; done
like "key.rsa-small-factor: the doctor names the factor" "$(keyaudit doctor alice --key "$OFFER")" '^     note  divisible by [0-9]+$'
offered key.rsa-n-prime 1 ssh-rsa 2048
offered key.rsa-n-power 1 ssh-rsa 2049
offered key.type-dsa 1 ssh-dss
for n in 1 2 3; do offered key.ed25519-non-canonical $n ssh-ed25519; done
for n in 1 2 3 4 5; do offered key.ed25519-low-order $n ssh-ed25519; done
offered key.ed25519-off-curve 1 ssh-ed25519
offered key.ed25519-mixed-order 1 ssh-ed25519
for n in 1 2; do offered key.ed25519-trivial $n ssh-ed25519; done
offered key.ecdsa-trivial 1 ecdsa-sha2-nistp256 256
offered key.known-compromised 1 ecdsa-sha2-nistp256 256
offered key.known-compromised 2 ssh-ed25519
offered policy.type-not-allowed 1 ecdsa-sha2-nistp256 256
offered policy.option-missing 1 ssh-ed25519
for n in 1 2; do offered policy.sk-application $n sk-ssh-ed25519@openssh.com; done

# ---- spellings that sshd forgives: what it hands to the command is not what stands in the line
for n in 1 2; do offered key.mpint-not-minimal $n ssh-rsa 2048; done
offered key.mpint-zero 1 ssh-rsa
offered key.blob-not-canonical 1 sk-ssh-ed25519@openssh.com
offered key.ecdsa-curve-mismatch 2 ecdsa-sha2-nistp256

# ---- keys that nobody can offer
while read -r id n key; do
	unreadable "$id" "$n"
	meant "$id" "$n" "$key"
done <<-LIST
	key.ecdsa-curve-mismatch 1 ecdsa256
	key.ecdsa-point-format 1 ecdsa256
	key.ecdsa-point-length 2 ecdsa256
	key.ed25519-length 1 ed25519
	key.blob-truncated 1 ed25519
	key.blob-trailing 1 ed25519
	key.type-mismatch 1 ed25519
	line.bad-base64 1 ed25519
	line.bad-base64 2 rsa2048
	line.bad-base64 3 ed25519
	line.no-blob 1 ed25519
LIST
# no other key is meant by a point beside the curve
unreadable key.ecdsa-point-invalid 1
policy
line key.ecdsa-point-invalid 1
shown key.ecdsa-point-invalid
unreadable key.mpint-negative 1
policy
line key.mpint-negative 1
sed -n 2p tests/cases/key.mpint-negative/input >"$WORLD_RUN/key"
offer_file "$WORLD_RUN/key"
refused key.mpint-negative "meant for the same number" "ssh-rsa 2048"
shown key.mpint-negative
meant key.type-unknown 1 rsa2048
meant key.type-unknown 2 ed25519

# ---- lines
meant line.too-long 1 ed25519
meant line.nul 1 ed25519
for n in 1 2; do meant line.control $n ed25519; done
for n in 1 2; do meant line.not-ascii $n ed25519; done
policy
offer_file "$WORLD_RUN/keys/alice.pub"
private=$WORLD_RUN/keys/alice
{
	echo '# keys of alice'
	cat "$private"
} >"$SOURCE"
refused line.private-key "the private key instead" ssh-ed25519
shown line.private-key
{
	printf '# keys of alice\nPuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: x\nPublic-Lines: 2\n'
	cut -d' ' -f2 "$private.pub" | fold -w 64
	printf 'Private-Lines: 1\nAAAA\nPrivate-MAC: 00\n'
} >"$SOURCE"
refused line.private-key "of PuTTY" ssh-ed25519
shown line.private-key
{
	echo '# keys of alice'
	ssh-keygen -e -f "$DATA/ed25519.pub"
} >"$SOURCE"
offer_file "$DATA/ed25519.pub"
refused line.foreign-format "RFC 4716" ssh-ed25519
shown line.foreign-format
printf '# keys of alice\n# %s\n' "$(cat "$DATA/ed25519.pub")" >"$SOURCE"
refused line.commented-out "behind a #" ssh-ed25519
shown line.commented-out
{
	echo '# keys of alice'
	fold -w 60 "$DATA/ed25519.pub"
} >"$SOURCE"
refused line.wrapped "broken over lines" ssh-ed25519
shown line.wrapped
printf '# keys of alice\n%s%s\n' "$(world_pub bob)" "$(cat "$DATA/ed25519.pub")" >"$SOURCE"
refused line.joined "behind another key" ssh-ed25519
like "line.joined: keys shows it" "$(keyaudit keys alice 2>&1)" "^warn served  $SOURCE:2: .*  line\.joined\$"

# ---- options
for n in 1 2; do offered option.bad-quoting $n ssh-ed25519; done
offered option.unknown 1 ssh-ed25519
named option.unknown no-such-option
for n in 1 2 3; do offered option.repeated $n ssh-ed25519; done
for n in 4 2 1; do offered option.bad-value $n ssh-ed25519; done
named option.bad-value 'expiry-time: invalid expires time'
offered option.expired 1 ssh-ed25519
offered option.cert-authority 1 ssh-ed25519
offered option.not-enabled 1 ssh-ed25519
named option.not-enabled restrict
for n in 1 2; do offered option.not-allowed $n ssh-ed25519; done
offered option.no-touch-required 1 sk-ssh-ed25519@openssh.com
policy
offer_file "$DATA/ed25519.pub"
printf '# keys of alice\nfrom="10.0.0.0/8" %s\n' "$(cat "$DATA/ed25519.pub")" >"$SOURCE"
refused option.from-mismatch "served, and sshd says no" ssh-ed25519
world_conf '[lookup]' 'sources = local' '[source local]' 'type = file' 'path = /etc/keyaudit/keys.d/%u' '[policy]' 'options = principals'
printf '# keys of alice\nprincipals="alice" %s\n' "$(cat "$DATA/ed25519.pub")" >"$SOURCE"
refused option.principals-without-ca "served, and sshd says no" ssh-ed25519

# ---- certificates: off; what else is wrong with one stands behind that. certificate ARGUMENT...
CERT=ssh-ed25519-cert-v01@openssh.com
certificate() {
	cp "$WORLD_RUN/keys/alice.pub" "$WORLD_RUN/keys/made.pub"
	ssh-keygen -q -s "$WORLD_RUN/keys/bob" -I id "$@" "$WORLD_RUN/keys/made.pub"
	policy
	printf '# keys of alice\n%s\n' "$(cat "$WORLD_RUN/keys/made-cert.pub")" >"$SOURCE"
	offer_file "$WORLD_RUN/keys/made-cert.pub"
}
certificate -n alice
refused cert.not-enabled "a good certificate" $CERT
shown cert.not-enabled
certificate -n alice -V 20200101:20200102
refused cert.not-enabled "valid until 2020" $CERT
shown cert.expired "cert.not-enabled cert.expired"
certificate -n alice -V 20990101:20991231
refused cert.not-enabled "valid from 2099" $CERT
shown cert.not-yet-valid "cert.not-enabled cert.not-yet-valid"
certificate
refused cert.not-enabled "for nobody" $CERT
shown cert.no-principals "cert.not-enabled cert.no-principals"
certificate -n alice -O critical:foo@example.com=bar
refused cert.not-enabled "foo@example.com" $CERT
shown cert.critical-unknown "cert.not-enabled cert.critical-unknown"
printf '# keys of alice\n%s\n' "$(cat "$DATA/../bad/ed25519-unsorted-cert.pub")" >"$SOURCE"
offer_file "$DATA/../bad/ed25519-unsorted-cert.pub"
refused cert.malformed "extensions out of order, well signed" $CERT
shown cert.malformed
# the client leaves host certificates in files alone, but not those of an agent
certificate -n alice -h
"$KA_SRC/build/tests/tools/fakeagent" "$WORLD_RUN/agent" fail "$OFFER" &
agent_pid=$!
world_wait 5 test -S "$WORLD_RUN/agent"
refused cert.not-enabled "from an agent" $CERT agent
shown cert.host-type "cert.not-enabled cert.host-type"
kill "$agent_pid"
# nothing lets one pass: a line of it would be served for nothing
certificate -n alice
world_conf '[lookup]' 'sources = local' '[source local]' 'type = file' 'path = /etc/keyaudit/keys.d/%u' \
	'[policy]' 'severity.cert.not-enabled = warn'
like "cert.not-enabled: cannot be lowered" "$(keyaudit config check 2>&1)" ':[0-9]+: severity\.cert\.not-enabled can only be reject: '
is "cert.not-enabled: and then nothing is served" "$(setpriv --reuid _keyaudit --clear-groups "$WORLD_COMMAND" -u alice)" ''
policy

# ---- whose key, and our own state
policy
printf '# keys of alice\n%s\n' "$(world_pub bob)" >"$SOURCE"
offer_file "$DATA/ed25519.pub"
not_ok "key.not-listed: refused" try
events=$((events + 1))
world_trail_wait 5 "$events"
is "key.not-listed: the event names it" "$(world_last_event | sed -n 's/.*"code":"\([^"]*\)".*/\1/p')" key.not-listed
doctor=$(keyaudit doctor alice --key "$OFFER")
like "key.not-listed: the doctor names it first" "$(grep -m 1 '^ FAIL' <<<"$doctor")" '  key.not-listed$'
like "key.not-listed: and the file that is read" "$doctor" "^     mend  .* to $SOURCE, or offer the right key"
unlike "key.not-listed: and none that is not" "$doctor" 'ssh-copy-id'
like "key.not-listed: so does the event" "$(world_last_event)" "\"fix\":\"[^\"]* to $SOURCE, or"
done_ids+=(key.not-listed)
world_serve bob alice
offer_file "$WORLD_RUN/keys/alice.pub"
SAVED=$SOURCE SOURCE=/etc/keyaudit/keys.d/bob LINE=1
refused key.other-user "listed for bob" ssh-ed25519
SOURCE=$SAVED LINE=2
echo 'al ice:x:61130:61130::/home/alice:/bin/bash' >>/etc/passwd
echo 'al ice:*:19700:0:99999:7:::' >>/etc/shadow
not_ok "policy.user-name: a blank in the name: refused" world_ssh 'al ice' alice
events=$((events + 1))
world_trail_wait 5 "$events"
is "policy.user-name: the event names it" "$(world_last_event | sed -n 's/.*"code":"\([^"]*\)".*/\1/p')" policy.user-name
like "policy.user-name: the doctor names it first" "$(keyaudit doctor 'al ice' --key "$OFFER")" '^ FAIL .*  policy.user-name$'
like "policy.user-name: keys says so" "$(keyaudit keys 'al ice' 2>&1)" 'policy.user-name'
done_ids+=(policy.user-name)

# the product of primes that others have, here the modulus itself: the last field of the blob
offer_file "$DATA/rsa2048.pub"
cut -d' ' -f2 "$OFFER" | base64 -d | tail -c 256 >/etc/keyaudit/primes
world_conf '[lookup]' 'sources = local' '' '[source local]' 'type = file' 'path = /etc/keyaudit/keys.d/%u' \
	'[policy]' 'shared_primes = /etc/keyaudit/primes'
printf '# keys of alice\n%s\n' "$(cat "$OFFER")" >"$SOURCE"
refused key.rsa-shared-prime "of the list" "ssh-rsa 2048"
shown key.rsa-shared-prime

# nobody there to judge it: refused, and so is every other key of its kind, but those whose verdict is remembered
policy
printf '# keys of alice\n%s\n' "$(cat "$DATA/rsa3072.pub")" >"$SOURCE"
offer_file "$DATA/rsa3072.pub"
chmod a-x "${WORLD_COMMAND%/*}/authkeys-vet"
refused key.not-judged "authkeys-vet cannot be run" "ssh-rsa 3072"
like "key.not-judged: config check says so" "$(keyaudit config check 2>&1)" '^FAIL key\.not-judged: authkeys-vet does not answer'
shown key.not-judged
chmod a+x "${WORLD_COMMAND%/*}/authkeys-vet"

world_conf '[lookup]' 'sources = nowhere'
not_ok "conf.invalid: a source that is not there: refused" world_ssh alice alice
events=$((events + 1))
world_trail_wait 5 "$events"
is "conf.invalid: the event names it" "$(world_last_event | sed -n 's/.*"code":"\([^"]*\)".*/\1/p')" conf.invalid
doctor=$(keyaudit doctor alice --key "$OFFER")
like "conf.invalid: the doctor names it first" "$(grep -m 1 '^ FAIL' <<<"$doctor")" '  conf.invalid$'
like "conf.invalid: and how to mend it" "$doctor" '^     fix   keyaudit config check'

# ---- neighbours: keys that look odd, and log in. serves WHAT TYPE [WARNING]
serves() {
	world_key "$1" "$2"
	world_serve alice "$1"
	ok "neighbour $1: logs in" world_ssh alice "$1"
	events=$((events + 1))
	world_trail_wait 5 "$events"
	like "neighbour $1: one event, accepted" "$(tail -n +"$events" "$WORLD_TRAIL")" '"action":"ssh-login-accepted"'
	[ -z "${3:-}" ] || like "neighbour $1: with what vetting warned of" "$(tail -n +"$events" "$WORLD_TRAIL")" \
		"\"offers\":\[\"[^ ]* $(world_fingerprint "$1" | sed 's/+/[+]/g') $3\"\].*\"also\":\[\"$3\"\]"
	like "neighbour $1: keys shows it served" "$(keyaudit keys alice)" "served .*$SOURCE:1: .*${3:-}"
	is "neighbour $1: the doctor finds no cause" "$(keyaudit doctor alice --key "$WORLD_RUN/keys/$1.pub" >/dev/null; echo $?)" 0
	[ -z "${3:-}" ] || done_ids+=("$3")
}
policy
serves alice-rsa rsa2048
serves rsa3072 rsa3072
serves p256 ecdsa256
serves p384 ecdsa384
serves p521 ecdsa521
serves ed ed25519
serves alice-e3 rsa2048 key.rsa-e-small
serves odd rsa2052 key.rsa-odd-size
# no private half of these exists: served, accepted by sshd, never proved
line key.rsa-pattern 1
sed -n 2p "$SOURCE" >"$WORLD_RUN/key"
for key in "$WORLD_RUN/key" $DATA/sk-ed25519.pub $DATA/sk-ecdsa256.pub; do
	name=$(basename "$key")
	cp "$key" "$SOURCE"
	offer_file "$key"
	not_ok "neighbour $name: no proof" try
	like "neighbour $name: sshd takes it from us" "$ssh_said" 'Server accepts key'
	events=$((events + 1))
	world_trail_wait 5 "$events"
	is "neighbour $name: the event says so" "$(world_last_event | sed -n 's/.*"code":"\([^"]*\)".*/\1/p')" sig.missing
	is "neighbour $name: the doctor finds no cause" "$(keyaudit doctor alice --key "$OFFER" >/dev/null; echo $?)" 0
done
line key.rsa-pattern 1
like "key.rsa-pattern: keys shows the warning" "$(keyaudit keys alice)" 'served .*key\.rsa-pattern'
done_ids+=(key.rsa-pattern)

# ---- nothing was left out: every live reason about lines, options, certificates, keys and policy
tr '\n' ' ' <common/reason/reason.def |
	grep -oE 'R\([A-Z0-9_]+, +"(line|option|cert|key|policy)\.[a-z0-9-]+", +[A-Z]+, +[A-Z]+, +[A-Z]+, +[A-Z]+, +LIVE,' |
	cut -d'"' -f2 | sort -u >"$WORLD_RUN/live"
# what sshd itself has against a certificate is for a script of its own
mapfile -t -O "${#done_ids[@]}" done_ids < <(grep -oE 'refused cert\.[a-z-]+' tests/e2e/470-certificates.sh | cut -d' ' -f2)
printf '%s\n' "${done_ids[@]}" | sort -u >"$WORLD_RUN/done"
for reason in "${unreachable[@]}"; do note "not reachable through sshd: $reason"; done
is "every live reason was provoked, but those" "$(comm -23 "$WORLD_RUN/live" "$WORLD_RUN/done")" \
	"$(printf '%s\n' "${unreachable[@]%%:*}" | sort)"
is "and nothing that is not live" "$(comm -13 "$WORLD_RUN/live" "$WORLD_RUN/done")" ''
world_finish
