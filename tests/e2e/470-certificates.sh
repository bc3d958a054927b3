#!/bin/bash
# SPDX-License-Identifier: ISC
# 470-certificates.sh: each cause of a refused certificate on the real sshd with the real client. For each: the doctor
# names it before any login, the login is refused, and where sshd asks our command about it the event in the trail names
# it too. And the neighbours: certificates that let people in must not be called a cause.
# One sshd for all: what differs is in files that it reads at each login, or in a Match block of a user of its own.
# The setups are called by name.
# shellcheck disable=SC2317
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"

KEYS=$WORLD_RUN/keys
CAS=/etc/ssh/trusted_cas
REVOKED=/etc/ssh/revoked_keys
FILE=/home/alice/.ssh/authorized_keys
before=0

# sign CA ARGUMENT...: a certificate for the key c; ssh finds it beside the key.
sign() {
	local ca=$1
	shift
	ssh-keygen -q -s "$KEYS/$ca" -I "c of ${who:-alice}" -z 7 "$@" "$KEYS/c.pub"
}

# write FORMAT [ARG...]: printf into alice's key file.
# shellcheck disable=SC2059
write() {
	printf "$@" >"$FILE"
	chown alice:alice "$FILE"
	chmod 0600 "$FILE"
}

# Nothing is trusted but what TrustedUserCAKeys has.
fresh() {
	rm -f "$FILE" "$KEYS/c-cert.pub"
	world_pub ca >"$CAS"
	: >"$REVOKED"
}

# mark: events that come from now on are those of the next login. event_has REGEX: one of them fits.
mark() { before=$(grep -sc "" "$WORLD_TRAIL"); before=${before:-0}; }
event_has() { tail -n "+$((before + 1))" "$WORLD_TRAIL" 2>/dev/null | grep -Eq "$1"; }

doctor() { keyaudit doctor "${who:-alice}" --key "$KEYS/c-cert.pub" --from 127.0.0.1; }
named() { sed -n 's/^ FAIL .*  \([a-z0-9.-]*\)$/\1/p' <<<"$1" | head -n 1; }
login() { world_ssh "${who:-alice}" c; }

# refused ID WHAT EVIDENCE MEND SETUP...: EVIDENCE and MEND are regexes for the doctor's screen, its lines joined.
# With=COMMAND: another client. Seen=no: sshd does not come as far as our command.
refused() {
	local id=$1 what="$1: $2" evidence=$3 mend=$4 said
	shift 4
	fresh
	"$@"
	said=$(doctor)
	is "$what: named before a login" "$(named "$said")" "$id"
	said=$(tr -s ' \n' ' ' <<<"$said")
	like "$what: the evidence" "$said" "$evidence"
	like "$what: the way out" "$said" "$mend"
	mark
	not_ok "$what: refused" "${with:-login}"
	[ "${seen:-yes}" = no ] || ok "$what: the event names it" world_wait 10 event_has "\"code\":\"$id\""
}

# fine WHAT SETUP...: sshd lets it in, and so do we.
fine() {
	local what=$1
	shift
	fresh
	"$@"
	mark
	ok "fine: $what" login
	ok "fine: $what: the event says so" world_wait 10 event_has 'ssh-login-accepted'
	is "fine: $what: nothing is called a cause" "$(named "$(doctor)")" ''
}

world_setup
for k in c ca other; do world_key "$k" ed25519; done
world_key ecdsaca ecdsa256
world_sshd_start "TrustedUserCAKeys $CAS" "Match User bob" "CASignatureAlgorithms ecdsa-sha2-nistp256" \
	"Match User carol" "RevokedKeys $REVOKED"
world_collect_start || world_die "no collector"

# ---- neighbours, the plain key refused before each ----
fine "a certificate for alice" sign ca -n alice
fine "one of several names" sign ca -n ops,alice
fine "a source-address that fits" sign ca -n alice -O source-address=10.0.0.0/8,127.0.0.0/8
fine "a forced command alone" sign ca -n alice -O force-command=/bin/true
by_ecdsa() { world_pub ecdsaca >>"$CAS" && sign ecdsaca -n bob; }
who=bob fine "CASignatureAlgorithms has it" by_ecdsa

