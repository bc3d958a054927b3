#!/bin/bash
# SPDX-License-Identifier: ISC
# Changes of state that the collector tells: a key store that goes away, comes back, answers what must not be taken; a
# configuration that is edited, opened to others and mended; a file of [policy] that is missing or damaged. One event for each
# change, however many log in meanwhile and however often the collector is killed.
# beside: 1
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"
# shellcheck source=tests/world/store.sh
. "$WORLD_LIB/store.sh"
# shellcheck disable=SC2317 # called by world_wait

world_setup
[ -x "$WORLD_FETCH" ] || world_die "authkeys-fetch is not installed"
world_key alice ed25519
world_key mallory ed25519
store_pki
store_nginx_start
store_signer ops
install -m 0644 "$STORE_RUN/signers" /etc/keyaudit/signers
alice=$(world_pub alice | cut -d' ' -f1,2)
conf=/etc/keyaudit/keyaudit.conf
world_conf '[lookup]' 'sources = corp' '[source corp]' 'type = http' 'format = signed' \
	"url = https://keys.test:$STORE_HTTPS/%u.keys" 'signers = /etc/keyaudit/signers' "ca_file = $STORE_PKI/ca.pem"
publish() { # SERIAL [FILTER...]
	local serial=$1
	shift
	store_put alice.keys "$(store_document alice '*' "$serial" '+7 days' "$alice" | store_sign ops | "${@:-cat}")"
	touch -d "@$((stamp += 10))" "$STORE_WWW/alice.keys"
}
stamp=1790000000
# ask: the store is asked at the next login, and at once
ask() {
	store_age stale
	login alice
	store_settle
}
# all changes, as ACTION REASON, in their order
told() {
	sed -nE 's/.*"action":"((store|config|data)-[a-z]*)","outcome":"[a-z]*"(,"code":"([^"]*)")?.*/\1 \4/p' "$WORLD_TRAIL" 2>/dev/null | sed 's/ $//'
}
has_told() { [ "$(told | wc -l)" -ge "$1" ]; }
last() { grep -E '"action":"(store|config|data)-' "$WORLD_TRAIL" | tail -n 1; }
login() { world_ssh alice "$1" >"$WORLD_RUN/out" 2>&1; }
kill_collector() {
	kill -KILL "$_world_collect_pid"
	wait "$_world_collect_pid" 2>/dev/null
	world_collect_start
}

# ---- a store that works is nothing to tell of
publish 42
world_sshd_start
ok "the collector starts" world_collect_start
ok "alice logs in" login alice
ok "her event is there" world_trail_wait 10 1
is "nothing is told" "$(told)" ''

# ---- it goes away
store_nginx_stop
ask
ok "a store that is away is told" world_wait 5 has_told 1
is "why" "$(told)" 'store-degraded store.unreachable'
like "which" "$(last)" '"message":"key store degraded, source corp: .*; 1 entry; last confirmed .*"keyaudit":\{.*"trust":"seen".*"sources":\["corp unavailable store.unreachable '
login alice
login mallory
kill_collector
ask
kill_collector
login mallory
ok "they have their events" world_trail_wait 10 6

# ---- it is back
store_nginx_start
ask
ok "that it is back is told" world_wait 6 has_told 2
is "one of each, over logins and kills" "$(told | tr '\n' ';')" 'store-degraded store.unreachable;store-recovered;'
like "and how long it was away" "$(last)" '"message":"key store recovered, source corp: after [0-9]* s".*"outcome":"success"'

# ---- it answers with an older document, and with one that was changed on the way
publish 41
ask
ok "an older one is told" world_wait 5 has_told 3
like "an alert" "$(last)" '"kind":"alert".*"action":"store-rejected","outcome":"failure","code":"store.serial-lower".*"severity":9'
kill_collector
ask
publish 43 sed 's/^# serial: 43/# serial: 44/'
ask
ok "a bad signature is told" world_wait 6 has_told 4
like "an alert too" "$(last)" '"kind":"alert".*"action":"store-rejected","outcome":"failure","code":"store.signature-bad"'
publish 45
ask
ok "that it is good again" world_wait 5 has_told 5

# ---- the configuration
before=$(sha256sum <"$conf" | cut -d' ' -f1)
echo '# edited' >>"$conf"
ok "an edited file is told" world_wait 6 has_told 6
like "with its hashes" "$(last)" "\"message\":\"configuration changed, $conf: sha256 $(sha256sum <"$conf" | cut -d' ' -f1), was $before\".*\"type\":\[\"change\"\],\"action\":\"config-changed\",\"outcome\":\"success\".*\"mode\":\"0644\",\"owner\":\"root\""
chmod g+w "$conf"
ok "one that others can write is told" world_wait 6 has_told 7
like "an alert" "$(last)" "\"kind\":\"alert\".*\"action\":\"config-unsafe\",\"outcome\":\"failure\",\"code\":\"conf.unsafe\".*\"path\":\"$conf\",\"mode\":\"0664\",\"owner\":\"root\""
not_ok "and nobody is served meanwhile" login alice
kill_collector
chmod g-w "$conf"
ok "and that it is in force again" world_wait 8 has_told 8
chmod o+w /etc/keyaudit/signers
ok "what it names is looked at, too" world_wait 5 has_told 9
chmod o-w /etc/keyaudit/signers
ok "and mended" world_wait 5 has_told 10
ok "alice logs in again" login alice

# ---- what keys are judged by: nobody gets in while it cannot be relied on
list=/var/lib/keyaudit/list.dat
printf 'sixteen bytes!!!' >"$list"
printf '[policy]\nrevoked = /etc/keyaudit/revoked\nblocklist = %s\nblocklist_required = yes\n' "$list" >>"$conf"
ok "files to judge by are a change of the configuration" world_wait 6 has_told 11
ok "a list of revoked keys that is not there is told" world_wait 6 has_told 12
like "which" "$(last)" '"message":"no key can be judged: [^"]*\(/etc/keyaudit/revoked; is not there\)".*"action":"data-unusable","outcome":"failure","code":"data.missing"'
not_ok "and nobody is served meanwhile" login alice
kill_collector
echo '# nobody' >/etc/keyaudit/revoked
ok "and that it is there" world_wait 6 has_told 13
ok "alice logs in with it" login alice
printf x >>"$list"
ok "a blocklist that is required and damaged is told" world_wait 6 has_told 14
like "which it is" "$(last)" "\($list; its size is no multiple of 16\)\".*\"code\":\"data.invalid\""
since=$(wc -l <"$WORLD_AUTHLOG")
not_ok "and nobody is served again" login alice
like "the log names it" "$(tail -n +"$((since + 1))" "$WORLD_AUTHLOG")" "ssh key lookup: nothing is served: .*reasons=data.invalid .*$list: its size"
like "and config check" "$(keyaudit config check 2>&1)" "blocklist: data.invalid: every key is refused: $list: its size"
truncate -s 16 "$list"
ok "and mended, too" world_wait 6 has_told 15
ok "alice logs in once more" login alice

is "one event for each change" "$(told | tr '\n' ';')" "store-degraded store.unreachable;store-recovered;store-rejected store.serial-lower;store-rejected \
store.signature-bad;store-recovered;config-changed;config-unsafe conf.unsafe;config-changed;config-unsafe conf.unsafe;config-changed;\
config-changed;data-unusable data.missing;data-usable;data-unusable data.invalid;data-usable;"
is "each with an id of its own" "$(grep -E '"action":"(store|config|data)-' "$WORLD_TRAIL" | sed 's/.*"id":"\([a-z2-7]\{26\}\)".*/\1/' | sort -u | wc -l)" 15
world_finish
