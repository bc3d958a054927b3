#!/bin/bash
# SPDX-License-Identifier: ISC
# enter.sh [--no-install] [--systemd] [--] COMMAND [ARG...]: run COMMAND in a throw-away world, as root.
#
# The world has its own mounts, network, processes, hostname and IPC. In it /usr and /var are overlays,
# /etc is a full copy, /home /root /run /tmp /dev are new, and everything else of the host is read-only;
# `make install PREFIX=/usr` has put the project where it belongs. COMMAND runs in the source tree, which
# is seen (read-only) at /mnt/src, so relative paths into the tree work wherever the tree lies.
# All scratch is tmpfs inside the namespace: when the last process is gone nothing is left, and the last
# process goes when this script does, however it dies. The status of COMMAND is passed on.
#
# With --systemd the world also has a cgroup of its own, and its process 1 becomes the distribution's systemd when COMMAND
# says so (tests/world/systemd.sh). Where that cannot be had, enter.sh says why and ends with 125, as for any world.
#
# COMMAND sees KA_WORLD=1, KA_SRC=/mnt/src. KA_WORLD_MAKEVARS adds variables to `make install`;
# KA_WORLD_INSTALL=no is --no-install, KA_WORLD_INIT=systemd is --systemd.
# shellcheck disable=SC2015 # in "this && that || die" die never returns
set -u

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P) || exit 1
src=$(cd "$here/../.." && pwd -P) || exit 1
install=${KA_WORLD_INSTALL:-yes}
init=${KA_WORLD_INIT:-}

die() {
	echo "world: $*" >&2
	exit 125
}

while [ $# -gt 0 ]; do
	case $1 in
	--no-install) install=no ;;
	--systemd) init=systemd ;;
	--)
		shift
		break
		;;
	-*) die "unknown option $1 (usage: enter.sh [--no-install] [--systemd] [--] COMMAND [ARG...])" ;;
	*) break ;;
	esac
	shift
done
[ $# -gt 0 ] || die "which command? (usage: enter.sh [--no-install] [--systemd] [--] COMMAND [ARG...])"
# a script of ours may say at its head that it wants this
! (cd "$src" && grep -qsxF '# world: systemd' -- "$1") || init=systemd
[ "$(id -u)" = 0 ] || die "only root can make a world"
[ -z "${KA_WORLD:-}" ] || die "this is a world already"
for tool in unshare setpriv ip; do
	command -v "$tool" >/dev/null || die "$tool is missing (mk/deps.sh names its package)"
done

# The syslog catcher is the only compiled helper. make builds it; this is for a script that is run by hand.
catcher=$src/build/tests/syslogcat
if [ ! -e "$catcher" ] || [ "$here/syslogcat.c" -nt "$catcher" ]; then
	mkdir -p "$src/build/tests" &&
		"${CC:-cc}" -std=gnu11 -D_GNU_SOURCE -O1 -Wall -Wextra -o "$catcher.$$" "$here/syslogcat.c" &&
		mv -f "$catcher.$$" "$catcher" || die "cannot build syslogcat"
fi

# Of make's flags only the variables of the command line (STATIC=no, CC=clang) are kept, not the job server.
case ${MAKEFLAGS:-} in
*' -- '*) export MAKEFLAGS=" -- ${MAKEFLAGS#* -- }" ;;
*) unset MAKEFLAGS ;;
esac
unset MFLAGS MAKELEVEL SSH_AUTH_SOCK SSH_ASKPASS SSH_CONNECTION SSH_CLIENT SSH_TTY TMPDIR BASH_ENV ENV
unset XDG_RUNTIME_DIR XDG_CONFIG_HOME XDG_CACHE_HOME DISPLAY

export KA_WORLD=1 KA_SRC=/mnt/src KA_WORLD_INSTALL=$install KA_WORLD_INIT=$init HOME=/root
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

# Tried once before, since the real one is silent: util-linux 2.38 complains when its child ends by a signal.
# inside.sh gets our standard error as descriptor 3.
namespaces=(--mount --net --uts --ipc --pid --fork)
within=() # what the world is started by
guard='' told=''
if [ "$init" = systemd ]; then
	[ -x /lib/systemd/systemd ] || die "/lib/systemd/systemd is missing (mk/deps.sh names its package)"
	namespaces+=(--cgroup)
	within=("$here/cgroup.sh" in "keyaudit-world.$$")
fi
unshare "${namespaces[@]}" true || die "this system gives us no namespaces of our own (a container?)"

# unshare itself blocks INT and TERM while it waits, and a shell runs no trap while it waits for a
# foreground child: so it goes to the background, with our stdin and with signals as they should be.
# A death of ours that no trap sees reaches it through pdeathsig; its own death ends process 1 of the world.
# shellcheck disable=SC2317 # called by the traps
end() {
	trap '' INT TERM HUP QUIT
	world=${!:-}
	case $world in
	"" | "$guard" | "$told") ;;
	*)
		end_world
		wait "$world"
		;;
	esac
	let_go
	trap - "$1"
	kill -s "$1" $$
}
# its process 1, so that unshare sees the world empty before it ends; or unshare, if it is not so far
end_world() {
	pkill -KILL -P "$world" || kill -KILL "$world" 2>/dev/null
}
# the guard takes the cgroup away when we let go, also when we are killed
let_go() {
	[ -n "$guard" ] || return 0
	exec 9>&-
	wait "$guard"
}
for signal in INT TERM HUP QUIT; do
	# shellcheck disable=SC2064 # expanded now
	trap "end $signal" "$signal"
done

cd "$src" || exit 125
if [ "$init" = systemd ]; then
	exec 9> >(exec setsid "$here/cgroup.sh" guard "keyaudit-world.$$")
	guard=$!
	# the status of COMMAND: process 1 knows nothing of it. Who says nothing has died.
	exec 4> >(
		exec 9>&-
		trap '' INT TERM HUP QUIT
		read -r status && exit "$status"
		exit 255
	)
	told=$!
fi
# shellcheck disable=SC2016 # the inner shell expands
setpriv --pdeathsig KILL env --default-signal=INT,QUIT,TERM,HUP \
	sh -c '[ "$PPID" = "$1" ] || exit 137; shift; exec "$@"' sh $$ "${within[@]}" \
	unshare "${namespaces[@]}" --kill-child --mount-proc --propagation private \
	bash tests/world/inside.sh "$@" <&0 3>&2 2>/dev/null 9>&- &
world=$!
if [ -z "$told" ]; then
	wait "$world"
	exit $?
fi
exec 4>&-
wait "$told"
status=$?
# silent: it could not be made, which it says itself, or somebody has ended what would have told us
for _ in {1..100}; do
	[ "$status" = 255 ] && kill -0 "$world" 2>/dev/null || break
	sleep 0.02
done
end_world 2>/dev/null
wait "$world"
own=$?
[ "$status" != 255 ] || status=$own
let_go
exit "$status"
