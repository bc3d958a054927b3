# shellcheck shell=bash
# SPDX-License-Identifier: ISC
# journal.sh: a journal of the world's own: systemd-journald(8), started by hand, behind /dev/log in place of the syslog
# catcher. Its files lie in the world's /run. For scripts of a world that source lib.sh first.

_world_journal_pid=''

# world_journal_start: from here on what is logged goes to the journal, and not to WORLD_AUTHLOG.
world_journal_start() {
	[ -s /etc/machine-id ] || systemd-id128 new >/etc/machine-id # without one the journal has no place
	world_syslog_stop
	mkdir -p /run/systemd/journal /run/log/journal
	rm -f /run/systemd/journal/dev-log # of one that was killed: nobody is behind it
	/lib/systemd/systemd-journald </dev/null >/dev/null 2>&1 &
	_world_journal_pid=$!
	world_wait 10 test -S /run/systemd/journal/dev-log || world_die "systemd-journald does not start"
	ln -sfn /run/systemd/journal/dev-log /dev/log
}

# world_journal_stop: and nobody listens any more.
world_journal_stop() {
	_world_stop "$_world_journal_pid"
	_world_journal_pid=''
}

# world_journal MATCH...: print the messages of this boot that match.
world_journal() {
	journalctl -b -q --no-pager -o cat "$@"
}
