# shellcheck shell=bash
# SPDX-License-Identifier: ISC
# lib.sh: what a script inside a world uses; to be sourced with bash:
#
#	. "$(dirname "$0")/../world/lib.sh"
#	world_setup
#	world_key good ed25519
#	world_authorize alice good
#	world_sshd_start "LogLevel VERBOSE"
#	ok "alice logs in" world_ssh alice good -- true
#	world_finish
#
# A script that is started outside of a world enters one by itself. Nothing here sleeps for a fixed time:
# everything waits for what it needs, with a deadline. Names: world_* acts, ok/not_ok/is/like check.
# It must only ever run inside a world, since it edits /etc and starts daemons.

if [ -z "${KA_WORLD:-}" ]; then
	_world_script=$(cd "$(dirname "$0")" && pwd -P)/$(basename "$0")
	_world_tree=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
	exec "$_world_tree/tests/world/enter.sh" -- "./${_world_script#"$_world_tree"/}" "$@"
fi

set -u
WORLD_LIB=$KA_SRC/tests/world
WORLD_RUN=/run/world                     # scratch of this library: keys, captured output
WORLD_PORT=${WORLD_PORT:-2222}
WORLD_SSHD=${WORLD_SSHD:-/usr/sbin/sshd}
WORLD_COMMAND=/usr/libexec/keyaudit/authkeys-cmd
WORLD_FETCH=/usr/libexec/keyaudit/authkeys-fetch
WORLD_LOGLEVEL=${WORLD_LOGLEVEL:-VERBOSE}
WORLD_LOG=${WORLD_LOG:-syslog}           # syslog: as on a real system; file: sshd -E, no pids in it
WORLD_SSH_TIMEOUT=${WORLD_SSH_TIMEOUT:-15}
WORLD_AUTHLOG=/var/log/auth.log          # syslog lines as rsyslog writes them on Debian 12
WORLD_PRILOG=/var/log/priority.log       # the same lines with facility.severity in front
WORLD_FILELOG=/var/log/sshd.log          # sshd -E
WORLD_TRAIL=/var/log/keyaudit/audit.jsonl
WORLD_SSHDLOG=$WORLD_AUTHLOG             # the one of the two that sshd writes now

_world_sshd_pid='' _world_collect_pid='' _world_syslog_pid=''

# shellcheck source=tests/world/check.sh
. "$WORLD_LIB/check.sh"
# shellcheck source=tests/world/ssh.sh
. "$WORLD_LIB/ssh.sh"

# world_setup: users, directories, configuration and PAM as after an installation, and the syslog catcher.
world_setup() {
	mkdir -p "$WORLD_RUN/keys"
	chmod 0700 "$WORLD_RUN/keys"
	world_users
	world_dirs
	world_conf
	world_pam '' '' ''
	world_syslog_start
}

# world_users: the system users of the command and of the fetcher, and login users that are fit and unfit for it.
# All passwords are "*". Home directories are 0700 with a .ssh of 0700.
world_users() {
	_world_user _keyaudit 61100 /nonexistent /usr/sbin/nologin
	_world_user _keyfetch 61110 /nonexistent /usr/sbin/nologin
	_world_user alice 61101 /home/alice /bin/bash
	_world_user bob 61102 /home/bob /bin/bash
	_world_user carol 61103 /home/carol /bin/bash
	_world_user locked 61104 /home/locked /bin/bash '!*'
	_world_user expired 61105 /home/expired /bin/bash '*' 1
	_world_user noshell 61106 /home/noshell /nonexistent/shell
	_world_drop staff2 /etc/group /etc/gshadow
	echo 'staff2:x:61120:bob,carol' >>/etc/group # shared: bob and carol are in it, alice is not
	echo 'staff2:*::bob,carol' >>/etc/gshadow
}

