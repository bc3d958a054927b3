#!/bin/bash
# SPDX-License-Identifier: ISC
# The units of conf/systemd under a real systemd, on a host that boots with them, with every directive in force: the mounts,
# the collector, the refresh with its timer, the path unit with the service that it starts, and the update of the blocklist.
# world: systemd
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"
# shellcheck source=tests/world/systemd.sh
. "$WORLD_LIB/systemd.sh"
# shellcheck source=tests/world/store.sh
. "$WORLD_LIB/store.sh"

units=/usr/lib/systemd/system
wanted=/var/lib/keyaudit/wanted
world_setup
for key in alice bob carol; do world_key "$key" ed25519; done
store_pki
store_signer ops
for user in alice bob carol; do
	store_document "$user" '*' 10 '+1 day' "$(world_pub $user)" | store_sign ops >"$STORE_RUN/doc"
	store_put "$user.keys" "$(cat "$STORE_RUN/doc")"
done
store_nginx_start
store_fault_start
conf() { # URL
	world_conf '[lookup]' 'sources = corp' '[source corp]' 'type = http' 'format = signed' 'fetch = timer' "url = $1" \
		'signers = /etc/keyaudit/signers' 'ca_file = /etc/keyaudit/store-ca.pem' 'users = /etc/keyaudit/users'
}
good="https://keys.test:$STORE_HTTPS/%u.keys"
show() { world_systemd_show "$@"; }
state() { keyaudit cache status --json "$@" | sed -n 's/.*"state":"\([a-z]*\)".*/\1/p'; }
is_fresh() { [ "$(state corp "$1")" = fresh ]; }
marks() { find "$wanted" -mindepth 1 -printf '%f\n'; }
at_rest() { # the path unit watches, nothing is under way
	[ -z "$(marks)" ] && [ "$(show keyaudit-wanted.path SubState) $(show keyaudit-wanted.service ActiveState)" = 'waiting inactive' ]
}

