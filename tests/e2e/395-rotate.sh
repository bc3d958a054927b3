#!/bin/bash
# SPDX-License-Identifier: ISC
# The trail over rotations: by keyaudit log rotate and by somebody else's rename the chain goes on, the collector, keyaudit
# log -f and the doctor go on with it, and no event is written twice or lost.
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"

world_setup
world_key alice ed25519
world_key stranger ed25519
world_serve alice alice
world_sshd_start

# files: the trail's, the one with the lowest numbers first
files() {
	local file
	for file in "$WORLD_TRAIL"*; do
		echo "$(zcat -f "$file" | sed -n '1s/.*,"seq":\([0-9]*\),"prev".*/\1/p') $file"
	done | sort -n | cut -d' ' -f2
}
# numbers: of all lines, in the order of the files
numbers() {
	files | xargs zcat -f | sed -n 's/.*,"seq":\([0-9]*\),"prev":"[0-9a-f]\{64\}","hash":"[0-9a-f]\{64\}"}}$/\1/p'
}
events_of() { # REGEX: in all files
	files | xargs zcat -f | grep -cE "$1"
}
unbroken() {
	is "$1: one number after the other, in each line" "$(numbers | tr '\n' ' ')" "$(seq 1 "$(files | xargs zcat -f | wc -l)" | tr '\n' ' ')"
	is "$1: each line has the hash of the one before" \
		"$(files | xargs zcat -f | sed 's/.*"hash":"\([0-9a-f]*\)"}}$/\1/' | sed '$d')" \
		"$(files | xargs zcat -f | sed 's/.*"prev":"\([0-9a-f]*\)","hash".*/\1/' | sed 1d)"
}

is "nothing to rotate yet" "$(keyaudit log rotate)" 'nothing to rotate: no event in it'
ok "the collector starts" world_collect_start
ok "alice logs in" world_ssh alice alice
ok "it is there" world_trail_wait 10 1
keyaudit log -f --json >"$WORLD_RUN/followed" 2>/dev/null &
follower=$!
has_followed() { [ "$(world_events "$WORLD_RUN/followed")" -ge "$1" ]; }
ok "a reader follows" world_wait 5 has_followed 1

is "not due" "$(keyaudit log rotate --if-older 1h --if-larger 1M)" 'not yet: neither large nor old enough'
like "rotated" "$(keyaudit log rotate)" '^rotated: what was written up to now stands in audit\.jsonl-[0-9]{8}T[0-9]{6}Z, up to number 3$'
is "its mode is the old one's" "$(stat -c %a "$WORLD_TRAIL")" 640
like "the old one ends with the record" "$(tail -n 1 "$(files | head -n 1)")" '"action":"trail-rotate"'
like "the new one begins behind it" "$(head -n 1 "$WORLD_TRAIL")" '"begin":"rotated","previous":\{"file":"audit.jsonl-[0-9TZ]*","seq":3,'

not_ok "a stranger" world_ssh alice stranger
ok "the collector goes on" world_trail_wait 10 1
ok "so does the reader" world_wait 5 has_followed 2
is "nothing is said of a fault" "$(grep -c 'cannot be written' /var/log/collect.log)" 0
unbroken "rotated"

# somebody else renames it, and an event that was marked before is repeated behind it
mv "$WORLD_TRAIL" /var/log/keyaudit/audit.jsonl-2999
not_ok "another stranger" world_ssh alice stranger
ok "there is a new file" world_trail_wait 10 1
like "which says so" "$(head -n 1 "$WORLD_TRAIL")" '"begin":"renamed","previous":\{"file":"audit.jsonl-2999"'
unbroken "renamed"
ok "and once more, with nothing in it" world_ssh alice alice
keyaudit log rotate >/dev/null
like "the doctor knows the last refusal all the same" "$(keyaudit doctor alice)" '  20[0-9T:-]*Z  from 127\.0\.0\.1  1 key  key\.not-listed  ref [a-z2-7]{8}'

# rotations, compression and kills while people log in, and somebody reads all of it all the time
read_on() {
	while [ ! -e "$WORLD_RUN/enough" ]; do
		keyaudit log --json | sed 's/.*,"seq":\([0-9]*\),"prev".*/\1/' |
			awk '$1 != NR { print "number " $1 " in place " NR; exit }'
		echo read >&2
	done
}
read_on >"$WORLD_RUN/wrong" 2>"$WORLD_RUN/readings" &
reader=$!
for i in 1 2 3 4 5 6; do
	world_ssh alice alice &
	world_ssh alice stranger 2>/dev/null &
	keyaudit log rotate >/dev/null &
	sleep 0.0$i
	world_collect_stop KILL
	world_collect_start >/dev/null
	keyaudit log rotate >/dev/null
	old=$(files | grep -v '\.gz$' | head -n 1)
	[ "$old" = "$WORLD_TRAIL" ] || { mv "$old" "$old.$i" && gzip "$old.$i"; } # the name may come again in the same second
