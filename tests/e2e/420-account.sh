#!/bin/bash
# SPDX-License-Identifier: ISC
# 420-account.sh: what the account itself does to a login, on the real sshd with the real PAM. Each cause is set up, and the
# doctor, asked before anybody tries, names it with a command; the login fails, the command is run as it is printed, and
# the same login works. What looks like a cause and is none is not named.
# The setups are called by name.
# shellcheck disable=SC2317,SC2016
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"

KEY=$WORLD_RUN/keys/alice
DIAGNOSE=$KA_SRC/build/tests/tools/diagnose
saved=$WORLD_RUN/saved

# the account as it was
fresh() {
	local f
	for f in passwd shadow; do cmp -s "$saved/$f" "/etc/$f" || cp -p "$saved/$f" "/etc/$f"; done
	rm -f /etc/nologin /run/nologin
}

doctor() { keyaudit doctor "${1:-alice}" --key "$KEY.pub" --from 127.0.0.1 --json 2>/dev/null; }
named() { jq -r '.findings[] | select(.primary) | .reason' <<<"$out"; }

# named_before ID WHAT EVIDENCE COMMAND...: COMMAND breaks it; the doctor names ID, and the login fails; sets finding
named_before() {
	local id=$1 what=$2 evidence=$3 out
	shift 3
	fresh
	"$@"
	out=$(doctor)
	finding=$(jq -c '.findings[] | select(.primary)' <<<"$out")
	is "$id: $what: named before anybody tries" "$(named)" "$id"
	like "$id: $what: the evidence" "$finding" "$evidence"
	not_ok "$id: $what: the login fails" world_ssh alice alice
}

# fine_again ID WHAT: it was mended
fine_again() {
	local out
	ok "$1: $2: mended: the same login works" world_ssh alice alice
	out=$(doctor)
	is "$1: $2: and nothing is named" "$(named)" ''
}

# advised ID WHAT EVIDENCE MEND COMMAND...: as cause below, for what has advice and no command; MEND follows it
advised() {
	local id=$1 what=$2 evidence=$3 mend=$4 finding
	shift 4
	named_before "$id" "$what" "$evidence" "$@"
	like "$id: $what: there is advice" "$(jq -r .advice <<<"$finding")" .
	"$mend"
	fine_again "$id" "$what"
}

# cause ID WHAT EVIDENCE [COMMAND...]: COMMAND breaks it; EVIDENCE is a regex for the primary finding in JSON
cause() {
	local id=$1 what=$2 line finding
	named_before "$@"
	jq -r '.fix[]? // empty' <<<"$finding" >"$WORLD_RUN/fix"
	is "$id: $what: there is a command" "$([ -s "$WORLD_RUN/fix" ] && echo yes)" yes
	while read -r line; do
		ok "$id: fix runs: $line" sh -c "$line"
	done <"$WORLD_RUN/fix"
	fine_again "$id" "$what"
}

# fine WHAT [COMMAND...]: sshd lets it in, and so do we
fine() {
	local what=$1 out
	shift
	fresh
	"$@"
	ok "fine: $what" world_ssh alice alice
	out=$(doctor)
	is "fine: $what: nothing is named" "$(named)" ''
}

world_setup
world_has_tool || world_die "keyaudit is not installed"
world_key alice ed25519
world_authorize alice alice
mkdir -p "$saved"
cp -p /etc/passwd /etc/shadow "$saved"
hash='$y$j9T$Z9dqVvQCDS0kT1Wn4uJ1Y/$Ou6XpN1E0HyRG7bxhKPOMfVqmTcsVKrhyQmYeDpkIa0'
maintenance() { echo 'back at five' >/etc/nologin; }
running_down() { echo 'going down' >/run/nologin; }
with_hash() { usermod -p "$hash" alice && usermod -L alice; }
plain_file() { install -m 0644 /dev/null /usr/local/shell && usermod -s /usr/local/shell alice; }
old_password() { chage -d 0 alice; }
dead_password() { chage -d 2020-01-01 -M 10 -I 5 alice; }

# ---- UsePAM yes ----
world_sshd_start "UsePAM yes"
cause account.expired "chage -E 1" '1970-01-02' chage -E 1 alice
cause account.expired "password expired and inactive" 'password is of 2020-01-01' dead_password
cause account.password-expired "chage -d 0, no password" 'at the next login' old_password
cause account.nologin "/etc/nologin" '"/etc/nologin".*back at five' maintenance
cause account.nologin "/run/nologin" '"/run/nologin".*going down' running_down
cause account.shell-missing "a shell that is not installed" '/bin/zzsh' usermod -s /bin/zzsh alice
cause account.shell-not-executable "a plain file" '0644' plain_file
fresh
is "account.unknown: a slip of the name" "$("$DIAGNOSE" alcie 127.0.0.1 "$KEY.pub" | sed -n 's/^primary //p; s/^detail //p')" $'account.unknown\nalice'
fine "locked, UsePAM yes" usermod -L alice
fine "a hash behind a !" with_hash
fine "password *" usermod -p '*' alice
fine "expires tomorrow" chage -E "$(date -d tomorrow +%F)" alice
fine "an old password without a maximum age" chage -d 2001-01-01 alice
fresh
usermod -s /usr/sbin/nologin alice # accepted, and closed by the shell
out=$(doctor)
is "a nologin shell: nothing is named" "$(named)" ''

