#!/bin/bash
# SPDX-License-Identifier: ISC
# 475-certificates-served.sh: certificates that our command lets in, on the real sshd with the real client, by a line with
# cert-authority in a source and by trusted_ca; and each reason for which it does not. For each: the login is refused, and the
# event, the doctor before the login and `keyaudit vet` name the same reason. What no client can offer (sshd reads no
# certificate with a bad signature) is given to the command itself.
# The setups are called by name.
# shellcheck disable=SC2317
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"

KEYS=$WORLD_RUN/keys
SOURCE=/etc/keyaudit/keys.d/alice
TRUSTED=/etc/keyaudit/trusted_ca
VECTORS=tests/vectors/certs.txt
before=0

# conf [LINE...]: certificates are served, lines may carry the options; more of [policy].
conf() {
	world_conf '[lookup]' 'sources = local' '[source local]' 'type = file' 'path = /etc/keyaudit/keys.d/%u' \
		'options = cert-authority principals restrict from command' '[policy]' 'certificates = yes' "trusted_ca = $TRUSTED" "$@"
}

# sign CA ARGUMENT...: a certificate for the key c; ssh finds it beside the key.
sign() {
	local ca=$1
	shift
	ssh-keygen -q -s "$KEYS/$ca" -I "c of alice" -z 7 "$@" "$KEYS/c.pub"
}

# authority OPTIONS CA: the line of alice's source.
authority() { printf '# authorities\n%s %s\n' "$1" "$(world_pub "$2")" >"$SOURCE"; }

# vector WHAT: the certificate of tests/vectors/certs.txt as the one that is offered, and its authority's key trusted.
vector() {
	local text
	text=$(grep -F " $1" "$VECTORS" | grep "$(printf '%s$' "$1")" | head -n 1 | cut -d' ' -f2)
	printf '%s %s c\n' "$(certname "$text")" "$text" >"$KEYS/c-cert.pub"
}
certname() { base64 -d <<<"$1" | python3 -c 'import sys; b = sys.stdin.buffer.read(); print(b[4:4 + int.from_bytes(b[:4], "big")].decode())'; }

# ca_of: the authority's key of the offered certificate, as a line.
ca_of() {
	cut -d' ' -f2 "$KEYS/c-cert.pub" | base64 -d | python3 -c '
import base64, sys
b, at, s = sys.stdin.buffer.read(), 0, []
def take():
    global at
    n = int.from_bytes(b[at:at + 4], "big"); at += 4 + n
    return b[at - n:at]
name = take().decode(); take()
for _ in range(2 if "rsa" in name or "ecdsa" in name else 1): take()
if name.startswith("sk-"): take()
at += 12; take(); take(); at += 16; take(); take(); take()
ca = take()
print(ca[4:4 + int.from_bytes(ca[:4], "big")].decode(), base64.b64encode(ca).decode())'
}

# Nothing is trusted, and nothing is listed.
fresh() {
	rm -f "$SOURCE" "$KEYS/c-cert.pub"
	: >"$TRUSTED"
	chmod 0644 "$TRUSTED"
	conf
}

mark() { before=$(world_events); }
event_has() { tail -n "+$((before + 1))" "$WORLD_TRAIL" 2>/dev/null | grep -Eq "$1"; }
login() { world_ssh alice c; }
doctor() { keyaudit doctor alice --key "$KEYS/c-cert.pub" --from 127.0.0.1; }
named() { sed -n 's/^ FAIL .*  \([a-z0-9.-]*\)$/\1/p' <<<"$1" | head -n 1; }

# offer: a client that shows the certificate and cannot sign by its key.
offer() { world_ssh_offer alice "$KEYS/c-cert.pub"; }

# asked: what the command prints for the certificate.
asked() {
	"$WORLD_COMMAND" -u alice -U "$(id -u alice)" -H /home/alice -t "$(cut -d' ' -f1 "$KEYS/c-cert.pub")" -k "$(cut -d' ' -f2 "$KEYS/c-cert.pub")"
}

