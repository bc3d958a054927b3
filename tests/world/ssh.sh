# shellcheck shell=bash
# SPDX-License-Identifier: ISC
# ssh.sh: keys, sshd, clients and the collector of a world. Part of lib.sh, which sources it.

# world_key NAME TYPE: a client key pair NAME, NAME.pub in WORLD_RUN/keys (0600). TYPE: ed25519, ecdsa256,
# ecdsa384, ecdsa521, or rsaBITS. Fixed keys of tests/world/keys (NAME.TYPE) are taken when they exist: they
# are quick and have known fingerprints; any other name gets a new key.
world_key() {
	local key=$WORLD_RUN/keys/$1 fixed=$WORLD_LIB/keys/$1.$2 kind bits=()
	rm -f "$key" "$key.pub"
	if [ -e "$fixed" ]; then
		install -m 0600 "$fixed" "$key"
		install -m 0644 "$fixed.pub" "$key.pub"
		return
	fi
	case $2 in
	ed25519) kind=ed25519 ;;
	ecdsa[0-9]*) kind=ecdsa bits=(-b "${2#ecdsa}") ;;
	rsa[0-9]*) kind=rsa bits=(-b "${2#rsa}") ;;
	*) world_die "world_key: unknown type $2" ;;
	esac
	ssh-keygen -q -t "$kind" "${bits[@]}" -N '' -C "$1@world" -f "$key" || world_die "ssh-keygen failed"
}

# world_pub NAME: print the public key line.
world_pub() {
	cat "$WORLD_RUN/keys/$1.pub"
}

# world_fingerprint NAME: print its SHA256 fingerprint.
world_fingerprint() {
	ssh-keygen -lf "$WORLD_RUN/keys/$1.pub" | cut -d' ' -f2
}

# world_authorize USER KEY...: the user's ~/.ssh/authorized_keys holds exactly these keys (0600, the user's).
world_authorize() {
	local user=$1 key file=/home/$1/.ssh/authorized_keys
	shift
	for key in "$@"; do world_pub "$key"; done >"$file"
	chown "$user:$user" "$file"
	chmod 0600 "$file"
}

# world_serve USER KEY...: /etc/keyaudit/keys.d/USER holds exactly these keys (root's, 0644).
world_serve() {
	local user=$1 key
	shift
	for key in "$@"; do world_pub "$key"; done >"/etc/keyaudit/keys.d/$user"
	chmod 0644 "/etc/keyaudit/keys.d/$user"
}

# world_sshd_version: the version as a number, 9.2 is 902.
world_sshd_version() {
	ssh -V 2>&1 | sed -n 's/^OpenSSH_\([0-9]*\)\.\([0-9]*\).*/\1 \2/p' | { read -r a b && echo $((a * 100 + b)); }
}