# ---- a stack that does not ask ----
sed -i '/^account/d' /etc/pam.d/sshd
echo 'account required pam_permit.so' >>/etc/pam.d/sshd
fine "expired, and no pam_unix in the account stack" chage -E 1 alice
fine "nologin, and no pam_nologin in the account stack" maintenance
# Debian's way of writing it, by an include
printf '%s\n' 'account [success=1 new_authtok_reqd=done default=ignore] pam_unix.so' 'account requisite pam_deny.so' \
	'account required pam_permit.so' >/etc/pam.d/common-world
sed -i 's/^account.*/account required pam_nologin.so\n@include common-world/' /etc/pam.d/sshd
cause account.expired "through a jump in an include" '1970-01-02' chage -E 1 alice

# ---- PAM's own ----
stack() { printf '%s\n' 'auth required pam_unix.so' "$@" >/etc/pam.d/sshd; }
good='session required pam_unix.so'
plain() { stack 'account required pam_nologin.so' 'account required pam_unix.so' "$good"; }
denied() { stack 'account required pam_unix.so' 'account required pam_deny.so' "$good"; }
missing() { stack 'account required /nonexistent.so' 'account required pam_unix.so' "$good"; }
not_missed() { stack '-account optional pam_nonexistent.so' 'account required pam_unix.so' "$good"; }
no_session() { stack 'account required pam_unix.so' 'session required pam_deny.so'; }
rules() { # RULE...
	printf '%s\n' "$@" >/etc/security/access.conf
	stack 'account required pam_access.so' 'account required pam_unix.so' "$good"
}
let_in() { sed -i '1i + : alice : 127.0.0.1' /etc/security/access.conf; }
advised pam.account-denied "pam_deny.so" '"/etc/pam.d/sshd","line":3' plain denied
advised pam.account-denied "a module that is not there" '/nonexistent.so.*not installed' plain missing
advised pam.account-denied "pam_access.so" 'access.conf","line":2,.*- : ALL EXCEPT root : ALL' let_in rules '+ : bob : ALL' '- : ALL EXCEPT root : ALL'
advised pam.session-failed "pam_deny.so in the session" '"/etc/pam.d/sshd","line":3' plain no_session
fine "a missing module that is optional" not_missed
fine "pam_access.so and a rule for others" rules '- : ALL EXCEPT (alice) : ALL'
fine "pam_access.so and a rule for another network" rules '- : alice : 10.0.0.0/8'
rules '- : alice : 10.' '- : ALL EXCEPT alice EXCEPT (alice) : ALL'
advised pam.account-denied "two EXCEPT" '"line":2' plain true

# ---- access lists ----
AK=/home/alice/.ssh/authorized_keys
# lists WHAT WHO ACL PATH: accepted by this sshd, and said beside; the command that is printed takes the list away
lists() {
	local out finding line
	setfacl -m "$3" "$4"
	out=$(doctor)
	is "perm.acl: $1: no cause" "$(named)" ''
	finding=$(jq -c '.findings[] | select(.reason == "perm.acl")' <<<"$out")
	like "perm.acl: $1: is said beside" "$finding" "$2"
	ok "perm.acl: $1: this sshd lets it in" world_ssh alice alice
	while read -r line; do
		ok "perm.acl: fix runs: $line" sh -c "$line"
	done < <(jq -r '.fix[]? // empty' <<<"$finding")
	is "perm.acl: $1: the list is gone" "$(getfacl -ac "$4" 2>/dev/null | grep -c bob)" 0
	is "perm.acl: $1: and nothing is said" "$(doctor | jq -c '.findings')" '[]'
	ok "perm.acl: $1: and the login works" world_ssh alice alice
}
harmless() { setfacl -m u:bob:r "$AK" && setfacl -m u:bob:x /home/alice; }
fresh
plain
lists "bob may write to the key file" 'user:bob' u:bob:rw "$AK"
lists "bob may write to ~/.ssh" 'user:bob' u:bob:rwx /home/alice/.ssh
shared_group() { chgrp staff2 "$AK" && setfacl -m u:bob:rw "$AK"; } # and there Debian's sshd refuses, too
cause perm.acl "the mask in a group that is shared" 'user:bob' shared_group
chgrp alice "$AK"
fine "access lists that let nobody write" harmless
unlike "access lists that let nobody write: no word about them" "$(doctor)" 'acl|unjudged'
setfacl -b "$AK" /home/alice

# ---- UsePAM no ----
world_sshd_start "UsePAM no"
cause account.locked "a hash behind the !" 'stands before the password hash' with_hash
cause account.locked "nothing behind the !" 'no password hash behind it' usermod -p '!' alice
cause account.expired "sshd looks itself" '1970-01-02' chage -E 1 alice
cause account.nologin "sshd looks itself" '/etc/nologin' maintenance
fine "/run/nologin, which sshd itself does not know" running_down
fine "a password to be changed" old_password
fine "password *" usermod -p '*' alice
fresh

# ---- a user name that would be an option or a list for sshd ----
for name in '-x' 'a,host=b' 'a b' $'a\nb' '../x'; do
	is "user $(printf %q "$name"): no crash, no such user" \
		"$("$DIAGNOSE" "$name" 127.0.0.1 "$KEY.pub" | sed -n 's/^primary //p')" account.unknown
done
world_finish