# refused ID WHAT SETUP...
refused() {
	local id=$1 what="$1: $2" said
	shift 2
	fresh
	"$@"
	is "$what: the command prints nothing" "$(asked)" ''
	is "$what: the doctor names it before a login" "$(named "$(doctor)")" "$id"
	mark
	not_ok "$what: refused" "${with:-login}"
	ok "$what: the event names it" world_wait 10 event_has "\"code\":\"$id\""
	said=$(keyaudit vet "$KEYS/c-cert.pub" 2>&1)
	[ "${vets:-yes}" = no ] || like "$what: vet names it" "$said" "reject .* $id( |,|\$)"
}

# fine WHAT LINE SETUP...: LINE is the regex of what the command prints.
fine() {
	local what="fine: $1" line=$2
	shift 2
	fresh
	"$@"
	like "$what: the command prints the authority" "$(asked)" "$line"
	is "$what: the doctor finds nothing" "$(named "$(doctor)")" ''
	mark
	ok "$what" login
	ok "$what: the event says so" world_wait 10 event_has 'ssh-login-accepted'
}

world_setup
for k in c ca other; do world_key "$k" ed25519; done
world_key rsaca rsa3072
world_key ecdsaca ecdsa384
world_sshd_start "AuthorizedKeysFile none"
conf
world_collect_start || world_die "no collector"

# ---- by trusted_ca ----
trusted() { # CA SIGN-ARGUMENT...
	world_pub "$1" >"$TRUSTED"
	sign "$@"
}
fine "an Ed25519 authority" '^cert-authority ssh-ed25519 AAAA[^ ]*$' trusted ca -n ops,alice
fine "an RSA authority" '^cert-authority ssh-rsa AAAA[^ ]*$' trusted rsaca -n alice
fine "an ECDSA authority" '^cert-authority ecdsa-sha2-nistp384 AAAA[^ ]*$' trusted ecdsaca -n alice
forced() { trusted ca -n alice && conf 'force_options = restrict,from="127.0.0.0/8"'; }
fine "forced options stand in the line" '^cert-authority,restrict,from="127.0.0.0/8" ssh-ed25519 ' forced


vets=no
vets=no
refused cert.ca-untrusted "another authority" sign other -n alice
unset vets
other_one() { trusted ca -n alice && sign other -n alice; }
fresh
other_one
like "another authority than the trusted one: vet warns" "$(keyaudit vet "$KEYS/c-cert.pub")" ' warn [^ ]* 256 [^ ]* cert.ca-untrusted ca=untrusted$'
trusted ca -n alice
like "the trusted one: vet says so" "$(keyaudit vet "$KEYS/c-cert.pub")" ' accept [^ ]* 256 [^ ]* - ca=trusted$'
like "and as JSON" "$(keyaudit vet --json "$KEYS/c-cert.pub")" '"ca":"trusted"'
chmod 0666 "$TRUSTED"
like "in a file that others may write: it is not" "$(keyaudit vet "$KEYS/c-cert.pub")" ' warn .* cert.ca-untrusted ca=untrusted$'
vets=no
refused cert.principal-mismatch "for bob" trusted ca -n bob
unset vets
refused cert.expired "in 2020" trusted ca -n alice -V 20200101:20200201
refused cert.not-yet-valid "in 2040" trusted ca -n alice -V 20400101:20410101
refused cert.no-principals "no names" trusted ca
refused cert.critical-unknown "an option of others" trusted ca -n alice -O critical:foo@example.com=bar
with=offer refused cert.host-type "a host certificate" trusted ca -h -n alice
off() { trusted ca -n alice && conf && sed -i '/^certificates/d' /etc/keyaudit/keyaudit.conf; }
fresh
off
is "off by default: nothing is printed" "$(asked)" ''
not_ok "off by default: refused" login
like "off by default: vet says so" "$(keyaudit vet "$KEYS/c-cert.pub")" 'reject .* cert.not-enabled'

# half a file trusts nobody, and no file that others write
broken() { trusted ca -n alice && echo 'not a key' >>"$TRUSTED"; }
vets=no
refused conf.invalid "a broken line in trusted_ca" broken
writable() { trusted ca -n alice && chmod 0666 "$TRUSTED"; }
refused conf.unsafe "trusted_ca that others may write" writable
gone() { trusted ca -n alice && rm "$TRUSTED"; }
refused conf.invalid "trusted_ca is not there" gone
like "config check names the file" "$(keyaudit config check)" \
	"^FAIL trusted_ca: conf\.invalid: no certificate is let in by trusted_ca: $TRUSTED: is not there; mend: put it back, or take it out of trusted_ca$"
