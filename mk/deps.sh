#!/bin/sh
# SPDX-License-Identifier: ISC
# deps.sh [demo|check|build|feeding|browser]: name the Debian packages that are missing, and install them.
#
# As root on Debian or Ubuntu the missing ones are installed by apt-get; while that runs, a temporary
# /usr/sbin/policy-rc.d (exit 101) keeps every package from starting a daemon. An existing policy-rc.d
# is kept and put back, also after Ctrl-C or TERM; what a SIGKILL left behind is put right by the next
# run. A server that is only here for the tests is not started at the next boot either. Anywhere else the packages are
# printed and the script ends with status 1; it never guesses.
set -eu

goal=${1:-check}
policy=${KA_POLICY_RC_D:-/usr/sbin/policy-rc.d}
saved=$policy.keyaudit-saved
marker='keyaudit: temporary, while packages are installed'
lock=${KA_DEPS_LOCK:-/run/keyaudit-deps.lock} # not in /run/lock, where everybody may plant a link

say() {
	printf 'deps: %s\n' "$*"
}

# The packages of each goal, one word each; the reason stands beside it.
packages() {
	# a browser for the page of `keyaudit report`: only tests/report/browser.sh asks for it
	if [ "$goal" = browser ]; then
		printf '%s\n' chromium fonts-dejavu-core
		return
	fi
	printf '%s\n' \
		gcc libc6-dev pkg-config \
		libsodium-dev libjansson-dev "$(curl_dev)" libpam0g-dev
	[ "$goal" != build ] || return 0
	# the throw-away sshd: the daemon, the client, ip(8), unshare(1) and ps(1)
	printf '%s\n' openssh-server openssh-client iproute2 util-linux procps
	[ "$goal" != demo ] || return 0
	if [ "$goal" = feeding ]; then
		# promtool(1), fail2ban-regex(1) and jq(1): wanted by `make check-feeding` alone; nothing of them is started
		printf '%s\n' prometheus fail2ban jq
		return 0
	fi
	# the tests: unit tests, the second compiler with its sanitizers, a quick linker, manual lint, shell lint, setfacl(1),
	# systemd-sysusers(8), systemd-tmpfiles(8), systemd-analyze(1) for what `make install` puts there, systemd-journald(8)
	# for a journal of a world's own (nothing is started), and the library that knows the unit's system calls by name
	printf '%s\n' libcmocka-dev clang "$(clang_runtime)" lld mandoc shellcheck acl systemd libseccomp2
	# key stores, and the scripted one with its TLS; openssl(1) makes their certificates; strace(1) kills at a chosen call
	printf '%s\n' nginx etcd-server libssl-dev openssl strace
	# the parsers that forms of events are compared with
	echo python3
	# the script that authkeys-fetch is measured against
	printf '%s\n' curl jq
	# the daemon whose log files are read (a world starts one of its own)
	log_daemon
	# the packet filter of a world, for a client that is shut out (no daemon)
	echo nftables
}

# The servers among them, package and service (with .service: it has no script in /etc/init.d): installed by us they are for
# the tests and for nobody else.
servers='nginx:nginx etcd-server:etcd rsyslog:rsyslog.service nftables:nftables.service
	prometheus:prometheus.service prometheus-node-exporter:prometheus-node-exporter.service fail2ban:fail2ban.service'

# Log daemons exclude each other: somebody who has another one keeps it, and the tests that need rsyslogd say so.
log_daemon() {
	if [ -z "$(missing_of system-log-daemon)" ]; then
		echo system-log-daemon
	else
		echo rsyslog
	fi
}

# Any libcurl will do: its -dev packages exclude each other, and somebody who has one keeps it. Else the one with GnuTLS: a
# minimal HTTPS GET takes 0.82 of the time that it takes with OpenSSL (one CA), 0.54 with the system's CAs (measured on
# Debian 12, 200 and 50 interleaved pairs).
curl_dev() {
	if [ -z "$(missing_of libcurl-dev)" ]; then
		echo libcurl-dev
	else
		echo libcurl4-gnutls-dev
	fi
}

# The sanitizer runtime is named after clang's version: 14 on Debian 12, elsewhere clang's own.
clang_runtime() {
	if [ "$(debian_release)" = 12 ]; then
		echo libclang-rt-14-dev
	else
		echo libclang-rt-dev
	fi
}

# Prints the release number when this is Debian, "other" when it is Ubuntu, nothing elsewhere.
debian_release() {
	[ -r /etc/os-release ] || return 0
	(
		ID='' VERSION_ID=''
		# shellcheck source=/dev/null
		. /etc/os-release
		case $ID in
		debian) echo "${VERSION_ID:-other}" ;;
		ubuntu) echo other ;;
		esac
	)
}

# Prints those of its arguments that are not installed. A virtual package (pkg-config is one on newer
# releases) counts when something installed provides it.
missing_of() {
	have=$(dpkg-query -W -f '${db:Status-Status} ${Package} ${Provides}\n' 2>/dev/null |
		sed -n -e 's/^installed //p' | tr ',' ' ' | tr -s ' ' '\n' | grep -v '^[(=<>]') || true
	for package in "$@"; do
		printf '%s\n' "$have" | grep -qxF -e "$package" || printf '%s\n' "$package"
	done
}

