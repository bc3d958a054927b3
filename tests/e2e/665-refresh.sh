#!/bin/bash
# SPDX-License-Identifier: ISC
# fetch = timer: no login ever goes to the network. The refresh and the path unit's program keep the cache, with the rights
# that their units leave them; keyaudit refresh and keyaudit cache are the administrator's hands on it.
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"
# shellcheck source=tests/world/store.sh
. "$WORLD_LIB/store.sh"
# shellcheck source=tests/world/unit.sh
. "$WORLD_LIB/unit.sh"

wanted=/var/lib/keyaudit/wanted
world_setup
for key in alice bob carol; do world_key "$key" ed25519; done
store_pki
store_signer ops
install -m 0644 "$STORE_RUN/signers" /etc/keyaudit/signers
install -m 0644 "$STORE_PKI/ca.pem" /etc/keyaudit/store-ca.pem
echo alice >/etc/keyaudit/users
store_nginx_start
publish() { # USER SERIAL [LINE...]
	local user=$1 serial=$2
	shift 2
	store_document "$user" '*' "$serial" '+1 day' "$@" | store_sign ops >"$STORE_RUN/doc"
	store_put "$user.keys" "$(cat "$STORE_RUN/doc")"
}
for user in alice bob carol; do publish $user 10 "$(world_pub $user)"; done
conf() { # URL
	world_conf '[lookup]' 'sources = corp' '[source corp]' 'type = http' 'format = signed' 'fetch = timer' "url = $1" \
		'signers = /etc/keyaudit/signers' 'ca_file = /etc/keyaudit/store-ca.pem' 'users = /etc/keyaudit/users'
}
conf "https://keys.test:$STORE_HTTPS/%u.keys"
unit() { # UNIT COMMAND...: with the rights of that unit
	(
		WORLD_UNIT=$KA_SRC/conf/systemd/$1.service
		shift
		world_as_unit "$@"
	)
}
state() { keyaudit cache status --json "$@" | sed -n 's/.*"state":"\([a-z]*\)".*/\1/p'; }
serial() { keyaudit cache status --json "$@" | sed -n 's/.*"serial":\([0-9]*\).*/\1/p'; }
entries() { store_entries | xargs stat -c '%a %U:%G' | sort -u; }
world_sshd_start

# ---- a nudge waits for up to 30 s, so it begins now and is looked at further down ----
mkdir -p "$STORE_RUN/nudge"
unit keyaudit-refresh "$WORLD_FETCH" --refresh --now >"$STORE_RUN/nudge/out" 2>&1 &
nudge=$!

# ---- a miss ----
not_ok "with fetch = timer a miss is a miss" world_ssh bob bob
is "the store heard nothing of it" "$(store_nginx_count bob.keys)" 0
is "but it is wanted" "$(ls $wanted)" corp:bob
is "by the command's user, who says nothing more" "$(stat -c '%s %U' $wanted/corp:bob)" '0 _keyaudit'
not_ok "wanted twice" world_ssh bob bob
is "is wanted once" "$(ls $wanted)" corp:bob
ok "the path unit's program, with the rights of its unit" unit keyaudit-wanted "$WORLD_FETCH" --wanted
is "takes the wish away" "$(ls $wanted)" ''
ok "the next login is served" world_ssh bob bob

# ---- the timer ----
wait "$nudge"
is "the refresh, with the rights of its unit" "$? $(cat "$STORE_RUN/nudge/out")" \
	"0 $(grep -m 1 '^corp: [12] users: 1 new, [01] unchanged, 0 without keys, 0 still fresh, 0 failed$' "$STORE_RUN/nudge/out")"
is "bob's keys were asked for once by each, and by no login" "$(store_nginx_count bob.keys)" \
	$((1 + $(sed -n 's/^corp: .* \([01]\) unchanged, .*/\1/p' "$STORE_RUN/nudge/out")))
is "what it writes is for the command's group" "$(entries)" '640 _keyfetch:_keyaudit'
before=$(store_nginx_count alice.keys)
ok "who is on the list has keys before the first login" world_ssh alice alice
is "which asked nobody" "$(store_nginx_count alice.keys)" "$before"
ok "a refresh asks for nothing that is fresh" unit keyaudit-refresh "$WORLD_FETCH" --refresh
is "and did not" "$(store_nginx_count alice.keys)" "$before"