like "and so does the doctor" "$(keyaudit doctor)" "^ FAIL \[policy\] trusted_ca +no certificate is let in by trusted_ca: $TRUSTED:"

# ---- by a line of a source ----
listed() { # OPTIONS CA SIGN-ARGUMENT...
	authority "$1" "$2"
	shift
	sign "$@"
}
unset vets
fine "a line" '^cert-authority ssh-ed25519 ' listed cert-authority ca -n alice
fine "principals= that fits" '^cert-authority,principals="ops" ssh-ed25519 ' listed 'cert-authority,principals="ops"' ca -n ops
fine "the same command twice" '^cert-authority,command="/bin/true" ' listed 'cert-authority,command="/bin/true"' ca -n alice -O force-command=/bin/true
fine "an RSA authority in a line" '^cert-authority ssh-rsa ' listed cert-authority rsaca -n alice
vets=no
refused cert.ca-not-marked "without the option" listed restrict ca -n alice
refused cert.principal-not-allowed "none of the line's names" listed 'cert-authority,principals="ops"' ca -n alice
refused cert.principal-mismatch "of a line, for bob" listed cert-authority ca -n bob
refused cert.option-conflict "two commands" listed 'cert-authority,command="/bin/false"' ca -n alice -O force-command=/bin/true
unset vets
refused cert.expired "of a line" listed cert-authority ca -n alice -V 20200101:20200201
unnamed() { listed cert-authority ca -n alice && conf && sed -i 's/^options = cert-authority /options = /' /etc/keyaudit/keyaudit.conf; }
vets=no
refused option.cert-authority "the policy does not name the option" unnamed
unset vets

# an authority is not a key, and without -k nobody knows for which certificate its line would be
fresh
authority cert-authority c
is "the key of an authority's line, offered as a key: nothing is printed" \
	"$("$WORLD_COMMAND" -u alice -t ssh-ed25519 -k "$(cut -d' ' -f2 "$KEYS/c.pub")")" ''
is "all keys of a user: no authority" "$("$WORLD_COMMAND" alice)" ''
like "keyaudit keys says whom it is for" "$(keyaudit keys alice)" 'only for a certificate that this authority has signed'
like "and as JSON" "$(keyaudit keys --json alice)" '"served":true,"served_for":"certificate"'
# neither is a certificate: sshd compares what is listed with plain keys and with authorities
fresh
sign ca -n alice
install -m 0644 "$KEYS/c-cert.pub" "$SOURCE"
not_ok "a certificate that is listed lets nobody in" login
like "keyaudit keys says so" "$(keyaudit keys alice)" 'sshd matches no certificate that is listed'
keyaudit keys alice >/dev/null
is "and ends like one that has no key" $? 1

# ---- keys with which anybody can sign; the certificates verify, and sshd takes them ----
crafted() { vector "$1" && ca_of >"$TRUSTED"; }
with=offer
refused key.rsa-e-invalid "the authority has e = 1" crafted 'the authority has e = 1, the signature genuine'
refused key.rsa-too-short "an authority of 1024 bits" crafted 'an authority of 1024 bits'
refused key.ed25519-low-order "a key of order 1" crafted 'the key is the point of order 1'
refused key.rsa-e-invalid "the key has e = 1" crafted 'the key has e = 1'
unset with
near() { crafted "$1" && like "near: $1: the authority is printed" "$(asked)" '^cert-authority '; }
for what in 'an Ed25519 authority' 'a security key, Ed25519' 'P-256' 'P-521' 'a security key, P-256' 'RSA with SHA-512' 'RSA with SHA-256' 'an RSA key' 'a P-384 key'; do
	near "$what"
done

# ---- what sshd does not read itself ----
for id in cert.signature-bad cert.malformed cert.signature-algorithm key.ed25519-low-order; do
	while IFS= read -r what; do
		crafted "$what" 2>/dev/null
		is "$id: $what: the command prints nothing" "$(asked)" ''
		like "$id: $what: vet names it" "$(keyaudit vet "$KEYS/c-cert.pub")" "reject .* $id( |,|\$)"
	done < <(grep "^$id " "$VECTORS" | cut -d' ' -f3-)
done

world_finish
