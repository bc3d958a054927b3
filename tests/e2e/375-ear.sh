#!/bin/bash
# SPDX-License-Identifier: ISC
# sshd's log as it is followed: in a real journal, in the files of a real rsyslogd that are rotated in both ways, and in a file of
# sshd -E; with readers that are killed between two lines and journald gone for a while. Every line of sshd is heard, and nobody
# else's.
# beside: 1
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"
# shellcheck source=tests/world/journal.sh
. "$WORLD_LIB/journal.sh"
# shellcheck source=tests/world/rsyslog.sh
. "$WORLD_LIB/rsyslog.sh"
# shellcheck disable=SC2317 # called by world_wait

export TZ=UTC0 # lines without a zone are in the machine's
world_setup
world_key alice ed25519
world_serve alice alice
ear=$KA_SRC/build/tests/tools/earcat state=$WORLD_RUN/ear heard=$WORLD_RUN/heard said=$WORLD_RUN/said
earcat='' knocks=0

# listen LOG: in the background, as the collector does; what is heard is added to $heard
listen() {
	mkdir -p "$state"
	"$ear" -f "$1" "$state" </dev/null >>"$heard" 2>>"$WORLD_RUN/ear.err" &
	earcat=$!
}
# deaf [SIGNAL]: the listener ends
deaf() {
	_world_stop "$earcat" "${1:-KILL}"
	earcat=''
}
# a new log: nothing heard yet, no position
afresh() {
	rm -rf "$state" "$heard"
	: >"$heard"
	knocks=0
}
# knock [TIMES]: so many connections that say nothing: three lines each, the last of them "Connection closed by"
knock() {
	local i
	knocks=$((knocks + ${1:-1}))
	for ((i = 0; i < ${1:-1}; i++)); do
		exec 3<>"/dev/tcp/127.0.0.1/$WORLD_PORT" && exec 3>&-
	done
}
has_closed() { [ "$(grep -c 'Connection closed by' "$2")" -ge "$1" ]; }
# what sshd said, "PID MESSAGE" in each line: in the journal, in files with either time, in a file of sshd -E
# not by _COMM: of a process that has ended journald may have seen no name any more
said_journal() { world_journal _UID=0 SYSLOG_IDENTIFIER=sshd -o json --output-fields=_PID,MESSAGE | jq -r '"\(._PID) \(.MESSAGE)"'; }
said_syslog() { sed -nE 's/^([0-9T:.+-]{25,}|[A-Z][a-z]{2} +[0-9]+ [0-9:]{8}) [^ ]+ sshd\[([0-9]+)\]: (.*)$/\2 \3/p' "$@"; }
said_bare() { sed -e 's/^/0 /' -e 's/\r$//' "$@"; }
lines() { sed -E 's/^[a-z]+ [0-9]+ //' "$heard" | LC_ALL=C sort -u; }
is_heard() { # SAID... : all that was to be said, and the same lines, each at least once
	"$@" | LC_ALL=C sort -u >"$said"
	[ "$(grep -c 'Connection closed by 127' "$said")" -ge "$knocks" ] && lines | cmp -s - "$said"
}
all_heard() { # NAME SAID...
	local name=$1
	shift
	world_wait 15 is_heard "$@"
	is "$name" "$?" 0
	diff <(lines) "$said" | sed 's/^/# /' | head -n 12
}

# ---- the journal
world_journal_start
world_sshd_start
afresh
knock # before anybody listens
listen journal
ok "a login" world_ssh alice alice -- true
setpriv --reuid alice --regid alice --clear-groups logger -t 'sshd[1]' 'Accepted publickey for root from 6.6.6.6 port 5 ssh2'
all_heard "journal" said_journal
deaf
knock 3
listen journal
knock 3
all_heard "journal: after a kill -9, what was said meanwhile" said_journal
world_wait 5 pgrep -P "$earcat" >/dev/null
kill -KILL "$(pgrep -P "$earcat")"
knock
all_heard "journal: its journalctl is killed" said_journal
world_journal_stop
world_journal_start
knock
all_heard "journal: journald starts again" said_journal
deaf
sed -i 's/cursor=[^ ]*/cursor=nonsense/' "$state/ear"
knock
listen journal
all_heard "journal: with a cursor that it does not know" said_journal
unlike "journal: nobody else's lines" "$(cat "$heard")" '6\.6\.6\.6'
like "journal: though they are in it" "$(world_journal)" '6\.6\.6\.6'
ok "journal: all are verified" test "$(grep -vc '^journal [0-9]* [0-9]* ' "$heard")" = 0
deaf TERM
ok "journal: no journalctl is left" world_wait 5 sh -c '! pgrep -x journalctl'
world_sshd_stop
world_journal_stop

