#!/bin/bash
# SPDX-License-Identifier: ISC
# `enforce`: a key of the user's own file that the command never saw opens no shell, no sftp and no forwarding when
# it fails the policy; a fault closes the gate, enforce=soft opens it.
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"

world_setup
world_has_module || world_die "pam_keyaudit.so is not installed"
world_has_tool || world_die "keyaudit is not installed"
world_key weak rsa1024
world_key alice ed25519
world_authorize alice weak alice
world_authorize bob weak
# a certificate for carol, over a weak key, and one over a good key
world_key ca ed25519
world_key carol ed25519
ssh-keygen -q -s "$WORLD_RUN/keys/ca" -I weak -n carol "$WORLD_RUN/keys/weak.pub" || world_die "ssh-keygen failed"
mv "$WORLD_RUN/keys/weak-cert.pub" "$WORLD_RUN/keys/weak.cert"
ssh-keygen -q -s "$WORLD_RUN/keys/ca" -I good -n carol "$WORLD_RUN/keys/carol.pub" || world_die "ssh-keygen failed"
mv "$WORLD_RUN/keys/carol-cert.pub" "$WORLD_RUN/keys/carol.cert"
install -m 0644 "$WORLD_RUN/keys/ca.pub" /etc/ssh/ca.pub
world_sshd_start 'RequiredRSASize 1024' 'TrustedUserCAKeys /etc/ssh/ca.pub'


shell() {
	local user=$1 key=$2
	shift 2
	[ "$(world_ssh "$user" "$key" "$@" -o RequiredRSASize=1024 -- echo inside)" = inside ]
}
client_options=(-o BatchMode=yes -o IdentitiesOnly=yes -o IdentityAgent=none -o StrictHostKeyChecking=no
	-o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -o RequiredRSASize=1024)
# With the real sftp.
sftp_pwd() {
	printf 'pwd\n' | timeout -k 2 "$WORLD_SSH_TIMEOUT" sftp -F none -b - "${client_options[@]}" \
		-P "$WORLD_PORT" -i "$WORLD_RUN/keys/$2" "$1@127.0.0.1"
}
# ssh -N -L: whether the banner of our own sshd comes through the forwarding. Such a client stays until it is ended;
# each listens on a port of its own, so that no earlier one can answer in its place.
port=3332
forwards() {
	local client banner='' status=1
	port=$((port + 1))
	timeout -k 2 "$WORLD_SSH_TIMEOUT" ssh -F none -N -L "127.0.0.1:$port:127.0.0.1:$WORLD_PORT" "${client_options[@]}" \
		-p "$WORLD_PORT" -i "$WORLD_RUN/keys/$2" -l "$1" 127.0.0.1 </dev/null &
	client=$!
	if world_wait 5 grep -q "^ *[0-9]*: 0100007F:$(printf %04X "$port") 00000000:0000 0A" /proc/net/tcp; then
		exec 7<>"/dev/tcp/127.0.0.1/$port"
		read -r -t 3 -u 7 banner
		exec 7>&-
		case $banner in SSH-2.0-*) status=0 ;; esac
	else
		status=2
	fi
	kill "$client" 2>/dev/null
	wait "$client" 2>/dev/null
	return "$status"
}
# ... refused: the client listens, but nothing comes through.
is_not_forwarded() {
	forwards "$@"
	[ $? = 1 ]
}
# The doctor about a key of a user, as words and as its first finding.
doctor() {
	keyaudit doctor "$1" --key "$WORLD_RUN/keys/$2.pub" 2>&1
}
first() {
	doctor "$@" | sed -n 's/^ FAIL .*  \([a-z0-9.-]*\)$/\1/p' | head -n 1
}
# foretold USER KEY: the doctor says what happens now.
foretold() {
	local wanted='' got
	shell "$1" "$2" 2>/dev/null || wanted=refused
	got=$(first "$1" "$2")
	[ "${wanted:+x}" = "${got:+x}" ] || {
		echo "the login: ${wanted:-let in}, the doctor: ${got:-nothing}"
		return 1
	}
}
denied_is() {
	[ "$(grep -c 'pam_keyaudit(sshd:session): session refused, reason=key.rsa-too-short ' "$WORLD_AUTHLOG")" = "$1" ]
}