marked() { # OPTIONS SIGN-ARGUMENT...
	write '# authorities\n%s%s\n' "$1" "$(world_pub other)"
	shift
	sign other "$@"
}
fine "an authority of the user's own" marked 'cert-authority ' -n alice
fine "principals= that fits" marked 'cert-authority,principals="x,y" ' -n y
fine "the same command twice" marked 'cert-authority,command="/bin/true" ' -n alice -O force-command=/bin/true
fine "no names, in a line of the user's own" marked 'cert-authority ' # until 10.2

# ---- TrustedUserCAKeys ----
refused cert.ca-untrusted "another authority" "file $CAS .*CA SHA256:.*not among the 1 key there" 'mend If this authority is to be trusted' \
	sign other -n alice
broken() { { echo 'not a key'; world_pub ca; } >"$CAS" && sign ca -n alice; }
refused cert.ca-untrusted "a broken line in front of it" "file $CAS:1 .*cannot read this line" 'mend Mend or remove that line' broken
gone() { rm "$CAS" && sign ca -n alice; }
refused cert.ca-untrusted "the file is not there" "file $CAS.*could not be read" 'mend Put the file of TrustedUserCAKeys in its place' gone
refused cert.not-yet-valid "in 2040" '2040-01-01T.*the clock of this host' 'mend Check the clock' sign ca -n alice -V 20400101:20410101
refused cert.expired "in 2020" "\"c of alice\" serial 7.*2020-02-0.*the clock of this host" "mend Issue it again: ssh-keygen -s CA -I 'c of alice' -n alice" \
	sign ca -n alice -V 20200101:20200201
refused cert.no-principals "no names" 'names none' 'mend Issue it again: .* -n alice' sign ca
refused cert.principal-mismatch "for bob" 'names bob .*must hold is alice' 'mend Issue it again: .* -n alice' sign ca -n bob
refused cert.critical-unknown "an option of others" 'the option is foo@example.com' 'mend Issue it again without' \
	sign ca -n alice -O critical:foo@example.com=bar
refused cert.source-address "from elsewhere" 'allowed from 10.0.0.0/8; the client came from 127.0.0.1' '-O source-address=10.0.0.0/8,127.0.0.1' \
	sign ca -n alice -O source-address=10.0.0.0/8
host_agent() { world_ssh_offer alice "$KEYS/c-cert.pub"; }
with=host_agent refused cert.host-type "a host certificate" 'certificate "c of alice"' 'mend Issue it again without -h' sign ca -h -n alice

# ---- cert-authority in the user's key file ----
mended() { # the command that the doctor shows, and the same login again
	local command
	command=$(doctor | sed -n 's/^     fix   //p' | head -n 1)
	ok "mended: there is a command that works" sh -c "${command:-false}"
	ok "mended: the same login works" login
}
refused cert.ca-not-marked "without the option" "file $FILE:2:1 .*has the key of the authority" 'fix runuser -u alice -- env LC_ALL=C sed' marked '' -n alice
mended
refused cert.ca-not-marked "behind another option" "file $FILE:2:3 " "&cert-authority,/" marked '  restrict ' -n alice
mended
refused cert.principal-not-allowed "none of the line's names" "file $FILE:2:16 .*names alice.*asks for one of x,y" 'mend Add the name to principals=' \
	marked 'cert-authority,principals="x,y" ' -n alice
refused cert.option-conflict "two commands" 'forces /bin/true, and the line /bin/false' 'mend Make both' \
	marked 'cert-authority,command="/bin/false" ' -n alice -O force-command=/bin/true
refused cert.expired "of the user's own authority" "file $FILE:2" 'mend Issue it again' marked 'cert-authority ' -n alice -V 20200101:20200201
refused cert.principal-mismatch "of the user's own authority" 'names bob' 'mend Issue it again' marked 'cert-authority ' -n bob
refused option.from-mismatch "of the authority's line" "file $FILE:2" 'mend If this client' marked 'cert-authority,from="10.0.0.1" ' -n alice

# ---- more names than a record of an attempt has room for: sshd takes 256 ----
many() { # LAST-NAME
	sign ca -n "$(seq -f 'somebody.%03g' -s , 1 199),$1"
}
fine "200 names, the user the last of them" many alice
like "and the doctor has read them" "$(doctor)" 'would be taken'
fresh
many bob
is "200 others" "$(named "$(doctor)")" cert.principal-mismatch
not_ok "200 others: refused" login

