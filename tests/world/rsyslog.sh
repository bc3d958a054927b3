# shellcheck shell=bash
# SPDX-License-Identifier: ISC
# rsyslog.sh: a real rsyslogd(8) of the world's own, started by hand, behind /dev/log in place of the syslog catcher. For
# scripts of a world that source lib.sh first.

_world_rsyslog_pid=''

# world_rsyslog_start [TEMPLATE]: from here on what is logged with auth and authpriv goes to WORLD_AUTHLOG as Debian has it.
# TEMPLATE is one of rsyslogd's own: RSYSLOG_FileFormat (the default) or RSYSLOG_TraditionalFileFormat.
world_rsyslog_start() {
	command -v rsyslogd >/dev/null || world_die "no rsyslogd here: another log daemon is installed"
	world_syslog_stop
	rm -f /dev/log /run/rsyslogd.pid
	cat >/etc/rsyslog.conf <<-END
		module(load="imuxsock")
		global(workDirectory="/run")
		module(load="builtin:omfile" template="${1:-RSYSLOG_FileFormat}" fileOwner="root" fileGroup="adm" fileCreateMode="0640")
		auth,authpriv.* $WORLD_AUTHLOG
	END
	rsyslogd -n -i /run/rsyslogd.pid </dev/null >"$WORLD_RUN/rsyslog.out" 2>&1 &
	_world_rsyslog_pid=$!
	world_wait 10 test -S /dev/log || world_die "rsyslogd does not start: $(cat "$WORLD_RUN/rsyslog.out")"
}

# world_rsyslog_hup: its files were renamed: it opens them anew, as after logrotate(8).
world_rsyslog_hup() {
	kill -HUP "$_world_rsyslog_pid"
}

# world_rsyslog_stop: and nobody listens any more.
world_rsyslog_stop() {
	_world_stop "$_world_rsyslog_pid"
	_world_rsyslog_pid=''
}