# the gap, without enforce
world_pam '' '' ''
ok "stock: a weak file key opens a shell" shell alice weak
ok "stock: a certificate over a weak key" shell carol weak -o CertificateFile="$WORLD_RUN/keys/weak.cert"
ok "stock: sftp" sftp_pwd alice weak
ok "stock: -N -L" forwards alice weak

ok "stock: and the doctor says nothing else" foretold alice weak

# the gate
world_pam '' '' 'enforce'
not_ok "enforce: no shell" shell alice weak
is "enforce: the status of the session" "$(
	world_ssh alice weak -o RequiredRSASize=1024 -- true
	echo $?
)" 254
not_ok "enforce: no sftp" sftp_pwd alice weak
ok "enforce: no forwarding" is_not_forwarded alice weak
ok "enforce: each is in the log" world_wait 5 denied_is 4
not_ok "enforce: no shell with a certificate over a weak key" shell carol weak -o CertificateFile="$WORLD_RUN/keys/weak.cert"
ok "one over a good key opens a shell" shell carol carol -o CertificateFile="$WORLD_RUN/keys/carol.cert"
ok "a good key of the same file opens a shell" shell alice alice
ok "and sftp" sftp_pwd alice alice
ok "and -N -L" forwards alice alice
ok "the trail says denied" world_wait_line 5 "$WORLD_TRAIL" '"action":"ssh-login-denied".*key\.rsa-too-short'

# Debian's service file lets users set PAM's environment, by which sshd says which key it was
readenv='session required pam_env.so user_readenv=1 envfile=/etc/default/locale'
printf 'SSH_AUTH_INFO_0 DEFAULT="publickey %s"\n' "$(world_pub alice | cut -d' ' -f1,2)" >/home/alice/.pam_environment
echo "$readenv" >>/etc/pam.d/sshd
not_ok "enforce: a user's environment does not choose the key" shell alice weak
ok "nor does it keep a good one out" shell alice alice
unlike "doctor: the line stands where it should" "$(keyaudit doctor)" 'user_readenv'
sed -i -e '/^session.*pam_keyaudit/d' /etc/pam.d/sshd
echo 'session required pam_keyaudit.so enforce' >>/etc/pam.d/sshd
like "doctor: further down it does not" "$(keyaudit doctor)" 'FAIL PAM module +its session line stands behind pam_env.so with user_readenv'
sed -i 's/pam_keyaudit.so enforce/pam_keyaudit.so/' /etc/pam.d/sshd
like "doctor: a warning for a witness" "$(keyaudit doctor)" 'warn PAM module +its session line stands behind'
rm /home/alice/.pam_environment
world_pam '' '' 'enforce'

# the doctor knows of it
is "the doctor names the weak key" "$(first alice weak)" key.rsa-too-short
like "the doctor: where the key stands" "$(doctor alice weak)" '^     file  /home/alice/\.ssh/authorized_keys:1'
like "the doctor: and when it is refused" "$(doctor alice weak)" '^     note  1024 bits, .*pam_keyaudit enforce refuses the session$'
like "the doctor: the good key would be taken" "$(doctor alice alice)" '^this key would be taken for alice'
like "the doctor: of a fingerprint the gate is not foretold" \
	"$(keyaudit doctor alice --key "$(world_fingerprint weak)")" '^     not judged: pam_keyaudit enforces '
unlike "the doctor: so it promises nothing" "$(keyaudit doctor alice --key "$(world_fingerprint weak)")" 'would be taken'
like "the doctor: the installation shows the mode" "$(keyaudit doctor)" '^ ok   PAM module .*account, session \(enforce\), in /etc/pam\.d/sshd'
like "the doctor: file keys are vetted there" "$(keyaudit doctor)" '^ ok   file keys .*pam_keyaudit enforce'
# however the line is written: what the login does the doctor says, for a weak and for a good key
gate_line() {
	world_pam '' '' -
	printf '%s\n' "$@" >>/etc/pam.d/sshd
	ok "foretold, a weak key: $*" foretold alice weak
	ok "foretold, a good one: $*" foretold alice alice
}
for control in optional sufficient requisite '[ignore=ignore]' '[ignore=ignore default=ok]' '[session_err=die default=ignore]' \
	'[ignore=ignore default=bad session_err=ignore]' '[session_err=1 ignore=ignore]' '[default=ignore session_err=done]'; do
	gate_line "session $control pam_keyaudit.so enforce" 'session required pam_unix.so'
