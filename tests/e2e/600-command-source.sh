#!/bin/bash
# SPDX-License-Identifier: ISC
# Another AuthorizedKeysCommand as a source, behind key files, with the real sshd: what it prints is served when it is
# good, and every way in which it can fail has its outcome, its reason and its attribution in record, event and tools.
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"

dir=/usr/libexec/keyaudit-e2e
program=$dir/keys
record='' event='' events=0

world_setup
for key in alice bob carol stranger extra; do world_key "$key" ed25519; done
world_key alice-rsa rsa1024
install -d -m 0755 "$dir"

line() { world_pub "$1" | cut -d' ' -f1,2; }

# LINE...: the program is this shell script from now on
program() {
	printf '%s\n' '#!/bin/sh' "$@" >"$program.new"
	chmod 0755 "$program.new"
	mv "$program.new" "$program"
}

# [LINE...]: the chain of both sources, and these lines behind
chain() {
	world_conf '[lookup]' 'sources = local corp' '[source local]' 'type = file' 'path = /etc/keyaudit/keys.d/%u' \
		'[source corp]' 'type = command' "command = $program %u --id=%U:%h %t %k %f" 'deadline = 1s' "$@"
}

# USER KEY: one login; sets status, record (the connection's records) and event
login() {
	rm -f /run/keyaudit/spool/*
	status=0
	world_ssh "$1" "$2" || status=$?
	events=$((events + 1))
	world_trail_wait 8 "$events" || note "no event came"
	event=$(world_last_event)
}

# the records of one run by hand, as sshd makes it
lookup() {
	rm -f /run/keyaudit/spool/*
	out=$("$KA_SRC/build/tests/tools/assshd" "$WORLD_COMMAND" -u "$1" -U "$(id -u "$1")" -H "/home/$1" -t ssh-ed25519 \
		-f "$(world_fingerprint "$2")" -k "$(line "$2" | cut -d' ' -f2)" 2>"$WORLD_RUN/err")
	is "$1 $2: status 0" $? 0
	is "$1 $2: nothing on stderr" "$(cat "$WORLD_RUN/err")" ''
	record=$(cat /run/keyaudit/spool/*)
}

# NAME SRC-REGEX VERDICT REASONS: the last lookup printed nothing, and recorded this
refused() {
	is "$1: nothing is printed" "$out" ''
	like "$1: record" "$record" " src=$2 verdict=$3 reasons=$4 "
}

chain
program "echo '$(line bob)'"
world_serve alice alice
ok "the configuration is right" keyaudit config check
like "and config check has looked at the program" "$(keyaudit config check)" "^ok +source corp: $program can be run$"
like "as JSON" "$(keyaudit config check --json)" '"sources":\[\{"source":"corp","reason":"-","text":"/usr/libexec/keyaudit-e2e/keys can be run"\}\]'
world_sshd_start 'AuthorizedKeysFile none'
ok "the collector starts" world_collect_start

# ---- who served it ----
login alice alice
is "a key of the file logs in" "$status" 0
like "served by the file, said by both" "$event" '"action":"ssh-login-accepted".*"sources":\["local found - served=1","corp found -"\]'
login alice bob
is "a key of the program logs in" "$status" 0
like "served by the program" "$event" '"action":"ssh-login-accepted".*"sources":\["local found -","corp found - served=1"\]'
login alice stranger
is "a key of neither does not" "$status" 255
like "both were asked" "$event" '"code":"key.not-listed".*"sources":\["local found -","corp found -"\]'
login bob bob
is "a user without a file: the program's key" "$status" 0
like "the file has nothing" "$event" '"sources":\["local no-keys store.no-keys","corp found - served=1"\]'
table=$(keyaudit log --color=never)
like "the log has a column for it" "$table" ' EVENT +SOURCE +REASON '
like "with the source that served" "$table" ' accepted +corp +- '
is "and finds the events of one source" "$(keyaudit log --json --source corp | wc -l)" "$events"
is "or of none" "$(keyaudit log --json --source sss 2>/dev/null | wc -l)" 0

# ---- what it is told, and what it does not get ----
program "{ for a; do echo \"[\$a]\"; done; env | sort; id -un; pwd; ls -l /proc/self/fd | sed 's/.*-> //'; cat; } >/tmp/told 2>&1" \
	'chmod 0644 /tmp/told' "echo '$(line alice)'"
rm -f /tmp/told
login alice alice
is "told about the key" "$(head -n 5 /tmp/told)" "$(printf '[%s]\n' alice "--id=$(id -u alice):/home/alice" ssh-ed25519 \
	"$(line alice | cut -d' ' -f2)" "$(world_fingerprint alice)")"
is "its environment, user and directory" "$(sed -n '6,13p' /tmp/told | grep -v '^PWD=\|^_=\|^OLDPWD=\|^SHLVL=')" \
	"$(printf '%s\n' HOME=/ LC_ALL=C LOGNAME=_keyaudit PATH=/usr/sbin:/usr/bin:/sbin:/bin USER=_keyaudit _keyaudit /)"
unlike "no pipe, socket or spool of sshd's" "$(cat /tmp/told)" 'socket:|spool|keyaudit\.conf'

# ---- each way to fail, beside a file that has nothing for bob; what is run by hand is none of the collector's business ----
world_collect_stop
program 'exit 0'
lookup bob bob
refused "no keys" 'local:no-keys:store.no-keys,corp:no-keys:store.no-keys' none -
program "echo '$(line bob)'; exit 3"
lookup bob bob
refused "another status" 'local:no-keys:store.no-keys,corp:refused:store.bad-answer:status=3' refused store.bad-answer
program "echo '$(line bob)'; kill -KILL \$\$"
lookup bob bob
refused "killed" '.*,corp:refused:store.bad-answer:status=137' refused store.bad-answer
program "echo '<html><head><title>502 Bad Gateway</title></head></html>'"
lookup bob bob
refused "garbage" '.*,corp:refused:store.bad-answer' refused store.bad-answer
program "echo '$(line bob)'; head -c 5000000 /dev/zero | tr '\\0' 'A'"
lookup bob bob
refused "5 MB" '.*,corp:refused:store.too-large' refused store.too-large
program "echo '$(line bob)'; sleep 60"
begin=$SECONDS
lookup bob bob
refused "hangs" '.*,corp:unavailable:store.timeout' refused store.timeout
ok "and is not waited for" test $((SECONDS - begin)) -lt 20
is "and nobody is left" "$(pgrep -f "sleep 60" | wc -l)" 0
program "echo '$(line bob)'; setsid sleep 61 >/dev/null 2>&1 & echo \$! >/tmp/left"
lookup bob bob
is "a program that leaves somebody behind elsewhere: its keys" "$out" "$(line bob)"
kill "$(cat /tmp/left)"
program "echo 'command=\"/bin/sh\" $(line bob)'"
lookup bob bob
refused "a forbidden option" '.*,corp:found:-' refused option.not-allowed
program "echo '$(line alice-rsa)'; echo '$(line carol)'"
out=$("$WORLD_COMMAND" -u bob -U "$(id -u bob)" -H /home/bob -t ssh-rsa -f "$(world_fingerprint alice-rsa)" -k "$(line alice-rsa | cut -d' ' -f2)")
is "a weak key is not printed" "$out" ''
lookup bob carol
is "the good one beside it is" "$out" "$(line carol)"
like "and it is said who served it" "$record" ' src=local:no-keys:store.no-keys,corp:found:-:served=1 verdict=served reasons=- '
chmod 0775 "$program"
lookup bob carol
refused "a program that a group may write" '.*,corp:refused:conf.unsafe' refused conf.unsafe
not_ok "config check says so" keyaudit config check
like "and names it" "$(keyaudit config check 2>&1)" "^FAIL source corp: conf.unsafe: $program: mode 0775, .* mend: chmod go-w $program$"
like "doctor too" "$(keyaudit doctor)" "FAIL +source corp .*$program: mode 0775"
chmod 0755 "$program"
chown alice "$dir"
lookup bob carol
refused "a program in somebody else's directory" '.*,corp:refused:conf.unsafe' refused conf.unsafe
chown root "$dir"
mv "$program" "$program.away"
ln -s "$program.away" "$program"
lookup bob carol
refused "a link" '.*,corp:refused:conf.unsafe' refused conf.unsafe
rm "$program"
lookup bob carol
refused "no program" '.*,corp:unavailable:store.unreachable' refused store.unreachable
mv "$program.away" "$program"
chmod 0644 "$program"
lookup bob carol
refused "not executable" '.*,corp:unavailable:store.unreachable' refused store.unreachable
like "config check has the cure" "$(keyaudit config check 2>&1)" "source corp: store.unreachable: .*; mend: chmod a\+x $program$"
printf '#!/nonexistent/interpreter\n' >"$program"
chmod 0755 "$program"
lookup bob carol
refused "no interpreter" '.*,corp:unavailable:store.unreachable' refused store.unreachable

rm -f /run/keyaudit/spool/*
ok "the collector starts again" world_collect_start
events=$(world_events)

# ---- the other sources go on, whatever this one does; the event names it ----
program "echo '$(line bob)'; exit 1"
login alice alice
is "the file's key logs in" "$status" 0
like "the failed source is in the event" "$event" '"sources":\["local found - served=1","corp refused store.bad-answer status=1"\]'
login alice bob
is "the failed program's key does not" "$status" 255
like "its event" "$event" '"code":"store.bad-answer".*"sources":\["local found -","corp refused store.bad-answer status=1"\]'
like "the sentence names the source" "$event" '"message":"[^"]*source corp; status=1'
like "and the log" "$(keyaudit log -n 1 --color=never)" ' refused +corp refused +store.bad-answer '

# ---- a program that hangs costs a connection one wait, whatever the number of keys ----
program 'echo x >>/tmp/runs; sleep 30'
rm -f /tmp/runs
touch /tmp/runs
chmod 0666 /tmp/runs
begin=$(cut -d. -f1 /proc/uptime)
login bob bob -i "$WORLD_RUN/keys/carol" -i "$WORLD_RUN/keys/stranger"
world_ssh bob bob -i "$WORLD_RUN/keys/carol" -i "$WORLD_RUN/keys/stranger" -i "$WORLD_RUN/keys/extra" || status=$?
is "three more keys: refused" "$status" 255
is "two connections, two runs" "$(wc -l </tmp/runs)" 2
ok "and two waits of a second" test $(($(cut -d. -f1 /proc/uptime) - begin)) -lt 20
events=$((events + 1))
world_trail_wait 8 "$events"
like "its event" "$(world_last_event)" '"code":"store.timeout".*"offers_total":4'

# ---- the tools ask it with the command's rights ----
chain_all="command = $program %u"
world_conf '[lookup]' 'sources = local corp' '[source local]' 'type = file' 'path = /etc/keyaudit/keys.d/%u' \
	'[source corp]' 'type = command' "$chain_all" 'deadline = 5s'
program 'id -un >/tmp/who; id -Gn >>/tmp/who; grep -E "^(Uid|Gid|CapEff|CapPrm)" /proc/self/status >>/tmp/who' "echo '$(line bob)'" "echo '$(line alice-rsa)'"
rm -f /tmp/who
text=$(keyaudit keys alice)
like "keyaudit keys: the file's" "$text" "served +/etc/keyaudit/keys.d/alice:1: ssh-ed25519"
like "keyaudit keys: the program's" "$text" "served +$program:1: ssh-ed25519"
like "keyaudit keys: and what it must not serve" "$text" "refused +$program:2: ssh-rsa .* key.rsa-too-short"
like "as JSON" "$(keyaudit keys --json alice)" '"source":"corp","file":"/usr/libexec/keyaudit-e2e/keys","line":1,"served":true'
is "the program ran as _keyaudit" "$(head -n 2 /tmp/who)" "$(printf '_keyaudit\n_keyaudit')"
like "and has no way back to root" "$(tr '\t' ' ' </tmp/who)" '^Uid: 61100 61100 61100 61100$'
like "nor a capability" "$(tr '\t' ' ' </tmp/who)" '^CapPrm: 0+$'
like "doctor finds the key there" "$(keyaudit doctor alice --key "$WORLD_RUN/keys/bob.pub" --json)" '"would_login":true'
like "and what is wrong with another" "$(keyaudit doctor alice --key "$WORLD_RUN/keys/alice-rsa.pub" --json)" \
	'"reason":"key.rsa-too-short".*"detail":"source corp"'
program 'exit 7'
like "doctor says that it failed" "$(keyaudit doctor bob --key "$WORLD_RUN/keys/bob.pub" --json)" \
	'"reason":"store.bad-answer".*"path":"/usr/libexec/keyaudit-e2e/keys".*"detail":"corp","note":"it ended with status 7"'
like "keys too" "$(keyaudit keys bob 2>&1)" "source corp: refused \(store.bad-answer: $program: ended with status 7"
chain
program "[ \"\$4\" = '$(line bob | cut -d' ' -f2)' ] && echo '$(line bob)'; exit 0"
like "keys cannot ask a program that wants to know the key" "$(keyaudit keys bob 2>&1)" 'source corp: not asked: '
like "doctor can" "$(keyaudit doctor bob --key "$WORLD_RUN/keys/bob.pub" --json)" '"would_login":true'
world_finish
