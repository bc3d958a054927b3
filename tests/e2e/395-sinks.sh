#!/bin/bash
# SPDX-License-Identifier: ISC
# The sinks beside the trail: a real journald gets the fields and explains them, a program of exec gets its lines, and one that
# fails, hangs or floods stops neither a login nor another sink, and is told once, over restarts too.
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"
# shellcheck source=tests/world/journal.sh
. "$WORLD_LIB/journal.sh"
# shellcheck disable=SC2317 # called by world_wait

world_setup
world_key alice ed25519
world_key stranger ed25519
world_serve alice alice
got=/var/log/keyaudit/got program=/usr/local/libexec/ship

# sinks LINE...: the configuration, and a collector that has read it
sinks() {
	world_conf '[lookup]' 'sources = local' '' '[source local]' 'type = file' 'path = /etc/keyaudit/keys.d/%u' '[audit]' "$@"
	world_collect_start
}
# ship LINE...: the program of exec
ship() {
	mkdir -p "${program%/*}"
	rm -f "$program"
	printf '%s\n' '#!/bin/sh' "$@" >"$program.new"
	chmod 0755 "$program.new"
	mv "$program.new" "$program"
}
count() { grep -c "$1" "$WORLD_TRAIL"; }
has() { [ "$(count "$1")" -ge "$2" ]; }
refusals=0
# refuse: a login that fails, and its event
refuse() {
	world_ssh alice stranger -- true 2>/dev/null
	refusals=$((refusals + 1))
	world_wait 8 has '"action":"ssh-key-refused"' "$refusals"
}
journal_has() { [ "$(journalctl -q --no-pager -o cat SYSLOG_IDENTIFIER=keyaudit "$@" | grep -c .)" -ge 1 ]; }
# it failed just now, and rests: not any more
rested() { touch -d '5 minutes ago' /run/keyaudit/sink-exec.keyaudit-collect; }

# ---- the journal: fields, class, explanation
world_journal_start
world_sshd_start
sinks 'sinks = trail journal exec' "exec = $program" 'format = cef' 'exec_deadline = 1s'
ship "cat >>$got"
ok "a refused login has its event" refuse
ok "and the journal has it" world_wait 5 journal_has KEYAUDIT_REASON=key.not-listed
line=$(journalctl -q --no-pager -o json SYSLOG_IDENTIFIER=keyaudit KEYAUDIT_ACTION=ssh-key-refused | tail -n 1)
event=$(grep '"action":"ssh-key-refused"' "$WORLD_TRAIL" | tail -n 1)
is "user" "$(jq -r .KEYAUDIT_USER <<<"$line")" alice
is "address" "$(jq -r .KEYAUDIT_RHOST <<<"$line")" 127.0.0.1
is "port" "$(jq -r .KEYAUDIT_RPORT <<<"$line")" "$(jq -r .source.port <<<"$event")"
is "key" "$(jq -r .KEYAUDIT_KEY_FP <<<"$line")" "$(world_fingerprint stranger)"
is "id" "$(jq -r .KEYAUDIT_EVENT_ID <<<"$line")" "$(jq -r .event.id <<<"$event")"
is "number in the chain" "$(jq -r .KEYAUDIT_SEQ <<<"$line")" "$(jq -r .keyaudit.seq <<<"$event")"
is "class" "$(jq -r .MESSAGE_ID <<<"$line")" a28eb8a64d4b4f03a6a6e0048215b658
is "facility" "$(jq -r .SYSLOG_FACILITY <<<"$line")" 10
# whoever has ended before journald looks has no _COMM; the uid comes with the message
is "whom journald itself names" "$(jq -r '._UID + " " + (._COMM // "keyaudit")' <<<"$line")" "0 keyaudit"
read -ra match <<<"$(sed -n 's/^journalmatch = //p' "$KA_SRC/conf/fail2ban/filter.d/keyaudit.conf")"
like "what the fail2ban filter asks the journal for" "$(journalctl -q --no-pager -o cat "${match[@]}")" '^ssh key refused: reason=key\.not-listed '
like "message" "$(jq -r .MESSAGE <<<"$line")" '^ssh key refused: reason=key\.not-listed user="alice" rhost=127\.0\.0\.1 port='
ok "the catalog is taken" journalctl --update-catalog
explained=$(journalctl -q --no-pager -x SYSLOG_IDENTIFIER=keyaudit KEYAUDIT_ACTION=ssh-key-refused)
like "journalctl -x explains it" "$explained" 'An SSH key was refused for alice'
like "and says what to do" "$explained" 'keyaudit explain key\.not-listed'
ok "the program has its line" world_wait 5 grep -q '^CEF:0|keyaudit|keyaudit|[^|]*|key\.not-listed|ssh key refused|2|rt=.* duser=alice .*src=127\.0\.0\.1 ' "$got"
is "once" "$(grep -c 'act=ssh-key-refused' "$got")" "$refusals"
like "with its number" "$(cat "$got")" " cn1=$(jq -r .keyaudit.seq <<<"$event") "

