# shellcheck shell=bash
# SPDX-License-Identifier: ISC
# init.sh: the part of inside.sh for a world with --systemd, which sources it: what systemd finds, and how it becomes process 1.
#
# It finds the units of the project, the few stock ones that they stand on, and no other: no generator, no unit of the host.
# It starts when the command asks for it (world_systemd_boot in systemd.sh), so that a host can be prepared before it boots.

# What a unit of ours names directly or by its default dependencies, and the journal. -.slice, -.mount, init.scope and
# system.slice are built in.
_init_stock='
	basic.target exit.target final.target graphical.target local-fs-pre.target local-fs.target multi-user.target network.target
	network-online.target network-pre.target nss-lookup.target nss-user-lookup.target paths.target remote-fs.target rescue.target
	shutdown.target slices.target sockets.target swap.target sysinit.target time-set.target time-sync.target timers.target
	umount.target default.target emergency.target
	systemd-exit.service systemd-tmpfiles-setup.service
	systemd-journald.service systemd-journald.socket systemd-journald-dev-log.socket'

# init_prepare: before the project is installed.
init_prepare() {
	local dir=/usr/lib/systemd/system keep=/mnt/units unit
	mkdir $keep
	for unit in $_init_stock; do
		[ ! -e "$dir/$unit" ] || cp -P "$dir/$unit" $keep/ || fail "cannot copy $unit"
	done
	fresh $dir
	cp -P $keep/* $dir/
	ln -sfn multi-user.target $dir/default.target
	mkdir $dir/sysinit.target.wants $dir/sockets.target.wants
	ln -s ../systemd-tmpfiles-setup.service ../systemd-journald.service $dir/sysinit.target.wants/
	ln -s ../systemd-journald.socket ../systemd-journald-dev-log.socket $dir/sockets.target.wants/
	for dir in /usr/lib/systemd/system-generators /usr/lib/systemd/system-environment-generators /usr/lib/tmpfiles.d; do
		[ ! -d $dir ] || fresh $dir
	done
	rm -rf /etc/systemd/system /etc/systemd/*.conf /etc/systemd/*.conf.d /etc/systemd/system-generators /etc/tmpfiles.d /etc/fstab
	mkdir /etc/systemd/system
	: >/etc/fstab
	[ -s /etc/machine-id ] || systemd-id128 new >/etc/machine-id
}

# init_run COMMAND [ARG...]: run COMMAND beside ourselves and become systemd when it says so. Its status goes to enter.sh
# by descriptor 4, since systemd knows nothing of it.
init_run() {
	local seen=/sys/fs/cgroup boot
	mount -n -t cgroup2 world-cgroup $seen || fail "cgroup2 cannot be mounted"
	# what is shared with nobody outside is shared inside, as on a host
	mount -n --make-rshared / || fail "mounts cannot be shared"
	mkdir $seen/command
	mkfifo /run/world/boot
	(
		echo $BASHPID >$seen/command/cgroup.procs
		"$@" 4>&-
		echo $? >&4
	) &
	exec 4>&-
	read -r boot </run/world/boot
	[ "$boot" = systemd ] || fail "the command asked for $boot"
	exec env -i container=keyaudit-world PATH="$PATH" LANG=C.UTF-8 TERM=dumb \
		/lib/systemd/systemd --system </dev/null >/run/world/systemd.log 2>&1
}