# ---- an installation, and the boot ----
world_bare
ok "sysusers.d makes the users" systemd-sysusers keyaudit.conf
install -m 0644 "$STORE_RUN/signers" /etc/keyaudit/signers
install -m 0644 "$STORE_PKI/ca.pem" /etc/keyaudit/store-ca.pem
echo alice >/etc/keyaudit/users
conf "$good"
for unit in "$KA_SRC"/conf/systemd/*; do
	ok "$(basename "$unit") is as it is shipped" cmp "$unit" "$units/$(basename "$unit")"
done
ok "they can be enabled before the host boots" systemctl enable run-keyaudit.mount run-keyaudit-phase.mount \
	keyaudit-collect.service keyaudit-refresh.timer keyaudit-wanted.path
world_systemd_boot
is "the host comes up" "$(systemctl is-system-running)" running
for unit in run-keyaudit.mount run-keyaudit-phase.mount keyaudit-collect.service keyaudit-refresh.timer keyaudit-wanted.path; do
	is "$unit is up" "$(systemctl is-active $unit)" active
done
is "the spool lies on its own file system" "$(stat -f -c %T /run/keyaudit) $(stat -c '%A %U:%G' /run/keyaudit/spool)" \
	'tmpfs drwx-wx--- root:_keyaudit'
is "and what the PAM module writes on another" "$(findmnt -no FSTYPE /run/keyaudit/phase) $(stat -c '%A %U' /run/keyaudit/phase)" \
	'tmpfs drwx------ root'
for unit in collect refresh wanted blocklist; do
	score=$(world_systemd_exposure keyaudit-$unit.service)
	ok "keyaudit-$unit.service's exposure is at most 2.0: $score" awk -v s="$score" 'BEGIN { exit !(s > 0 && s <= 2.0) }'
done

# ---- the timer, as designed ----
moment() { date -d "$(show keyaudit-refresh.timer NextElapseUSecRealtime)" +%s; }
first=$(moment)
ok "the refresh is planned within ten minutes" test $((first - $(date +%s))) -le 600
is "at a moment of this host's own" "$(show keyaudit-refresh.timer RandomizedDelayUSec FixedRandomDelay)" '5min yes'
systemctl restart keyaudit-refresh.timer
is "that is the same the next time" "$((($(moment) - first) % 300))" 0
systemctl daemon-reexec
is "and for another process 1" "$((($(moment) - first) % 300))" 0

# ---- the list of compromised keys ----
www=https://keys.test:$STORE_HTTPS
python3 "$KA_SRC/tests/tools/blocklistmake.py" 1000 7 | xz >"$STORE_WWW/list.xz"
printf '{"bkformat":0,"date":"2026-11-01","blocklist_url":"%s","blocklist_sha256":"%s","blocklists":[{"id":7,"name":"firmware"}]}' \
	"$www/list.xz" "$(xz -dc "$STORE_WWW/list.xz" | sha256sum | cut -d' ' -f1)" >"$STORE_WWW/badkeysdata.json"
chmod 0644 "$STORE_WWW/list.xz" "$STORE_WWW/badkeysdata.json"
is "nobody brings a list who was not asked to" "$(systemctl is-enabled keyaudit-blocklist.timer)" disabled
mkdir -p /etc/systemd/system/keyaudit-blocklist.service.d
printf '%s\n' '[Service]' "Environment=URL=$www/badkeysdata.json" 'Environment="OPTIONS=--ca-file /etc/keyaudit/store-ca.pem"' \
	>/etc/systemd/system/keyaudit-blocklist.service.d/mirror.conf
systemctl daemon-reload
ok "the list is brought from where a drop-in says" systemctl start keyaudit-blocklist.service
is "whole, and for everybody to read" "$(stat -c '%s %a %U:%G' /var/lib/keyaudit/blocklist.dat)" '16000 644 root:root'
rm "$STORE_WWW/badkeysdata.json"
ok "a server that has none is not a broken service" systemctl start keyaudit-blocklist.service
like "the journal says it all the same" "$(journalctl -u keyaudit-blocklist.service -o cat)" 'badkeysdata.json: it could not be fetched'
is "and the list stays" "$(stat -c %s /var/lib/keyaudit/blocklist.dat)" 16000

# ---- the refresh ----
ok "the refresh runs" systemctl start keyaudit-refresh.service
is "to its end" "$(show keyaudit-refresh.service Result ExecMainStatus)" 'success 0'
like "and says under its own name what it did" "$(world_systemd_journal -t authkeys-fetch)" '^corp: 1 users: 1 new, 0 .*, 0 failed$'
is "who is on the list has an entry" "$(state corp alice) $(store_nginx_count alice.keys)" 'fresh 1'
is "which is for the command's group" "$(store_entries | xargs stat -c '%a %U:%G')" '640 _keyfetch:_keyaudit'
world_sshd_start
ok "and lets her in" world_ssh alice alice
is "without asking the store" "$(store_nginx_count alice.keys)" 1
keyaudit cache clear corp alice
mkdir -p /etc/systemd/system/keyaudit-refresh.timer.d
printf '%s\n' '[Timer]' OnActiveSec=10ms RandomizedDelaySec=0 >/etc/systemd/system/keyaudit-refresh.timer.d/now.conf
systemctl daemon-reload
systemctl restart keyaudit-refresh.timer
ok "the timer starts it, here without waiting for its moment" world_wait 10 is_fresh alice
like "as it remembers" "$(show keyaudit-refresh.timer LastTriggerUSec)" '^[A-Z][a-z]{2} '
rm -r /etc/systemd/system/keyaudit-refresh.timer.d
systemctl daemon-reload

# ---- its rights, seen while a store keeps it waiting ----
store_fault hang 'hang answer'
conf "https://keys.test:$STORE_FAULT_TLS/hang/%u"
keyaudit cache clear corp alice
systemctl start --no-block keyaudit-refresh.service
ok "a store lets the refresh wait" world_wait 10 pgrep -x authkeys-fetch
pid=$(show keyaudit-refresh.service MainPID)
is "it is _keyfetch and nobody else" "$(stat -c %U "/proc/$pid") $(sed -n 's/^Groups:[[:space:]]*\([0-9 ]*[0-9]\) *$/\1/p' "/proc/$pid/status")" \
	"_keyfetch $(id -g _keyfetch)"
is "without capabilities, and none to be had" "$(grep -cE '^Cap(Inh|Prm|Eff|Bnd|Amb):.0+$' "/proc/$pid/status")" 5
is "no new privileges, system calls filtered" "$(sed -n 's/^\(NoNewPrivs\|Seccomp\):\t//p' "/proc/$pid/status" | tr -d '\n')" 12
not_ok "a user namespace of its own" test "/proc/$pid/ns/user" -ef /proc/self/ns/user
as_seen() { nsenter -t "$pid" -m "$@"; }
not_ok "/usr cannot be written" as_seen touch /usr/there
not_ok "nor the configuration" as_seen touch /etc/keyaudit/there
ok "the cache can" as_seen sh -c 'touch /var/cache/keyaudit/there && rm /var/cache/keyaudit/there'
for dir in /run/keyaudit /var/lib/keyaudit/serials /var/log/keyaudit /home; do
	is "$dir is closed" "$(as_seen stat -c %a $dir)" 0
done
ok "it ends when it is told to" systemctl stop keyaudit-refresh.service
store_fault hang 'status 503 Busy' 'header Retry-After: 600'
forgive() { find $STORE_CACHE \( -name 'breaker.*' -o -name '*.try' \) -delete; }
forgive
ok "a store that is down is not a broken service" systemctl start keyaudit-refresh.service
is "its status says it all the same" "$(show keyaudit-refresh.service Result ExecMainStatus)" 'success 1'
forgive
conf "$good"

# ---- the path unit ----
ok "nothing is wanted yet" at_rest
runs=$(world_systemd_runs keyaudit-wanted.service)
for round in 1 2 3 4; do
	not_ok "miss $round is a miss" world_ssh bob bob
	begin=$(_world_ms)
	ok "it is served at once" world_wait 5 is_fresh bob
	note "after $(($(_world_ms) - begin)) ms"
	ok "and bob gets in" world_ssh bob bob
	keyaudit cache clear corp bob
done
ok "no mark is left, and the path unit watches on" world_wait 5 at_rest
is "each miss was served once" "$(($(world_systemd_runs keyaudit-wanted.service) - runs)) $(store_nginx_count bob.keys)" '4 4'
is "process 1 has no complaint so far" "$(world_systemd_journal _PID=1 -p warning)" ''

# ---- when it cannot be served ----
mark() { runuser -u _keyaudit -- touch "$wanted/corp:$1"; }
store_nginx_stop
runs=$(world_systemd_runs keyaudit-wanted.service)
not_ok "a miss while the store is down" world_ssh carol carol
ok "does not stay" world_wait 10 at_rest
is "and was looked at once" "$(($(world_systemd_runs keyaudit-wanted.service) - runs))" 1
store_nginx_start
forgive

# TEXT BREAK MEND: a service that cannot work, with a mark that stays
broken() {
	runs=$(world_systemd_runs keyaudit-wanted.service)
	$2
	mark bob
	ok "$1: the service waits before it tries again" world_wait 5 waits
	is "it is not started over and over" "$(($(world_systemd_runs keyaudit-wanted.service) - runs)) $(show keyaudit-wanted.service RestartUSec)" \
		'1 30s'
	is "and the path unit lives" "$(systemctl is-active keyaudit-wanted.path)" active
	$3
	ok "then it can be told to" systemctl restart keyaudit-wanted.service
	ok "and serves what it could not" is_fresh bob
	keyaudit cache clear corp bob
	ok "all is well again" world_wait 5 at_rest
}
waits() { [ "$(show keyaudit-wanted.service SubState)" = auto-restart ]; }
broken "without a configuration" "mv /etc/keyaudit/keyaudit.conf /etc/keyaudit/away" \
	"mv /etc/keyaudit/away /etc/keyaudit/keyaudit.conf"
wrong_conf() { echo nonsense >/etc/keyaudit/conf.d/wrong.conf; }
broken "with a wrong one" wrong_conf "rm /etc/keyaudit/conf.d/wrong.conf"
broken "without a cache" "mv $STORE_CACHE $STORE_CACHE.away" "mv $STORE_CACHE.away $STORE_CACHE"

# what cannot be taken away
runuser -u _keyaudit -- mkdir -p "$wanted/corp:x/y"
runs=$(world_systemd_runs keyaudit-wanted.service)
has_run() { [ "$(world_systemd_runs keyaudit-wanted.service)" -ge $((runs + $1)) ]; }
ok "a mark that nobody can take away wakes the service again" world_wait 10 has_run 3
ok "once a second" test "$(journalctl -b -q --no-pager -o short-unix _PID=1 UNIT=keyaudit-wanted.service | grep ' Starting ' | tail -n 3 |
	awk 'NR > 1 && $1 - last < 1 { fast = 1 } { last = $1 } END { print fast + 0 }')" = 0
mark bob
ok "others are served all the same" world_wait 5 is_fresh bob
rm -r "$wanted/corp:x"
ok "gone, and all is well again" world_wait 5 at_rest

# ---- the collector ----
is "the collector has seen it all" "$(show keyaudit-collect.service SubState NRestarts)" 'running 0'
world_trail_wait 10 10
is "each login stands in the trail" "$(keyaudit log | awk '$3 == "alice" { print $3, $7 }' | sort | uniq -c | tr -s ' ')" ' 1 alice accepted'
ok "it takes a new configuration" systemctl reload keyaudit-collect.service
systemctl kill -s KILL keyaudit-collect.service
killed() { [ "$(show keyaudit-collect.service SubState NRestarts)" = 'running 1' ]; }
ok "it comes back when it was killed" world_wait 10 killed
before=$(world_events)
keyaudit refresh >/dev/null
ok "a login" world_ssh alice alice
ok "and is there for it" world_trail_wait 10 $((before + 1))
ok "it ends when it is told to" systemctl stop keyaudit-collect.service
is "in order" "$(show keyaudit-collect.service Result ExecMainCode ExecMainStatus)" 'success 1 0'
not_ok "a login that nobody watches" world_ssh alice carol
ok "it starts again" systemctl start keyaudit-collect.service
ok "and makes up for it" world_trail_wait 10 $((before + 2))
like "with the reason" "$(world_last_event)" '"key.not-listed"'

# ---- away with it, as README.md says ----
is "no unit has failed" "$(systemctl --failed --plain --no-legend)" ''
ok "the store's units can go" systemctl disable --now keyaudit-refresh.timer keyaudit-wanted.path
_no_recorder() { ! pgrep -f 'keyaudit record ' >/dev/null; }
world_wait 10 _no_recorder # it looks for three seconds whether a session that has just been opened lasts
ok "and the others" systemctl disable --now keyaudit-collect run-keyaudit-phase.mount run-keyaudit.mount
is "nothing of them is left" "$(findmnt -rno TARGET | grep '^/run/keyaudit'; systemctl --plain --no-legend list-units '*keyaudit*' | grep -v var-lib)" ''
world_finish
