# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # shared with world.sh
# SPDX-License-Identifier: ISC
# restore.sh: the world of the cases, and how it becomes as before after each. Sourced by world.sh.

# what a case may change: trees that are kept, and places where there is nothing
_kept='/etc/passwd /etc/shadow /etc/group /etc/gshadow /etc/hosts /etc/hosts.allow /etc/hosts.deny /etc/nsswitch.conf /etc/ssh
	/etc/pam.d /etc/security /etc/keyaudit /etc/shells /home /root /usr/libexec/keyaudit /run/sshd'
_empty='/etc/nologin /run/nologin /var/keys /usr/libexec/keys /var/homes /var/place /tmp/keys'
_saved=$WORLD_RUN/saved

# set_up: once for the worker
set_up() {
	local name
	world_setup
	world_journal_start
	install -m 0755 "$here/systemctl" /usr/local/sbin/systemctl
	for name in alice bob carol stranger; do world_key "$name" ed25519; done
	world_key alice-rsa rsa2048
	world_key alice-short rsa1024
	world_key alice-ecdsa ecdsa256
	world_key ca ed25519
	world_key ca2 ecdsa256
	world_authorize alice alice
	_sshd_files
	systemctl start ssh || world_die "sshd does not start"
	sed -i 's/^auth required pam_unix.so$/& nodelay/' /etc/pam.d/sshd
	world_collect_start || world_die "the collector does not start"
	fresh_client
	clean_slate
	attempt batch || world_die "the login does not work at all: $(tail -n 3 "$WORLD_RUN/client")"
	mkdir "$_saved"
	for name in $_kept; do
		[ -e "$name" ] || continue
		mkdir -p "$_saved$(dirname "$name")"
		cp -a "$name" "$_saved$name"
	done
	_times >"$WORLD_RUN/times"
}

# /etc/ssh as Debian has it, with the two lines that keyaudit's manual asks for
_sshd_files() {
	rm -rf /etc/ssh/sshd_config /etc/ssh/sshd_config.d /etc/ssh/ssh_host_*
	install -d -m 0755 "$SSHD_DROPIN"
	install -m 0600 "$WORLD_LIB/keys/host.ed25519" /etc/ssh/ssh_host_ed25519_key
	install -m 0644 "$WORLD_LIB/keys/host.ed25519.pub" /etc/ssh/ssh_host_ed25519_key.pub
	echo "127.0.0.1 $(cat /etc/ssh/ssh_host_ed25519_key.pub)" >"$WORLD_RUN/known_hosts"
	cat >"$CONF" <<-END
		Include /etc/ssh/sshd_config.d/*.conf
		HostKey /etc/ssh/ssh_host_ed25519_key
		LogLevel ${CAUSES_LOGLEVEL:-INFO}
		KbdInteractiveAuthentication no
		UsePAM yes
		X11Forwarding yes
		PrintMotd no
		AcceptEnv LANG LC_*
		Subsystem sftp /usr/lib/openssh/sftp-server
	END
	world_sshd_config | grep '^AuthorizedKeysCommand\|^PerSourcePenalties' >>"$CONF"
	chmod 0644 "$CONF"
}

# every object below what is kept, with what tells a change of it
_times() {
	# shellcheck disable=SC2086 # words
	find $_kept -printf '%p %y %m %U:%G %s %T@ %l\n' 2>/dev/null
}

# restore: as set_up left it
restore() {
	local changed top name
	# shellcheck disable=SC2086 # words
	rm -rf $_empty /home/*.away
	umount -q /home/alice 2>/dev/null
	nft flush ruleset
	changed=$(_times | diff "$WORLD_RUN/times" - | sed -n 's/^[<>] \([^ ]*\) .*/\1/p')
	[ -z "$changed" ] || for top in $_kept; do
		grep -qE "^$top(/|\$)" <<<"$changed" || continue
		[ -e "$_saved$top" ] || {
			rm -rf "$top"
			continue
		}
		if [ -d "$_saved$top" ] && [ ! -L "$top" ] && [ -d "$top" ]; then
			find "$top" -mindepth 1 -delete 2>/dev/null || rm -rf "${top:?}"/*
		else
			rm -rf "$top"
		fi
		cp -a "$_saved$top" "$(dirname "$top")/"
	done
	rm -f "$KEYS"/*-cert.pub
	if grep -qE '^/etc/ssh|^/run/sshd' <<<"$changed"; then systemctl reload ssh 2>/dev/null || systemctl restart ssh; fi
	systemctl is-active ssh >/dev/null || systemctl start ssh || world_die "sshd does not start again"
}

# what a case has started
end_started() {
	local pid
	for pid in "${started[@]}"; do _world_stop "$pid"; done
}

# home, /etc/ssh and the passwd files: PATH TYPE MODE OWNER CONTENT
manifest_of_user() {
	local place=(/etc/ssh /etc/passwd /etc/shadow /etc/group /etc/gshadow /home/alice)
	[ ! -e /root/.ssh ] || place+=(/root/.ssh)
	{
		find "${place[@]}" -type f -exec sha256sum {} + | sed 's/^\([0-9a-f]*\)  \(.*\)/\2 content \1/'
		find "${place[@]}" -printf '%p kind %y%l\n%p mode %m\n%p owner %u:%g\n'
	} 2>/dev/null | sort
}

# manifest_differences BEFORE AFTER: one word each, WHAT:PATH; what has come is new:PATH, what has gone is gone:PATH
manifest_differences() {
	awk 'NR == FNR {was[$1 " " $2] = $3; old[$1]; next}
		{now[$1 " " $2] = $3; new[$1]}
		END {
			for (p in old) if (!(p in new)) print "gone:" p
			for (p in new) if (!(p in old)) print "new:" p
			for (k in now) if ((k in was) && was[k] != now[k]) {split(k, w, " "); print w[2] ":" w[1]}
		}' "$1" "$2" | sort
}
