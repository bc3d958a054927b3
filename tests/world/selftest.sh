#!/bin/bash
# SPDX-License-Identifier: ISC
# selftest.sh: the promise of the world itself. Whatever ends it - success, failure, Ctrl-C, TERM, SIGKILL
# of any of its processes - the host's mounts, /etc, users and directories are as before and no process is
# left. Also: a tree below /root, /home or /tmp works, and the status of the command is passed on.
# Runs outside of a world, as root.
# shellcheck disable=SC2016 # the shells inside expand
set -u

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
top=$(cd "$here/../.." && pwd -P)
# what it starts stands in sessions of its own: nothing of it may outlive us
[ -n "${KA_LEASH:-}" ] || exec "$top/tests/leash.sh" "$here/selftest.sh"
export KA_WORLD_INSTALL=no # this is about the world, not about the project in it
enter=$here/enter.sh
# shellcheck source=tests/world/count.sh
. "$here/count.sh"

[ "$(id -u)" = 0 ] || {
	echo "world: skipped: not root"
	exit 77
}
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT

# All that must not change, as text: mounts, /etc with contents, and the names, modes and owners at the top of
# the directories that the world replaces. Directory times of /run are other programs' business.
host_state() {
	sort /proc/self/mountinfo
	find /etc -printf '%p %y %m %U:%G %s %T@ %l\n' | sort
	find /etc -type f -exec sha256sum {} + | sort
	find / /home /root /run /mnt /opt /usr /usr/bin /usr/libexec /var /var/lib /var/log /var/cache /dev \
		-maxdepth 1 -printf '%p %y %m %U:%G\n' | grep -v '^/dev/\(pts\|shm\|vcs\|loop\)' | sort
	ip -o addr show
	hostname
}

unchanged() {
	host_state >"$scratch/after"
	diff "$scratch/before" "$scratch/after" >"$scratch/diff" || {
		sed 's/^/#   | /' "$scratch/diff" | head -n 20
		return 1
	}
}

# Whether the process namespace on descriptor 4 is empty, soon. While we hold it its number is not used again.
nobody_left() {
	local ns try
	ns=$(readlink /proc/self/fd/4)
	for try in $(seq 100); do
		readlink /proc/[0-9]*/ns/pid 2>/dev/null | grep -qxF "$ns" || return 0
		sleep 0.05
	done
	echo "#   | after $try looks there is still a process in $ns"
	return 1
}

# What runs in the world while we end it: users, sshd, a client that stays, and somebody who ignores signals.
cat >"$scratch/busy" <<'END'
. tests/world/lib.sh
world_setup
world_key bob ed25519
world_authorize bob bob
world_sshd_start
(trap '' INT TERM HUP; exec setsid sleep 1000) &
(world_ssh bob bob -- sleep 1000) &
world_wait_line 10 "$WORLD_SSHDLOG" 'Accepted publickey'
touch /etc/left-behind /usr/bin/left-behind /var/lib/left-behind /root/left-behind /run/left-behind
readlink /proc/self/ns/pid
sleep 1000
END

# The same with systemd as process 1 and a service that ignores signals.
cat >"$scratch/busy-systemd" <<'END'
# world: systemd
. tests/world/lib.sh
. tests/world/systemd.sh
world_setup
world_systemd_boot
printf '%s\n' '[Service]' "ExecStart=sh -c 'trap \"\" INT TERM HUP; sleep 1000'" >/run/systemd/system/stays.service
systemctl start stays.service
touch /etc/left-behind /usr/bin/left-behind /var/lib/left-behind /root/left-behind /run/left-behind
readlink /proc/self/ns/pid
sleep 1000
END

# PID GENERATIONS: prints the process that is so many generations below (0: itself); of enter.sh's children unshare counts.
descendant() {
	local pid=$1 n
	for ((n = 0; n < $2; n++)); do
		pid=$(pgrep -P "$pid" -x unshare || pgrep -P "$pid" | head -n 1)
	done
	echo "$pid"
}