# ---- by hand ----
is "everything is fresh" "$(state | sort | uniq -c | tr -s ' ')" ' 2 fresh'
publish alice 11 "$(world_pub carol)"
ok "made old" keyaudit cache expire corp alice
is "it is only for when the store is away" "$(state corp alice) $(state corp bob)" 'stale fresh'
ok "and still serves" world_ssh alice alice
keyaudit refresh --source corp >"$STORE_RUN/out" 2>&1
is "keyaudit refresh asks" "$? $(serial corp alice)" '0 11'
is "with no rights but the fetcher's" "$(entries)" '640 _keyfetch:_keyaudit'
ok "the new key is in" world_ssh alice carol
not_ok "and the old one out" world_ssh alice alice
ok "an entry taken away" keyaudit cache clear corp bob
is "is gone" "$(keyaudit cache status corp bob >/dev/null; echo $?)" 4
not_ok "and its keys with it" world_ssh bob bob
printf torn >"$(store_entries | head -n 1)"
keyaudit cache status >"$STORE_RUN/out"
is "a torn entry is a finding" "$?" 1
ok "for people too" grep -q invalid "$STORE_RUN/out"
ok "which the next refresh replaces" keyaudit refresh
is "with a good one" "$(state corp alice)" fresh

# ---- serials ----
publish alice 5 "$(world_pub alice)"
ok "expire again" keyaudit cache expire corp alice
keyaudit refresh >"$STORE_RUN/out" 2>&1
is "an older document is no answer" "$?" 75
like "and that is said" "$(cat "$STORE_RUN/out")" 'store\.serial-lower'
not_ok "nobody forgets without a name" keyaudit cache forget-serial
is "and nobody but root" "$(runuser -u carol -- keyaudit cache forget-serial corp alice 2>/dev/null; echo $?)" 77
ok "root makes the host forget" keyaudit cache forget-serial corp alice
ok "and it stands in the trail" grep -q '"message":"serial memory forgotten, 1 serial: source corp, user alice.*"action":"serial-forgotten"' "$WORLD_TRAIL"
is "there is nothing to forget twice" "$(keyaudit cache forget-serial corp alice 2>/dev/null; echo $?)" 4
ok "what the cache holds still bounds the fetcher, so it goes" keyaudit cache clear corp alice
ok "now the older document is an answer" keyaudit refresh
ok "whose key logs in" world_ssh alice alice
is "and so all that is known of a source" "$(keyaudit cache forget-serial corp)" \
	'2 serials forgotten; the next document counts, whatever its serial'

# ---- a store that is away ----
store_nginx_stop
store_fault_start
conf "https://keys.test:$STORE_FAULT_TLS/down/%u"
store_fault down 'status 503 Busy' 'header Retry-After: 600'
keyaudit refresh >"$STORE_RUN/out" 2>&1
is "a store that is down: status 75" "$?" 75
is "is asked once and then left alone" "$(store_fault_count down)" 1
is "a source that is not there is no failure that passes" "$(keyaudit refresh --source nosuch 2>/dev/null; echo $?)" 3
is "an ordinary user may not" "$(runuser -u carol -- keyaudit refresh 2>/dev/null; echo $?)" 77
is "nor change the cache" "$(runuser -u carol -- keyaudit cache clear 2>/dev/null; echo $?)" 77
is "nor look into it" "$(runuser -u carol -- keyaudit cache status 2>/dev/null; echo $?)" 77
for unit in collect refresh wanted; do
	# shellcheck disable=SC2034 # unit.sh reads it
	WORLD_UNIT=$KA_SRC/conf/systemd/keyaudit-$unit.service
	ok "systemd may start the program of keyaudit-$unit" world_unit_starts
done
for unit in refresh wanted; do
	score=$(systemd-analyze security --offline=yes "/usr/lib/systemd/system/keyaudit-$unit.service" 2>/dev/null |
		sed -n 's/.*exposure level for .*: \([0-9.]*\) .*/\1/p')
	ok "keyaudit-$unit's exposure is at most 2.0: $score" awk -v s="$score" 'BEGIN { exit !(s > 0 && s <= 2.0) }'
done
world_finish