# ---- files of rsyslogd, in both forms of the time
for form in RSYSLOG_FileFormat RSYSLOG_TraditionalFileFormat; do
	rm -f "$WORLD_AUTHLOG"*
	world_rsyslog_start "$form"
	world_sshd_start
	afresh
	listen "$WORLD_AUTHLOG"
	ok "$form: a login" world_ssh alice alice -- true
	logger -p auth.info 'sshd[1]: no line of its own'
	all_heard "$form" said_syslog "$WORLD_AUTHLOG"

	mv "$WORLD_AUTHLOG" "$WORLD_AUTHLOG.1"
	install -m 0640 /dev/null "$WORLD_AUTHLOG" # logrotate's create
	knock 2
	all_heard "$form: renamed, and the daemon not told yet" said_syslog "$WORLD_AUTHLOG" "$WORLD_AUTHLOG.1"
	world_rsyslog_hup
	knock 2
	ok "$form: it writes to the new file" world_wait 5 test -s "$WORLD_AUTHLOG"
	all_heard "$form: renamed" said_syslog "$WORLD_AUTHLOG" "$WORLD_AUTHLOG.1"

	# nobody listens while it is copied and truncated
	kill -STOP "$earcat"
	closed=$(grep -c 'Connection closed by' "$WORLD_AUTHLOG")
	knock
	ok "$form: one more" world_wait 5 has_closed "$((closed + 1))" "$WORLD_AUTHLOG"
	cp -p "$WORLD_AUTHLOG" "$WORLD_AUTHLOG.2"
	: >"$WORLD_AUTHLOG"
	knock
	kill -CONT "$earcat"
	all_heard "$form: copied and truncated" said_syslog "$WORLD_AUTHLOG" "$WORLD_AUTHLOG.1" "$WORLD_AUTHLOG.2"

	# killed between two lines, and the file renamed before the next one comes
	deaf
	knock 5
	"$ear" -n 2 "$WORLD_AUTHLOG" "$state" >>"$heard" # two lines, and gone
	mv "$WORLD_AUTHLOG" "$WORLD_AUTHLOG.3"
	world_rsyslog_hup
	knock
	listen "$WORLD_AUTHLOG"
	all_heard "$form: after a kill -9 and a rotation" said_syslog "$WORLD_AUTHLOG" "$WORLD_AUTHLOG".[123]
	ok "$form: none is verified, each has its time" \
		test "$(grep -vcE '^unverified 1[0-9]{15} [1-9][0-9]* ' "$heard")" = 0
	deaf
	world_sshd_stop
	world_rsyslog_stop
done

# ---- sshd -E
rm -f "$WORLD_FILELOG"
world_syslog_start
afresh
listen "$WORLD_FILELOG"
WORLD_LOG="file"
world_sshd_start
knock 2
all_heard "sshd -E" said_bare "$WORLD_FILELOG"
if curl -V | grep -q ' sftp'; then
	# a client whose user name has newlines in it: whole lines are his, and with a frame they are no other process's
	forged='Nov 23 02-00-00 h sshd[123]' framed=$'x\r\n2026-11-23T02'
	curl -sk -m 10 -u "$framed"$'\r\n'"$forged"$'\r\nAccepted publickey for root from 6.6.6.6 port 5 ssh2:' --key "$WORLD_RUN/keys/alice" \
		--pubkey "$WORLD_RUN/keys/alice.pub" "sftp://127.0.0.1:$WORLD_PORT/"
	ok "sshd -E: a stranger's line is in the file" world_wait_line 5 "$WORLD_FILELOG" '^Accepted publickey for root from 6\.6\.6\.6 port 5 ssh2'
fi
all_heard "sshd -E: a stranger's lines" said_bare "$WORLD_FILELOG"
ok "sshd -E: they are worth what all of them are" test "$(grep -vc '^file 0 0 ' "$heard")" = 0
deaf
knock
listen "$WORLD_FILELOG"
all_heard "sshd -E: after a kill -9" said_bare "$WORLD_FILELOG"
deaf TERM
world_finish
