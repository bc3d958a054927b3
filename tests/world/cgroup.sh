#!/bin/bash
# SPDX-License-Identifier: ISC
# cgroup.sh in NAME COMMAND [ARG...]: run COMMAND in a cgroup NAME of its own, below the one that we are in.
# cgroup.sh guard NAME: when standard input ends, end whatever is still in NAME and take it away.
#
# Only the unified hierarchy (cgroup2) is touched, and it is mounted where nobody else sees it, so it does not matter what the
# host has at /sys/fs/cgroup. NAME is keyaudit-world.PID: what a killed guard has left behind goes with the next world.
set -u

# enter.sh keeps the standard error of a world that is being made quiet, and gives it as descriptor 3
loud=2
[ "${1:-}" != in ] || loud=3
fail() {
	echo "world: no cgroup of our own: $*" >&"$loud"
	exit 125
}

[ "${KA_CGROUP_SEEN:-}" = $$ ] || KA_CGROUP_SEEN=$$ exec unshare --mount --propagation private "$0" "$@"
unset KA_CGROUP_SEEN
seen=/sys/fs/cgroup
[ -d $seen ] || fail "no $seen (a kernel without cgroups?)"
mount -n -t cgroup2 world-cgroup $seen 2>/dev/null || fail "cgroup2 cannot be mounted (no right to?)"
own=$(sed -n 's/^0:://p' /proc/self/cgroup)
case $own in /..* | '') fail "what we are in lies outside of our cgroup namespace" ;; esac
own=$seen${own%/}

# DIRECTORY: with those that systemd has made in it
take_away() {
	find "$1" -depth -type d -exec rmdir {} + 2>/dev/null
	[ ! -e "$1" ]
}

# Whoever started a world ends it first; this is for what did not hear of it.
guard() {
	local dir=$own/$1 looks=0
	trap '' INT TERM HUP QUIT PIPE
	cat >/dev/null
	until take_away "$dir"; do
		[ $((looks += 1)) -lt 200 ] || fail "$dir cannot be taken away"
		[ $looks -lt 20 ] || echo 1 2>/dev/null >"$dir/cgroup.kill"
		sleep 0.05
	done
}

# Left by a guard that was killed.
sweep() {
	local dir
	for dir in "$own"/keyaudit-world.*; do
		[ -e "/proc/${dir##*.}" ] || take_away "$dir"
	done
}

case ${1:-} in
guard) guard "$2" ;;
in)
	sweep
	mkdir "$own/$2" && echo $$ >"$own/$2/cgroup.procs" || fail "cannot enter $own/$2"
	umount -n $seen
	shift 2
	exec "$@"
	;;
*) fail "usage: cgroup.sh in NAME COMMAND [ARG...], cgroup.sh guard NAME" ;;
esac