done
for control in '[success=ok]' '[default=ok]'; do
	world_pam '' '' -
	echo "session $control pam_keyaudit.so" >>/etc/pam.d/sshd
	not_ok "a line that takes PAM_IGNORE for a failure: $control" shell alice alice
	like "the doctor of the user says that it does not know" "$(doctor alice alice)" "^     not judged: sshd's PAM stack "
	like "the doctor of the installation does" "$(keyaudit doctor)" '^ FAIL PAM module +turns everybody away'
done
printf 'session required \\\n\tpam_keyaudit.so enforce # the gate\nauth required pam_deny.so\n' >/etc/pam.d/gate
gate_line 'session include gate'
gate_line 'session substack gate'
gate_line '-session required pam_keyaudit.so enforce services=login'
gate_line 'session required pam_keyaudit.so enforce enforce=soft'
sed -i '/^auth/d' /etc/pam.d/gate
gate_line '@include gate'
rm /etc/pam.d/gate
world_pam '' '' 'enforce'

# the exempt
world_conf '[lookup]' 'sources = local' '' '[source local]' 'type = file' 'path = /etc/keyaudit/keys.d/%u' '' \
	'[policy]' 'enforce_exempt = bob'
ok "an exempt user logs in with a weak key" shell bob weak
ok "and the doctor says so" foretold bob weak
not_ok "the others do not" shell alice weak
world_conf

# faults
mv /usr/bin/keyaudit /usr/bin/keyaudit.away
not_ok "enforce: without a recorder nobody gets in" shell alice alice
printf '#!/bin/sh\nexec sleep 30\n' >/usr/bin/keyaudit
chmod 0755 /usr/bin/keyaudit
not_ok "enforce: a recorder that hangs lets nobody in" shell alice alice
printf '#!/bin/sh\necho yes\n' >/usr/bin/keyaudit
not_ok "enforce: garbage lets nobody in" shell alice alice
rm -f "$WORLD_TRAIL"
mv /usr/bin/keyaudit.away /usr/bin/keyaudit
ok "what the recorder did not write is collected" world_drain
is "each of the three as denied, by the fault" "$(grep -c '"action":"ssh-login-denied".*"code":"internal.error"' "$WORLD_TRAIL")" 3
is "and none as accepted" "$(grep -c ssh-login-accepted "$WORLD_TRAIL")" 0
mv /usr/bin/keyaudit /usr/bin/keyaudit.away
printf '#!/bin/sh\necho yes\n' >/usr/bin/keyaudit
chmod 0755 /usr/bin/keyaudit
world_pam '' '' 'enforce=soft'
ok "enforce=soft: garbage lets everybody in" shell alice alice
: >"$WORLD_AUTHLOG"
rm /usr/bin/keyaudit
ok "enforce=soft: so does no recorder" shell alice alice
like "enforce=soft: and it is said" "$(cat "$WORLD_AUTHLOG")" 'the recorder cannot be executed: '
mv /usr/bin/keyaudit.away /usr/bin/keyaudit
not_ok "enforce=soft: a weak key is refused all the same" shell alice weak
ok "enforce=soft: a good one is not" shell alice alice

world_conf 'nonsense'
ok "enforce=soft: a broken configuration is a fault" shell alice alice
ok "enforce=soft: and the doctor knows" foretold alice alice
world_pam '' '' 'enforce'
not_ok "enforce: a broken configuration closes" shell alice alice
is "enforce: the doctor names it" "$(first alice alice)" conf.invalid
world_conf
ok "and open again" shell alice alice

# a trail that has to wait for its disk says the same in the end
mount -n -t tmpfs -o size=2m,mode=0750 trail /var/log/keyaudit
head -c 1500k /dev/zero >/var/log/keyaudit/ballast
world_conf '[lookup]' 'sources = local' '' '[source local]' 'type = file' 'path = /etc/keyaudit/keys.d/%u' '' \
	'[audit]' 'min_free = 1MiB'
not_ok "full disk: a weak key is refused" shell alice weak
rm /var/log/keyaudit/ballast
ok "with room again" world_drain
like "it stands there as denied, with its reason" "$(cat "$WORLD_TRAIL")" '"action":"ssh-login-denied".*"code":"key\.rsa-too-short"'
unlike "and not as accepted" "$(cat "$WORLD_TRAIL")" 'ssh-login-accepted.*"type":"ssh-rsa"'
world_finish