# world_sshd_config [LINE...]: print a configuration. LINEs come first, so they win; from a Match line on
# they come last. The command is named when it is installed; sshd's own defaults hold for the rest.
world_sshd_config() {
	local line match=no tail=()
	for line in "$@"; do
		case $line in [Mm]atch\ *) match=yes ;; esac
		if [ "$match" = yes ]; then tail+=("$line"); else printf '%s\n' "$line"; fi
	done
	cat <<-END
		Port $WORLD_PORT
		ListenAddress 127.0.0.1
		HostKey $WORLD_RUN/hostkey
		PidFile none
		LogLevel $WORLD_LOGLEVEL
		SyslogFacility AUTH
		UsePAM yes
		PasswordAuthentication no
		KbdInteractiveAuthentication no
		MaxStartups 500:30:1000
		LoginGraceTime 20
		PrintMotd no
		Subsystem sftp internal-sftp
	END
	if world_has_command; then
		if [ "$(world_sshd_version)" -ge 904 ]; then
			echo "AuthorizedKeysCommand $WORLD_COMMAND -u %u -U %U -H %h -t %t -f %f -k %k -C \"%C\""
		else
			echo "AuthorizedKeysCommand $WORLD_COMMAND -u %u -U %U -H %h -t %t -f %f -k %k"
		fi
		echo 'AuthorizedKeysCommandUser _keyaudit'
	fi
	[ "$(world_sshd_version)" -lt 908 ] || echo 'PerSourcePenalties no'
	[ ${#tail[@]} = 0 ] || printf '%s\n' "${tail[@]}"
}

# world_sshd_start [LINE...]: write /etc/ssh/sshd_config (see world_sshd_config), start sshd and wait until
# it listens. WORLD_LOG chooses syslog or -E; WORLD_SSHDLOG names the file that has its lines.
world_sshd_start() {
	local log=()
	world_sshd_stop
	[ -e "$WORLD_RUN/hostkey" ] || install -m 0600 "$WORLD_LIB/keys/host.ed25519" "$WORLD_RUN/hostkey"
	echo "[127.0.0.1]:$WORLD_PORT $(ssh-keygen -yf "$WORLD_RUN/hostkey")" >"$WORLD_RUN/known_hosts"
	world_sshd_config "$@" >/etc/ssh/sshd_config
	chmod 0644 /etc/ssh/sshd_config
	"$WORLD_SSHD" -t -f /etc/ssh/sshd_config || world_die "sshd does not accept the configuration"
	if [ "$WORLD_LOG" = file ]; then
		log=(-E "$WORLD_FILELOG")
		WORLD_SSHDLOG=$WORLD_FILELOG
	else
		# shellcheck disable=SC2034 # for the scripts
		WORLD_SSHDLOG=$WORLD_AUTHLOG
	fi
	"$WORLD_SSHD" -D "${log[@]}" -f /etc/ssh/sshd_config </dev/null &
	_world_sshd_pid=$!
	world_wait 10 _world_sshd_is_up
	world_sshd_is_running || world_die "sshd does not start"
}

# Seen in the kernel's table and not by connecting, which would leave traces in the logs under test.
_world_sshd_is_up() {
	_world_is_gone "$_world_sshd_pid" ||
		grep -q "^ *[0-9]*: 0100007F:$(printf %04X "$WORLD_PORT") 00000000:0000 0A" /proc/net/tcp
}

# world_sshd_is_running: whether our listener lives.
world_sshd_is_running() {
	[ -n "$_world_sshd_pid" ] && ! _world_is_gone "$_world_sshd_pid"
}

# world_sshd_pid: print the listener's process id.
world_sshd_pid() {
	echo "$_world_sshd_pid"
}

# world_sshd_stop: end the listener and the connections that it still has.
world_sshd_stop() {
	local pid children
	[ -n "$_world_sshd_pid" ] || return 0
	children=$(pgrep -P "$_world_sshd_pid")
	_world_stop "$_world_sshd_pid"
	for pid in $children; do
		kill -TERM "$pid" 2>/dev/null
	done
	for pid in $children; do
		world_wait_gone 5 "$pid"
	done
	_world_sshd_pid=''
}

# world_ssh USER KEY [OPTION...] [-- COMMAND...]: one login attempt as scripts make it (BatchMode), with a
# time limit (status 124). KEY is a name given to world_key, or "none". Without -- the command is `true`.
world_ssh() {
	local _world_first=(-o BatchMode=yes) _world_last=(-o LogLevel=ERROR)
	_world_ssh_login "$@"
}

# world_ssh_interactive USER KEY [OPTION...] [-- COMMAND...]: the same as a person without a password makes
# it: keyboard-interactive and password are tried and every prompt is answered by nothing, three times.
# What a person would see is on stderr.
world_ssh_interactive() {
	local _world_first=(-o BatchMode=no)
	local _world_last=(-o "PreferredAuthentications=publickey,keyboard-interactive,password" -o LogLevel=INFO)
	# a session of its own: no terminal, so the empty answers of `true` are all it gets
	SSH_ASKPASS=/bin/true SSH_ASKPASS_REQUIRE=force DISPLAY=none _world_ssh_login "$@"
}

# USER KEY [OPTION...] [-- COMMAND...]: one attempt; the caller's own options, _world_first and _world_last, stand
# around those that are given. Of two equal options the first one wins.
_world_ssh_login() {
	local user=$1 key=$2 opts=()
	shift 2
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		opts+=("$1")
		shift
	done
	shift $(($# > 0 ? 1 : 0))
	[ $# -gt 0 ] || set -- true
	_world_ssh_run "$key" "${_world_first[@]}" "${opts[@]}" "${_world_last[@]}" -l "$user" 127.0.0.1 "$@"
}

# KEY SSH-ARGUMENT...: the ssh of every attempt.
_world_ssh_run() {
	local key=$1 identity=()
	shift
	case $key in
	none) identity=(-o PubkeyAuthentication=no) ;;
	/*) identity=(-i "$key") ;;
	*) identity=(-i "$WORLD_RUN/keys/$key") ;;
	esac
	timeout -k 2 "$WORLD_SSH_TIMEOUT" setsid -w ssh -F none -p "$WORLD_PORT" "${identity[@]}" \
		-o IdentitiesOnly=yes -o IdentityAgent=none -o StrictHostKeyChecking=yes \
		-o UserKnownHostsFile="$WORLD_RUN/known_hosts" -o GlobalKnownHostsFile=/dev/null \
		-o ConnectTimeout=10 "$@" </dev/null
}

# world_ssh_offer USER FILE: try to log in with an agent that shows this key or certificate and cannot sign by it. ssh offers no
# host certificate from a file, and none of a key whose private half nobody has.
world_ssh_offer() {
	local pid status
	rm -f "$WORLD_RUN/agent"
	"$KA_SRC/build/tests/tools/fakeagent" "$WORLD_RUN/agent" fail "$2" &
	pid=$!
	world_wait 5 test -S "$WORLD_RUN/agent"
	timeout -k 2 "$WORLD_SSH_TIMEOUT" setsid -w ssh -F none -p "$WORLD_PORT" -o IdentityAgent="$WORLD_RUN/agent" \
		-o StrictHostKeyChecking=yes -o UserKnownHostsFile="$WORLD_RUN/known_hosts" -o GlobalKnownHostsFile=/dev/null \
		-o BatchMode=yes -o LogLevel=ERROR -l "$1" 127.0.0.1 true </dev/null
	status=$?
	_world_stop "$pid"
	return "$status"
}

# world_collect_start [ARGUMENT...]: `keyaudit collect --watch` in the background; it says what it does in
# /var/log/collect.log. Returns when it watches (it then holds an inotify descriptor).
world_collect_start() {
	world_collect_stop TERM
	keyaudit collect --watch "$@" </dev/null >>/var/log/collect.log 2>&1 &
	_world_collect_pid=$!
	world_wait 5 _world_collect_is_up && ! _world_is_gone "$_world_collect_pid"
}

_world_collect_is_up() {
	_world_is_gone "$_world_collect_pid" || grep -qs '^inotify' "/proc/$_world_collect_pid"/fdinfo/*
}

# world_collect_pid: print the collector's process id.
world_collect_pid() {
	echo "$_world_collect_pid"
}

# world_collect_stop [SIGNAL]: end the collector (TERM: it finishes what it has).
world_collect_stop() {
	_world_stop "$_world_collect_pid" "${1:-TERM}"
	_world_collect_pid=''
}

# world_left: print what waits for the collector.
world_left() {
	find /run/keyaudit/spool /run/keyaudit/phase /run/keyaudit/said /run/keyaudit/claimed -mindepth 1
}

# world_drain: `keyaudit collect` until nothing waits: the last login's recorder may have it still, or its sshd may not have ended.
# Not while a session goes on.
world_drain() {
	world_wait 10 _world_is_drained
}

_world_is_drained() {
	keyaudit collect && [ -z "$(world_left)" ]
}

# what is no connection: the trail and its sinks of themselves, and what the collector tells of stores, the configuration and the
# files that keys are judged by
_WORLD_HEALTH='"action":"(trail-(genesis|rotate|recovery|seal)|sink-(failing|works)|(store|config|data)-[a-z]*".*"provider":"keyaudit-collect)"'

# world_events [FILE]: how many events stand in the trail, without these.
world_events() {
	local file=${1:-$WORLD_TRAIL}
	if [ -e "$file" ]; then grep -vcE "$_WORLD_HEALTH" "$file"; else echo 0; fi
}

# world_last_event: the last of them.
world_last_event() {
	grep -vE "$_WORLD_HEALTH" "$WORLD_TRAIL" | tail -n 1
}

# world_trail_wait SECONDS COUNT: wait until the trail has at least COUNT complete events.
world_trail_wait() {
	world_wait "$1" _world_trail_has "$2"
}

_world_trail_has() {
	[ "$(world_events)" -ge "$1" ]
}
