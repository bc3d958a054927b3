# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # shared with world.sh
# SPDX-License-Identifier: ISC
# lib.sh: what the scripts of a case call (break, mend, try), and the login that they break. Sourced by world.sh, in a world.
#
# The login, as on a Debian system after `apt install keyaudit`: alice's key stands in her authorized_keys, sshd listens on
# port 22 with /etc/ssh/sshd_config and logs to the journal, the collector runs with the default configuration.

FILE=/home/alice/.ssh/authorized_keys
CONF=/etc/ssh/sshd_config
KEYS=$WORLD_RUN/keys
SSHD_DROPIN=/etc/ssh/sshd_config.d

# ---- the key file

# pub NAME: its line; b64 NAME: the second word of it
pub() { world_pub "$1"; }
b64() { pub "$1" | cut -d' ' -f2; }

# write FORMAT [ARG...]: printf into the user's key file, which is as after useradd and ssh-copy-id again
# shellcheck disable=SC2059
write() {
	printf "$@" >"$FILE"
	chown alice:alice "$FILE"
	chmod 0600 "$FILE"
}

# ---- sshd

# sshd_set LINE...: in sshd_config the keyword of LINE has this value, whatever it was; from a Match line on at the end. Reloads.
sshd_set() {
	local line match=no
	for line in "$@"; do
		case $line in [Mm]atch\ *) match=yes ;; esac
		if [ "$match" = yes ]; then
			printf '%s\n' "$line" >>"$CONF"
		else
			sed -i "/^${line%% *} /d" "$CONF"
			sed -i "1a $line" "$CONF" # behind the Include
		fi
	done
	systemctl reload ssh
}

# sshd_bare WORD...: sshd_config without the lines of these keywords. Does not reload.
sshd_bare() {
	local word
	for word in "$@"; do sed -i "/^$word /d" "$CONF"; done
}

# ---- clients

# background PID: ended when the case is over
background() { started+=("$1"); }

# agent fail|bad|hang KEY...: an agent that lists these keys and does not sign, signs wrongly, or waits; `with` leads the client
# to it. agent sk|sk-touch|sk-verify KEY: with a security key, KEY is made
agent() {
	local mode=$1 keys=()
	shift
	for key_name in "$@"; do keys+=("$KEYS/$key_name.pub"); done
	rm -f "$WORLD_RUN/agent"
	"$KA_SRC/build/tests/tools/fakeagent" "$WORLD_RUN/agent" "$mode" "${keys[@]}" </dev/null >/dev/null 2>&1 &
	background $!
	world_wait 5 test -S "$WORLD_RUN/agent"
	with+=(-o "IdentityAgent=$WORLD_RUN/agent" -o IdentitiesOnly=no)
	key=/nonexistent
}

# idle_connection: a client that connects and says nothing
idle_connection() {
	sleep 60 <>/dev/tcp/127.0.0.1/22 &
	background $!
	held=1
	world_wait 5 pgrep -P "$(cat "$WORLD_RUN/sshd.pid")"
}

# real_agent KEY...: ssh-agent with these keys
real_agent() {
	rm -f "$WORLD_RUN/agent"
	ssh-agent -D -a "$WORLD_RUN/agent" </dev/null >/dev/null 2>&1 &
	background $!
	world_wait 5 test -S "$WORLD_RUN/agent"
	for key_name in "$@"; do SSH_AUTH_SOCK=$WORLD_RUN/agent ssh-add -q "$KEYS/$key_name"; done
	with+=(-o "IdentityAgent=$WORLD_RUN/agent" -o IdentitiesOnly=no)
	key=/nonexistent
}

# certify OPTION... KEY: a certificate for KEY by the test's authority; OPTIONs of ssh-keygen come first
certify() {
	local name=${*: -1}
	ssh-keygen -q -s "$KEYS/${ca:-ca}" -I "$name@world" "${@:1:$#-1}" "$KEYS/$name.pub"
}

# ---- what a case starts from (base=NAME); `broken` is done to it

base_file() { :; }

# keyaudit's own source has the key, and no file
base_source() {
	rm "$FILE"
	world_serve alice alice
	sshd_set 'AuthorizedKeysFile none'
}

# another program answers for sshd; no file
base_program() {
	rm "$FILE"
	install -d -m 0755 /usr/libexec/keys
	printf '#!/bin/sh\n%s\n' "cat /etc/keyaudit/keys.d/alice" >/usr/libexec/keys/program
	chmod 0755 /usr/libexec/keys/program
	world_serve alice alice
	sshd_set 'AuthorizedKeysCommand /usr/libexec/keys/program %u' 'AuthorizedKeysFile none'
}

# the same, and the program answers with an authority, which has signed alice's key
base_program_cert() {
	base_program
	printf 'cert-authority %s\n' "$(pub ca)" >/etc/keyaudit/keys.d/alice
	certify -n alice alice
	sshd_set 'AuthorizedKeysCommand /usr/libexec/keys/program %u %k'
}

# slow_source: keyaudit asks a program that hangs
slow_source() {
	install -d -m 0755 /usr/libexec/keys
	printf '#!/bin/sh\nexec sleep 9\n' >/usr/libexec/keys/program
	chmod 0755 /usr/libexec/keys/program
	world_conf '[lookup]' 'sources = slow' '[source slow]' 'type = command' 'command = /usr/libexec/keys/program %u' 'deadline = 3s'
}

# sshd trusts an authority, which has signed alice's key; no file
base_cert() {
	rm "$FILE"
	install -m 0644 "$KEYS/ca.pub" /etc/ssh/ca.pub
	certify -n alice alice
	sshd_set 'TrustedUserCAKeys /etc/ssh/ca.pub'
}

# the authority stands in alice's key file
base_cert_line() {
	write 'cert-authority %s\n' "$(pub ca)"
	certify -n alice alice
}

# root's own key file
base_root() {
	user=root
	install -d -m 0700 /root/.ssh
	pub alice >/root/.ssh/authorized_keys
	chmod 0600 /root/.ssh/authorized_keys
}

# a second factor is asked for and given: PAM lets everybody in who is asked
base_second() {
	base_source
	sed -i 's/^auth required pam_unix.*/auth required pam_permit.so/' /etc/pam.d/sshd
	sshd_set 'KbdInteractiveAuthentication yes'
}
