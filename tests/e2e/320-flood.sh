#!/bin/bash
# SPDX-License-Identifier: ISC
# Many refusals from one network: single events up to the limit, then sums; nothing is lost in the sum, other
# networks and logins pass, and flood_limit = 0 makes an event of each.
# beside: 0
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"

world_setup
world_key alice ed25519
world_key stranger ed25519
world_serve alice alice
conf=('[lookup]' 'sources = local' '[source local]' 'type = file' 'path = /etc/keyaudit/keys.d/%u')

# count REGEX: lines of the trail
count() {
	if [ -e "$WORLD_TRAIL" ]; then grep -cE "$1" "$WORLD_TRAIL"; else echo 0; fi
}
# from ADDRESS N: N strangers, at once
from() {
	local i pids=()
	for ((i = 0; i < $2; i++)); do
		world_ssh alice stranger -b "$1" >/dev/null 2>&1 &
		pids+=($!)
	done
	wait "${pids[@]}"
}
summed() {
	sed -n 's/.*"action":"ssh-key-refused-summary".*"count":\([0-9]*\).*/\1/p' "$WORLD_TRAIL" | awk '{ n += $1 } END { print n + 0 }'
}
single() {
	count '"action":"ssh-key-refused",'
}
whole() {
	[ $(($(single) + $(summed))) -ge "$1" ]
}

# --- above the limit, which is 10 in a second. A slow machine may need seconds for 40 logins: the collector's clock
# stands still meanwhile (its eye looks on), and all come to it at once
world_conf "${conf[@]}"
world_sshd_start 'PerSourceMaxStartups none'
ok "the collector starts" world_collect_start
kill -STOP "$_world_collect_pid"
from 127.1.2.3 24 &
first=$!
from 127.1.2.4 16 # the same /24
wait "$first"
from 127.9.9.9 2
kill -CONT "$_world_collect_pid"
ok "a login passes" world_ssh alice alice -b 127.1.2.3
ok "all are counted" world_wait 8 whole 42
note "$(single) single, $(summed) summed, $(count ssh-key-refused-summary) summaries"
is "exactly" "$(($(single) + $(summed)))" 42
ok "most in sums" test "$(summed)" -ge 8
ok "the first ones singly" test "$(single)" -ge 12
unlike "another network is not held back" "$(grep summary "$WORLD_TRAIL")" '127\.9\.9\.0'
is "the login is an event" "$(count '"action":"ssh-login-accepted".*"ip":"127\.1\.2\.3"')" 1
like "a sum names the network" "$(grep summary "$WORLD_TRAIL")" '"message":"[^"]*: 127\.1\.2\.0/24"'
# a monitor that ends within a few milliseconds may be gone before root looks, and then the event says so
ok "root saw nearly all of them" test "$(count '"trust":"claimed"')" -le 4
like "so does syslog, with the count" "$(grep 'keyaudit\[' "$WORLD_AUTHLOG")" 'refused in a flood: .* count=[0-9]+$'
is "nothing is left" "$(world_left)" ''

note "$(count '"trust":"seen"') seen alive, $(count '"trust":"claimed"') not"
# --- a full disk in the middle of it: what is held is not lost
world_collect_stop
mount -n -t tmpfs -o size=2m,mode=0750 trail /var/log/keyaudit
world_conf "${conf[@]}" '[audit]' 'flood_limit = 3' 'min_free = 1MiB'
head -c 1500k /dev/zero >/var/log/keyaudit/ballast
ok "it starts again" world_collect_start --verbose
from 127.3.3.3 20
sleep 1.5 # the summary is due and cannot be written
is "nothing can be written" "$(count .)" 0
rm /var/log/keyaudit/ballast
ok "all are counted when there is room" world_wait 10 whole 20
is "exactly" "$(($(single) + $(summed)))" 20
ok "some of them in sums" test "$(summed)" -ge 1

# --- ended while it holds some
: >"$WORLD_TRAIL"
from 127.4.4.4 12
world_collect_stop TERM
ok "ended by SIGTERM: the rest is drained by hand" world_drain
is "ended by SIGTERM and drained by hand: exactly" "$(($(single) + $(summed)))" 12

# --- killed at random moments while it holds, claims, writes and finishes: each is counted once
: >"$WORLD_TRAIL"
world_conf "${conf[@]}" '[audit]' 'flood_limit = 2' 'min_free = 1MiB'
keep_collecting() {
	while [ ! -e "$WORLD_RUN/enough" ]; do keyaudit collect --watch 2>/dev/null; done
} 2>/dev/null # the shell's own "Killed"
keep_killing() {
	while [ ! -e "$WORLD_RUN/enough" ]; do
		sleep "$((RANDOM % 2)).$(printf %03d $((RANDOM % 1000)))" # a sum is written after a second
		pkill -KILL -f 'keyaudit collect' && echo kill
	done >"$WORLD_RUN/kills"
}
keep_collecting &
keeper=$!
keep_killing &
killer=$!
for _ in 1 2 3 4 5 6 7; do from 127.6.6.6 12; done
touch "$WORLD_RUN/enough"
wait "$killer"
keeper_ends() {
	pkill -KILL -f 'keyaudit collect'
	! [ -e "/proc/$keeper/fd/0" ]
}
ok "killed: a last time" world_wait 5 keeper_ends
ok "killed: the rest is drained" world_drain
note "$(grep -c . "$WORLD_RUN/kills") kills: $(single) single, $(summed) summed, $(count ssh-key-refused-summary) summaries"
is "killed: exactly" "$(($(single) + $(summed)))" 84
is "killed: no id twice" "$(grep -o '"id":"[a-z2-7]\{26\}"' "$WORLD_TRAIL" | sort | uniq -d)" ''

# --- off
: >"$WORLD_TRAIL"
world_conf "${conf[@]}" '[audit]' 'flood_limit = 0' 'min_free = 1MiB'
ok "it starts without a limit" world_collect_start
from 127.5.5.5 20
ok "an event of each" world_wait 8 whole 20
is "and no summary" "$(count summary)" 0
# what only the command's uid says is summed up all the same
claim() { # FROM TO: records of connections that never were
	local i
	for ((i = $1; i <= $2; i++)); do
		echo "ka1 attempt at=1 up=1 pp=1 pid=1 uid=- user=u type=t fp=f key=- c=- src=- verdict=none reasons=- opts=-" >"/run/keyaudit/spool/$i.7"
		chown _keyaudit: "/run/keyaudit/spool/$i.7"
	done
}
claim 950000 950199
ok "two hundred claimed ones are counted" world_wait 12 whole 220
is "exactly" "$(($(single) + $(summed)))" 220
ok "most of them in sums" test "$(summed)" -ge 100
like "of what is merely claimed" "$(grep summary "$WORLD_TRAIL")" '"message":"[^"]*: claimed"'
unlike "and nothing else" "$(grep summary "$WORLD_TRAIL")" '"message":"[^"]*: (127|unknown)'

# --- by hand there is one limit for the run
world_collect_stop
umount -n /var/log/keyaudit
world_conf "${conf[@]}" '[audit]' 'flood_limit = 0'
: >"$WORLD_TRAIL"
claim 960000 961099
ok "eleven hundred by hand" keyaudit collect
like "are so many events" "$(cat "$WORLD_RUN/out")" '1025 events written'
is "1024 of them singly" "$(single)" 1024
is "the others in a sum" "$(summed)" 76
world_finish