done
wait_for_all() { [ "$(events_of '"action":"ssh-(login-accepted|key-refused)"')" -ge 16 ]; }
ok "all of them come" world_wait 30 wait_for_all
world_collect_stop
touch "$WORLD_RUN/enough"
wait "$reader"
is "a reader has lost and doubled nothing meanwhile" "$(cat "$WORLD_RUN/wrong")" ''
is "and nothing was said to it" "$(sort -u "$WORLD_RUN/readings")" read
gunzip "$WORLD_TRAIL"-*.gz
is "each once" "$(files | xargs zcat -f | grep -oE '"connection":"[0-9.]+"' | sort | uniq -d)" ''
is "and no more" "$(events_of '"action":"ssh-(login-accepted|key-refused)"')" 16
unbroken "in between"
has_all() { cmp -s "$WORLD_RUN/followed" <(files | xargs zcat -f); }
ok "the one that follows has seen all of it, each line once" world_wait 5 has_all
kill "$follower"
wait "$follower" 2>/dev/null

# yesterday's events: the oldest file compressed, as logrotate would, and all the others
first=$(files | head -n 1)
first_line=$(grep -m 1 '"ssh-login-accepted"' "$first")
first_ref=$(grep -o '"ref":"[a-z2-7]*"' <<<"$first_line" | cut -d'"' -f4)
files | xargs zcat -f >"$WORLD_RUN/all"
all=$(wc -l <"$WORLD_RUN/all")
keyaudit verify >"$WORLD_RUN/verified" 2>&1
is "verify, all of it plain: no anchor was given" $? 3
gzip "$first"
is "what is read is what was written, each event once" "$(keyaudit log --json)" "$(cat "$WORLD_RUN/all")"
is "and nothing is said of it" "$(keyaudit log --json 2>&1 >/dev/null)" ''
is "so is an export" "$(keyaudit log export --format=ecs | sort | md5sum)" "$(sort "$WORLD_RUN/all" | md5sum)"
is "stats count all of them" "$(keyaudit log stats --json | sed 's/.*"events":\([0-9]*\),.*/\1/')" "$all"
like "the table has a row for the first one" "$(keyaudit log)" "alice .*accepted .*$first_ref"
is "an old event is shown" "$(keyaudit log show --json "$first_ref")" "$first_line"
like "and explained" "$(keyaudit explain "$first_ref")" "^ssh-login-accepted"
like "and counted in the report" "$(keyaudit report --html -)" "<dt>Logins</dt><dd>$(grep -c '"ssh-login-accepted"' "$WORLD_RUN/all")</dd>"
is "the last three are of the newest files" "$(keyaudit log --json -n 3)" "$(tail -n 3 "$WORLD_RUN/all")"
is "one file by its name is that file alone" "$(keyaudit log --json --trail "$first.gz" | wc -l)" "$(zcat "$first.gz" | wc -l)"
is "verify finds the same, compressed or not" "$(keyaudit verify 2>&1)" "$(cat "$WORLD_RUN/verified")"
keyaudit log rotate >/dev/null
gzip "$WORLD_TRAIL"-*[!z]
like "the doctor knows the last refusal when all but the new file is compressed" "$(keyaudit doctor alice)" '  20[0-9T:-]*Z  from 127\.0\.0\.1  1 key  key\.not-listed  ref [a-z2-7]{8}'
truncate -s -20 "$first.gz"
like "a damaged file is broken" "$(keyaudit verify 2>&1)" '^broken.*compressed file is damaged'
keyaudit log --json >/dev/null 2>"$WORLD_RUN/err"
is "and was not read to its end" $? 3
like "which is said" "$(cat "$WORLD_RUN/err")" "was not read to its end: it is compressed, and damaged"
truncate -s 20 "$first.gz"
keyaudit verify >"$WORLD_RUN/verified" 2>&1
is "one of which nothing can be read: nobody can tell" $? 3
like "which is said" "$(cat "$WORLD_RUN/verified")" "$first.gz was not looked into: it is compressed, and damaged"
like "and what is missing" "$(cat "$WORLD_RUN/verified")" "records 1 to [0-9]+ are not here"
keyaudit log show "$first_ref" >"$WORLD_RUN/shown" 2>&1
is "an event that stood there: nobody can tell either" $? 3
like "which is said" "$(cat "$WORLD_RUN/shown")" "what was read of this trail has no such event"
is "who asks for the last ones does not need it" "$(keyaudit log --json -n 3 2>&1)" "$(files | grep -v "^$first" | xargs zcat -f | tail -n 3)"

# nobody but root
chmod 0777 /var/log/keyaudit
keyaudit log rotate 2>"$WORLD_RUN/err"
is "a folder that others may write: refused" $? 77
like "and said" "$(cat "$WORLD_RUN/err")" 'not root.s own, or others may write there'
chmod 0750 /var/log/keyaudit
world_finish