# Takes our policy-rc.d away and puts the old one back. Harmless when there is nothing to do.
policy_restore() {
	rm -f "$policy.keyaudit-new" "$saved.new"
	if [ -e "$saved" ] || [ -L "$saved" ]; then
		mv -f "$saved" "$policy"
	elif grep -qsF "$marker" "$policy"; then
		rm -f "$policy"
	fi
}

# Puts our policy-rc.d in place. At no moment is an existing one absent: it gets a second name first,
# and the new file is renamed over it.
policy_forbid() {
	if [ -e "$policy" ] || [ -L "$policy" ]; then
		ln "$policy" "$saved" 2>/dev/null || {
			cp -a "$policy" "$saved.new"
			mv -f "$saved.new" "$saved"
		}
	fi
	printf '#!/bin/sh\n# %s\nexit 101\n' "$marker" >"$policy.keyaudit-new"
	chmod 0755 "$policy.keyaudit-new"
	mv -f "$policy.keyaudit-new" "$policy"
}

# Runs apt-get with its output in a log that is only shown when it fails: hundreds of lines help nobody.
# It runs in the background, so that a signal reaches this script at once. Ctrl-C ends a download;
# while dpkg works apt-get ignores it, and we wait: policy-rc.d must stay as long as packages are set up. It is never
# on the leash of a test run (tests/leash.sh): dpkg is not killed half way.
apt() {
	DEBIAN_FRONTEND=noninteractive env -u KA_LEASH --default-signal=INT,QUIT \
		apt-get -q -y -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 "$@" </dev/null >&8 2>&1 &
	job=$!
	wait "$job" || {
		status=$?
		job=
		tail -n 30 "/proc/$$/fd/8" >&2
		return "$status"
	}
	job=
}

# The end, however it comes: wait for apt-get, then put things back.
interrupted() {
	trap '' INT TERM HUP
	if [ -n "$job" ]; then
		kill -INT "$job" 2>/dev/null || true
		wait "$job" || true
	fi
	policy_restore
	say "interrupted; policy-rc.d is as it was" >&2
	exit "$1"
}

# One installer at a time; the second one waits. apt-get keeps the descriptor: should this script be killed,
# nobody takes policy-rc.d away before apt-get has finished too.
take_lock() {
	mkdir -p "$(dirname "$lock")"
	exec 9>>"$lock"
	flock "$@" 9
}

# The servers among these packages, which were not here before, are not started at boot.
rest_at_boot() {
	for pair in $servers; do
		for package in "$@"; do
			[ "$package" = "${pair%%:*}" ] || continue
			case $pair in
			*.service) rest="systemctl disable ${pair#*:}" ;;
			*) rest="update-rc.d ${pair#*:} disable" ;;
			esac
			$rest >&8 2>&1 || say "${pair#*:} will be started at the next boot: $rest" >&2
		done
	done
}

install_missing() {
	take_lock -w 600 || {
		say "another installation is still running" >&2
		return 1
	}
	policy_restore
	job=
	log=$(mktemp)
	exec 8>>"$log" # without a name: nothing to clean up
	rm -f "$log"
	trap 'interrupted 130' INT
	trap 'interrupted 143' TERM
	trap 'interrupted 129' HUP
	trap 'policy_restore' EXIT
	policy_forbid
	say "installing them with apt-get (no daemon is started); this takes a moment"
	apt update || say "apt-get update failed; trying with the lists that are here" >&2
	apt install --no-install-recommends "$@"
	rest_at_boot "$@"
	policy_restore
	trap - INT TERM HUP EXIT
}

# Where we cannot install: say what is needed, and stop.
give_up() {
	say "$1" >&2
	say "needed (Debian names): $(packages | tr '\n' ' ')" >&2
	exit 1
}

main() {
	case $goal in
	build | demo | check | feeding | browser) ;;
	*)
		echo "usage: deps.sh [build|demo|check|feeding|browser]" >&2
		exit 2
		;;
	esac
	command -v dpkg-query >/dev/null 2>&1 ||
		give_up "this is not a Debian system: install these packages' equivalents, then use DEPS=no"
	# A run that was killed while it installed may have left its policy-rc.d.
	if [ "$(id -u)" = 0 ] && { [ -e "$saved" ] || grep -qsF "$marker" "$policy"; }; then
		(take_lock -n && policy_restore && say "an earlier run was killed: policy-rc.d is put back") || true
	fi
	# shellcheck disable=SC2046 # one word each
	missing=$(missing_of $(packages))
	[ -n "$missing" ] || exit 0
	missing=$(printf '%s\n' "$missing" | tr '\n' ' ')
	say "missing packages: $missing"
	[ -n "$(debian_release)" ] ||
		give_up "this is neither Debian nor Ubuntu: install the packages yourself, then use DEPS=no"
	[ "$(id -u)" = 0 ] || give_up "not root: as root run: apt-get install --no-install-recommends $missing"
	# shellcheck disable=SC2086 # one word each
	install_missing $missing
	# shellcheck disable=SC2086
	missing=$(missing_of $missing)
	[ -z "$missing" ] || give_up "still missing after apt-get: $(printf '%s' "$missing" | tr '\n' ' ')"
	say "installed"
}

main
