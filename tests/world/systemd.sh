# shellcheck shell=bash
# SPDX-License-Identifier: ISC
# systemd.sh: a real systemd as process 1 of the world, with units as `make install` has put them. For scripts of a world that
# source lib.sh first and have the line "# world: systemd" at their head, from which enter.sh knows it.
#
#	world_setup
#	world_bare                                # no users and directories but those that the installation makes but what `make install` puts on a host
#	systemd-sysusers keyaudit.conf
#	systemctl enable keyaudit-collect.service # works before the boot too, as in an image
#	world_systemd_boot
#	ok "it runs" systemctl is-active keyaudit-collect.service
#
# Beside the project's units there are the stock targets, systemd-tmpfiles-setup.service with the project's tmpfiles.d and
# systemd-journald (tests/world/init.sh has the list): /dev/log leads to the journal from the boot on. What the script starts
# by hand (nginx, sshd) is no unit and stands in a cgroup of its own. It all ends with the script.

# world_systemd_boot: process 1 becomes systemd and brings the host up to default.target; returns when nothing is left to start.
world_systemd_boot() {
	[ "${KA_WORLD_INIT:-}" = systemd ] || world_die "this world has no systemd (a line '# world: systemd' is missing)"
	world_syslog_stop
	rm -f /dev/log
	echo systemd >/run/world/boot
	world_wait 20 _world_systemd_is_up || {
		cat /run/world/systemd.log
		world_die "systemd does not come up: $(systemctl is-system-running 2>&1)"
	}
}

_world_systemd_is_up() {
	case $(systemctl is-system-running 2>/dev/null) in running | degraded) ;; *) return 1 ;; esac
}

# world_systemd_show UNIT PROPERTY...: print their values, divided by blanks.
world_systemd_show() {
	local unit=$1 name
	shift
	for name; do systemctl show --value -p "$name" "$unit"; done | paste -sd ' '
}

# world_systemd_journal [MATCH...]: what the journal has, one message a line.
world_systemd_journal() {
	journalctl --sync 2>/dev/null
	journalctl -b -q --no-pager -o cat "$@"
}

# world_systemd_runs UNIT: how often process 1 has begun to start it.
world_systemd_runs() {
	world_systemd_journal _PID=1 "UNIT=$1" | grep -c '^Starting '
}

# world_systemd_exposure UNIT: the figure of systemd-analyze security, 0.0 to 10.0.
world_systemd_exposure() {
	systemd-analyze security "$1" 2>/dev/null | sed -n 's/.*exposure level for .*: \([0-9.]*\) .*/\1/p'
}