# NAME UID HOME SHELL [PASSWORD [EXPIRY-DAY]]: a user with a private group. Written straight into the
# files of our own /etc: useradd takes a tenth of a second each.
_world_user() {
	local name=$1 uid=$2 home=$3
	_world_drop "$name" /etc/passwd /etc/shadow /etc/group /etc/gshadow
	echo "$name:x:$uid:$uid:$name of the test world:$home:$4" >>/etc/passwd
	echo "$name:${5:-*}:19700:0:99999:7::${6:-}:" >>/etc/shadow
	echo "$name:x:$uid:" >>/etc/group
	echo "$name:*::" >>/etc/gshadow
	case $home in
	/home/*)
		install -d -m 0700 -o "$uid" -g "$uid" "$home" "$home/.ssh"
		;;
	esac
}

# NAME FILE...: the host may have a user of that name.
_world_drop() {
	local name=$1 file
	shift
	for file in "$@"; do
		! grep -qs "^$name:" "$file" || sed -i "/^$name:/d" "$file"
	done
}

# world_dirs: the project's directories with the modes that an installation gives them.
world_dirs() {
	mkdir -p /run/keyaudit
	mountpoint -q /run/keyaudit ||
		mount -n -t tmpfs -o mode=0755,size=16m,nosuid,nodev,noexec keyaudit /run/keyaudit || return 1
	install -d -m 0730 -o root -g _keyaudit /run/keyaudit/spool
	mkdir -p /run/keyaudit/phase
	mountpoint -q /run/keyaudit/phase ||
		mount -n -t tmpfs -o mode=0700,size=16m,nosuid,nodev,noexec keyaudit-phase /run/keyaudit/phase || return 1
	install -d -m 0700 /run/keyaudit/phase /run/keyaudit/said /run/keyaudit/claimed /run/keyaudit/done \
		/run/keyaudit/seen /run/keyaudit/rejected
	install -d -m 0710 -o root -g _keyaudit /run/keyaudit/eye
	install -d -m 0750 -o root -g adm /var/log/keyaudit
	install -d -m 0700 -o _keyaudit -g _keyaudit /var/lib/keyaudit/serials /var/lib/keyaudit/verdicts
	install -d -m 0755 /etc/keyaudit /etc/keyaudit/keys.d /etc/keyaudit/conf.d
	install -d -m 2750 -o _keyfetch -g _keyaudit /var/cache/keyaudit
	install -d -m 0730 -o _keyfetch -g _keyaudit /var/lib/keyaudit/wanted
	install -d -m 0700 /var/lib/keyaudit/private /var/lib/keyaudit/health
	# as a package installs it; `make install` leaves owners to the packager
	if [ -e "$WORLD_FETCH" ]; then
		chown _keyfetch:_keyaudit "$WORLD_FETCH" && chmod 4750 "$WORLD_FETCH"
	fi
}

# world_bare: away with the project's users and directories, for a script that makes them as an installation does.
world_bare() {
	local file
	umount /run/keyaudit/phase /run/keyaudit
	rm -rf /run/keyaudit /var/log/keyaudit /etc/keyaudit/keys.d /etc/keyaudit/conf.d /var/cache/keyaudit /var/lib/keyaudit/*
	for file in passwd shadow group gshadow; do sed -i '/^_keyaudit:/d;/^_keyfetch:/d' "/etc/$file"; done
	chown root:root "$WORLD_FETCH" && chmod 0755 "$WORLD_FETCH"
}

# world_conf [LINE...]: /etc/keyaudit/keyaudit.conf; without lines the default one with one file source.
world_conf() {
	[ $# -gt 0 ] || set -- '[lookup]' 'sources = local' '' '[source local]' 'type = file' \
		'path = /etc/keyaudit/keys.d/%u'
	printf '%s\n' "$@" >/etc/keyaudit/keyaudit.conf
	chmod 0644 /etc/keyaudit/keyaudit.conf
}

# world_pam [AUTH [ACCOUNT [SESSION]]]: /etc/pam.d/sshd with pam_keyaudit.so and these arguments (each one
# string; "-" leaves the module out of that phase). An AUTH with `final` gives the stack for keys only, a
# SESSION with `enforce` makes the module required. Until the module is installed, pam_unix is alone.
world_pam() {
	local auth=${1:-} account=${2:-} session=${3:-}
	world_has_module || auth=- account=- session=-
	{
		case " $auth " in
		' - ') ;;
		*' final '*)
			echo "auth [default=ignore maxtries=die] pam_keyaudit.so $auth"
			echo 'auth requisite pam_deny.so'
			;;
		*) echo "auth optional pam_keyaudit.so $auth" ;;
		esac
		echo 'auth required pam_unix.so'
		[ "$account" = - ] || echo "account optional pam_keyaudit.so $account"
		echo 'account required pam_nologin.so'
		echo 'account required pam_unix.so'
		case " $session " in
		' - ') ;;
		*' enforce'*) echo "session required pam_keyaudit.so $session" ;;
		*) echo "session optional pam_keyaudit.so $session" ;;
		esac
		echo 'session required pam_unix.so'
	} >/etc/pam.d/sshd
}

# What is installed in this world.
world_has_command() { [ -x "$WORLD_COMMAND" ]; }
world_has_tool() { [ -x /usr/bin/keyaudit ]; }
world_has_module() { compgen -G '/usr/lib/*/security/pam_keyaudit.so' >/dev/null; }

# world_syslog_start: our own /dev/log; everything goes to WORLD_AUTHLOG and WORLD_PRILOG.
world_syslog_start() {
	"$KA_SRC/build/tests/syslogcat" /dev/log "$WORLD_AUTHLOG" "$WORLD_PRILOG" </dev/null &
	_world_syslog_pid=$!
	world_wait 5 test -S /dev/log || world_die "the syslog catcher does not start"
}

# world_syslog_stop: for tests of a dead logger; /dev/log stays behind as a socket without a reader.
world_syslog_stop() {
	_world_stop "$_world_syslog_pid"
	_world_syslog_pid=''
}

# PID [SIGNAL]: end one of our own background children and collect it.
_world_stop() {
	[ -n "$1" ] || return 0
	kill -s "${2:-TERM}" "$1" 2>/dev/null
	world_wait_gone 5 "$1" || kill -KILL "$1" 2>/dev/null
	wait "$1" 2>/dev/null
	return 0
}
