#!/bin/bash
# SPDX-License-Identifier: ISC
# inside.sh COMMAND [ARG...]: process 1 of a world; only enter.sh starts it.
#
# Lays the private mounts over the host's (the recipe stands at each step), installs the project, runs
# COMMAND as a child and ends with its status; the kernel then ends whatever is left. Until the mounts are
# in place it must write nowhere but to the tmpfs at /mnt (and mount never keeps a table: -n).
# shellcheck disable=SC2015 # in "this && that || fail" fail never returns
set -u
exec 2>&3 3>&- # enter.sh keeps unshare itself quiet

fail() {
	echo "world: $*" >&2
	exit 125
}

[ "$$" = 1 ] && [ "${KA_WORLD:-}" = 1 ] || fail "inside.sh is started by enter.sh only"

# Everything of the host becomes read-only for us: a stray write in a test is an error, not an accident.
# A mount that cannot be changed (a foreign file system without rights) stays as it is.
seal_host() {
	local target kind
	while read -r target kind; do
		case $kind in
		proc | devpts | devtmpfs | mqueue) continue ;;
		esac
		mount -n -o remount,bind,ro -- "$(printf '%b' "$target")" 2>/dev/null
	done < <(findmnt -rn -o TARGET,FSTYPE)
	! touch /.keyaudit-world 2>/dev/null || fail "the host's root file system cannot be made read-only"
}

# A new file system over a directory. 0755 unless told: below a writable directory sshd runs no command.
fresh() {
	mount -n -t tmpfs -o "mode=${2:-0755},nosuid" "world${1//\//-}" "$1" || fail "no tmpfs over $1"
}

# The host's directory stays visible, changes go to a tmpfs.
over() {
	local name=/mnt/over${1//\//-}
	mkdir -p "$name/upper" "$name/work" &&
		mount -n -t overlay -o "lowerdir=$1,upperdir=$name/upper,workdir=$name/work" "world${1//\//-}" "$1" ||
		fail "no overlay over $1 (this needs a kernel with overlayfs, and rights to mount)"
}

# The device nodes that sshd, ssh and shells need; /dev/log comes with the syslog catcher.
private_dev() {
	local node
	mkdir /mnt/dev && mount -n -t tmpfs -o mode=0755 world-dev /mnt/dev || fail "no private /dev"
	for node in null zero full random urandom tty; do
		: >"/mnt/dev/$node" && mount -n --bind "/dev/$node" "/mnt/dev/$node" || fail "no /dev/$node"
	done
	mkdir -p /mnt/dev/pts /mnt/dev/shm
	chmod 1777 /mnt/dev/shm
	mount -n -t devpts -o newinstance,ptmxmode=0666,mode=0620,gid=5 world-pts /mnt/dev/pts || fail "no devpts"
	ln -s pts/ptmx /mnt/dev/ptmx
	ln -s /proc/self/fd /mnt/dev/fd
	ln -s fd/0 /mnt/dev/stdin
	ln -s fd/1 /mnt/dev/stdout
	ln -s fd/2 /mnt/dev/stderr
	mount -n --move /mnt/dev /dev || fail "no private /dev"
}

# The whole of /etc, never single files: useradd and chage write their temporary files beside them.
private_etc() {
	mkdir /mnt/etc && cp -a /etc/. /mnt/etc/ && chmod --reference=/etc /mnt/etc || fail "cannot copy /etc"
	mount -n --bind /mnt/etc /etc || fail "no private /etc"
	rm -f /etc/nologin
	echo world >/etc/hostname
	printf '127.0.0.1\tlocalhost world\n::1\tlocalhost\n' >/etc/hosts
}

# What `make install` does to a real system; before that target exists, the files it would install.
install_project() {
	local makevars=() pamdir
	[ "$KA_WORLD_INSTALL" = yes ] || return 0
	read -r -a makevars <<<"${KA_WORLD_MAKEVARS:-}"
	if grep -qs '^install[ :]' /mnt/src/Makefile /mnt/src/mk/*.mk; then
		make -s -C /mnt/src --no-print-directory install PREFIX=/usr DESTDIR= DEPS=no NOBUILD=yes "${makevars[@]}" \
			>/run/install.log 2>&1 || {
			cat /run/install.log >&2
			fail "make install failed (is everything built?)"
		}
		return 0
	fi
	pamdir=$(dirname "$(find /usr/lib -path '*/security/pam_unix.so' -print -quit)")
	put 0755 build/bin/authkeys-cmd /usr/libexec/keyaudit/authkeys-cmd
	put 0755 build/bin/keyaudit /usr/bin/keyaudit
	put 0644 build/lib/pam_keyaudit.so "$pamdir/pam_keyaudit.so"
}

# One file of the fallback; what is not built yet is left out.
put() {
	[ ! -e "/mnt/src/$2" ] || install -D -o root -g root -m "$1" "/mnt/src/$2" "$3" || fail "cannot install $3"
}

umask 022
seal_host
# The tree is our working directory, so it can be bound even when one of these mounts hides its path.
mount -n -t tmpfs -o mode=0755 world /mnt || fail "no tmpfs over /mnt"
mkdir /mnt/src && mount -n --no-canonicalize --bind . /mnt/src &&
	mount -n --no-canonicalize -o remount,bind,ro /mnt/src || fail "cannot bind the source tree"
private_dev
private_etc
over /usr
over /var
for dir in /home /root /run /var/log /var/cache; do
	fresh "$dir"
done
mkdir -p /var/lib/keyaudit && fresh /var/lib/keyaudit
fresh /tmp 1777
[ ! -d /var/tmp ] || fresh /var/tmp 1777
cd /mnt/src || fail "no source tree"
mkdir -p /run/sshd /run/lock /run/world
hostname world 2>/dev/null
ip link set lo up || fail "no loopback device"
if [ "$KA_WORLD_INIT" = systemd ]; then
	# shellcheck source=tests/world/init.sh
	. tests/world/init.sh
	init_prepare
fi
install_project
[ "$KA_WORLD_INIT" != systemd ] || init_run "$@"
# A child, not exec: process 1 collects orphans, and ignores signals that the tests are about.
"$@"
exit $?