like "export takes the form of the configuration" "$(keyaudit log export --reason key.not-listed)" '^CEF:0|keyaudit|'
like "unless it is told another" "$(keyaudit log export --format=kv --reason key.not-listed)" '^ssh key refused: reason=key\.not-listed '

# ---- no text of a stranger's makes a field or a line of its own there (formmake.c has them)
"$KA_SRC/build/tests/tools/formmake" "$WORLD_RUN/hostile" >"$WORLD_RUN/hostile.list"
cursor=$(journalctl -q --no-pager -n 1 --show-cursor | sed -n 's/^-- cursor: //p')
is "a real journald takes hostile events" "$("$KA_SRC/build/tests/tools/journalsend" "$WORLD_RUN/hostile")" "$(wc -l <"$WORLD_RUN/hostile")"
ok "it flushes" journalctl --sync
ok "and has them as they are" sh -c "journalctl -q --no-pager -o json -a --after-cursor='$cursor' |
	python3 '$KA_SRC/tests/diff/journal.py' '$WORLD_RUN/hostile' '$WORLD_RUN/hostile.list' '$KA_SRC/conf/keyaudit.catalog'"

# ---- the journal is gone, and comes back: told once
world_journal_stop
rm -f /run/systemd/journal/socket
refuse
refuse
ok "a journal that is gone is told" world_wait 5 has '"message":"sink failing: journal: ' 1
_got_all() { [ "$(grep -c 'act=ssh-key-refused' "$got")" -ge "$refusals" ]; } # the trail is written before the program is told
world_wait 5 _got_all
is "the program goes on" "$(grep -c 'act=ssh-key-refused' "$got")" "$refusals"
world_collect_stop
world_collect_start
refuse
is "once, over a restart" "$(count '"action":"sink-failing"')" 1
ok "a login goes on" world_ssh alice alice -- true
world_journal_start
refuse
ok "that it works again is told" world_wait 5 has '"message":"sink works again: journal' 1
refuse
is "once" "$(count '"action":"sink-works","outcome":"success".*"provider":"keyaudit-collect"')" 1

# ---- the program fails, hangs, floods
ship 'cat >/dev/null' 'exit 3'
refuse
ok "a program that fails is told" world_wait 5 has '"message":"sink failing: exec: it ended with status 3' 1
refuse
is "once" "$(count 'sink failing: exec: .*"provider":"keyaudit-collect"')" 1
ship "cat >>$got"
rested
refuse
ok "that it works again" world_wait 5 has 'sink works again: exec.*"provider":"keyaudit-collect"' 1
ship "echo \$\$ >/run/ship.pid" 'sleep 600 & sleep 600'
begin=$SECONDS
refuse
ok "a program that hangs is killed" world_wait 8 has '"message":"sink failing: exec: it took too long and was killed' 1
ok "in time" test $((SECONDS - begin)) -lt 15
ok "with what it started" world_wait 5 sh -c '! pgrep -f "^sleep 600"'
ok "a login meanwhile" world_ssh alice alice -- true
ship 'exec yes'
rested
refuse
ship "cat >>$got"
rested
refuse
ok "after a flood it works again" world_wait 8 has 'sink works again: exec.*"provider":"keyaudit-collect"' 2
ok "and a path that others can write to is not run" sh -c "chmod 0777 $program"
refuse
ok "which is told" world_wait 5 has '"message":"sink failing: exec: not root alone can change /usr/local/libexec/ship' 1
is "every refusal has one event" "$(count '"action":"ssh-key-refused"')" "$refusals"
world_collect_stop
world_sshd_stop
world_journal_stop
world_finish