# ---- before any file is read ----
who=bob seen=no refused cert.signature-algorithm "an Ed25519 authority" 'signed with ssh-ed25519' 'mend Sign with another authority' sign ca -n bob


# ---- RevokedKeys: text, and a binary list ----
revoked() { # text|krl KEY...
	local how=$1 k
	shift
	for k in "$@"; do world_pub "$k"; done >"$REVOKED"
	if [ "$how" = krl ]; then
		mv "$REVOKED" "$WORLD_RUN/revoked.pub" && ssh-keygen -q -k -f "$REVOKED" "$WORLD_RUN/revoked.pub"
	fi
	sign ca -n carol
}
who=carol
for how in text krl; do
	fine "RevokedKeys ($how) has others" revoked "$how" other ecdsaca
	seen=no refused sshd.key-revoked "$how" "file $REVOKED.*serial 7" 'mend Make a new key' revoked "$how" other c
	seen=no refused cert.ca-revoked "$how" "file $REVOKED.*of the authority|file $REVOKED.*has the authority" 'mend Have the certificate issued again' \
		revoked "$how" other ca
done
no_list() { rm "$REVOKED" && sign ca -n carol; }
seen=no refused sshd.revoked-file-unreadable "missing" "file $REVOKED" "mend Restore.*ssh-keygen -k -f $REVOKED" no_list
ok "an empty list, as the doctor says" ssh-keygen -q -k -f "$REVOKED"
ok "mended: the same login works" login
cut_list() { revoked krl other && truncate -s 60 "$REVOKED"; }
seen=no refused sshd.revoked-file-unreadable "a KRL that is cut" "file $REVOKED.*KRL" 'mend Restore' cut_list
bad_list() { revoked text other && echo 'no key' >>"$REVOKED"; }
seen=no refused sshd.revoked-file-unreadable "a line that is no key" "file $REVOKED:2" 'mend Mend or remove that line' bad_list
# nobody to read a binary list: that is no clean one
KEYGEN=/usr/bin/ssh-keygen
fresh
revoked krl other
mv "$KEYGEN" "$KEYGEN.away"
said=$(doctor | tr -s ' \n' ' ')
like "without ssh-keygen: what is not judged, and what to do" "$said" "not judged: whether RevokedKeys holds the key.*openssh-client\): $REVOKED"
unlike "and no promise" "$said" 'would be taken'
printf '%s\n' '#!/bin/sh' 'exec sleep 60' >"$KEYGEN" && chmod 0755 "$KEYGEN"
said=$(doctor | tr -s ' \n' ' ')
like "an ssh-keygen that hangs: it is not waited for" "$said" "not judged: whether RevokedKeys holds the key.*no answer in time.*: $REVOKED"
mv -f "$KEYGEN.away" "$KEYGEN"
like "with it again the key would be taken" "$(doctor)" 'would be taken'
who=

# ---- names from a file ----
NAMES=/etc/ssh/principals/alice
install -d -m 0755 /etc/ssh/principals
world_sshd_start "TrustedUserCAKeys $CAS" "AuthorizedPrincipalsFile /etc/ssh/principals/%u"
names() { # TEXT SIGN-ARGUMENT...
	rm -f "$NAMES"
	[ -z "$1" ] || printf '%b\n' "$1" >"$NAMES"
	shift
	sign ca "$@"
}
fine "a name of the file" names '# who\nops' -n ops,x
fine "behind options" names 'no-pty,from="127.0.0.0/8" ops' -n ops
refused cert.principals-file "another name" "file $NAMES .*names alice .*stand there: ops" "mend Put one of the certificate's names" names ops -n alice
refused cert.principals-file "no file" "file $NAMES.*could not be read" "mend Put one" names '' -n alice
open_names() { names ops -n ops && chmod 0666 "$NAMES"; }
refused perm.world-writable "the file of names" "file $NAMES mode 0666" "fix chmod" open_names
refused option.from-mismatch "of the line of names" "file $NAMES:1" 'mend If this client' names 'from="10.0.0.1" ops' -n ops

world_finish