# SIGNAL GENERATION NAME [systemd]: start a busy world, end it, look.
ended_by() {
	local pid ns='' got busy=$scratch/busy${4:+-$4}
	mkfifo "$scratch/out"
	# a session of its own, as `make` has at a terminal: the signal goes to one process only
	env --default-signal=INT,HUP,TERM KA_WORLD_INIT="${4:-}" setsid "$enter" bash -c "$(cat "$busy")" >"$scratch/out" 2>"$scratch/err" &
	pid=$!
	exec 3<"$scratch/out"
	read -r -t 60 ns <&3
	exec 4<"/proc/$(descendant "$pid" 2)/ns/pid"
	check "the world is busy before $3" test "$ns" = "$(readlink /proc/self/fd/4)"
	kill -s "$1" "$(descendant "$pid" "$2")"
	within 60 over "$pid" || kill -KILL "$pid"
	wait "$pid" 2>/dev/null
	got=$?
	check "the status after $3 is not 0 ($got)" test "$got" != 0
	check "no process survives $3" nobody_left
	check "and no cgroup" within 5 no_cgroup
	exec 3<&- 4<&-
	rm -f "$scratch/out"
	check "the host is unchanged after $3" unchanged
}

# No world that has ended has left its cgroup, in the hierarchy that a private mount shows.
no_cgroup() {
	local dir
	for dir in $(unshare --mount sh -c 'mount -n -t cgroup2 none /sys/fs/cgroup && find /sys/fs/cgroup -name "keyaudit-world.*"'); do
		[ -e "/proc/${dir##*.}" ] || return 1
	done
}

# A copy of the world's scripts at another place still works there.
works_in() {
	local dir
	dir=$(mktemp -d "$1/keyaudit-selftest.XXXXXX") || return 1
	chmod 0700 "$dir"
	mkdir -p "$dir/tests" "$dir/build/tests"
	cp -a "$here" "$dir/tests/world"
	cp "$top/build/tests/syslogcat" "$dir/build/tests/"
	"$dir/tests/world/enter.sh" --no-install -- test -r tests/world/lib.sh
	local status=$?
	rm -rf "$dir"
	return $status
}

"$enter" true || exit 1 # builds what is missing, so that it is there before we look
host_state >"$scratch/before"

"$enter" sh -c 'exit 7'
check "the status of the command is passed on" test $? = 7
check "a command that does not exist is an error" sh -c '! "$1" /no/such/command 2>/dev/null' sh "$enter"
check "the host's root is read-only inside" "$enter" sh -c '! touch /left-behind /mnt/src/left-behind 2>/dev/null'
check "a strict umask outside does no harm" sh -c 'umask 077; "$1" sh -c "test \$(stat -c %a /usr) = 755"' sh "$enter"
check "the loopback device is the only one, and up" "$enter" \
	sh -c 'test "$(ip -o link | wc -l)" = 1 && ip -o addr | grep -q "inet 127.0.0.1/8"'
check "arguments arrive as they are" "$enter" sh -c 'test "$1" = "a  b" && test "$2" = "" && test "$3" = "*"' sh "a  b" "" "*"
check "the host is unchanged after an ordinary end" unchanged

ended_by INT 0 "Ctrl-C"
ended_by TERM 0 "TERM"
ended_by HUP 0 "a closed terminal"
ended_by KILL 0 "SIGKILL of enter.sh"
ended_by KILL 1 "SIGKILL of unshare"
ended_by KILL 2 "SIGKILL of process 1"

"$enter" --systemd sh -c 'exit 7'
check "with systemd to come the status is passed on as well" test $? = 7
"$enter" --systemd bash -c '. tests/world/lib.sh; . tests/world/systemd.sh; world_setup; world_systemd_boot
	trap - EXIT; [ "$(cat /proc/1/comm)" = systemd ] && exit 7'
check "and from beside it" test $? = 7
check "without a cgroup left" no_cgroup
unshare --mount sh -c 'mount -n -t tmpfs none /sys/fs && exec "$1" --systemd true' sh "$enter" 2>"$scratch/err"
check "where there are no cgroups the world cannot be made" test $? = 125
check "and says why" grep -q '^world: no cgroup of our own: no /sys/fs/cgroup' "$scratch/err"
ended_by INT 0 "Ctrl-C beside systemd" systemd
ended_by KILL 0 "SIGKILL of enter.sh beside systemd" systemd
ended_by KILL 1 "SIGKILL of unshare beside systemd" systemd
ended_by KILL 2 "SIGKILL of systemd" systemd

for place in /root /home /tmp /mnt /usr/local /var/tmp; do
	check "a tree below $place works" works_in "$place"
done
check "the host is unchanged at the end" unchanged

check_sum world
