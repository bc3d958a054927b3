#!/bin/bash
# SPDX-License-Identifier: ISC
# Keys in etcd, read through its JSON gateway with nothing but configuration, and logins through the real sshd: a key is
# put, changed, deleted; etcd goes away and comes back.
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"
# shellcheck source=tests/world/store.sh
. "$WORLD_LIB/store.sh"

world_setup
[ -x "$WORLD_FETCH" ] || world_die "authkeys-fetch is not installed"
world_key alice ed25519
world_key bob ed25519
world_key carol ed25519
store_etcd_start
world_conf '[lookup]' 'sources = etcd' '[source etcd]' 'type = http' "url = http://127.0.0.1:$STORE_ETCD/v3/kv/range" \
	'method = POST' 'body = {"key":"%b(/ssh/%u)"}' 'format = json' 'items = .kvs[*]' 'items_absent = no-keys' 'key = value' \
	'decode = base64' 'split = lines' 'serial = mod_revision'
ok "the configuration is understood" keyaudit config check
world_sshd_start

not_ok "nothing is there: nobody logs in" world_ssh alice alice
store_forget
store_etcd_put /ssh/alice "$(world_pub alice)" "$(world_pub carol)"
store_etcd_put /ssh/bob "$(world_pub bob)"
ok "a key of the store logs in" world_ssh alice alice
ok "so does the second one of the same value" world_ssh alice carol
not_ok "another user's does not" world_ssh alice bob
ok "he does as himself" world_ssh bob bob
store_asked alice
is "both keys are served" "$store_out" "$(for key in alice carol; do world_pub $key | cut -d' ' -f1,2; done)"
like "the record has etcd's revision" "$store_src" '^etcd:found:-:.*serial=2'

store_etcd_put /ssh/alice "$(world_pub carol)"
ok "warm: what was fetched still serves" world_ssh alice alice
store_age stale
not_ok "a key that was taken out" world_ssh alice alice
ok "the one that stayed" world_ssh alice carol
store_asked alice
like "the new revision" "$store_src" '^etcd:found:-:.*serial=4'

store_etcd_delete /ssh/alice
store_age stale
not_ok "deleted: out at once" world_ssh alice carol
store_asked alice
like "deleted: authoritative" "$store_src" '^etcd:no-keys:store\.no-keys(:|$)'
store_etcd_stop
store_age stale
not_ok "and nothing comes back when etcd is down" world_ssh alice carol
ok "somebody else's warm entry serves" world_ssh bob bob
store_asked bob
like "as stale" "$store_src" '^etcd:stale:store\.stale-served:age=1[0-9]{3}/'
like "and why" ",$store_reasons," ',store\.unreachable,'
store_etcd_start
store_forget
ok "etcd is back, with what it had" world_ssh bob bob

# ---- restored from a backup: its revisions begin anew ----
store_etcd_stop
rm -rf "$STORE_RUN/etcd"
store_etcd_start
store_etcd_put /ssh/bob "$(world_pub bob)" "$(world_pub alice)"
store_age stale
store_asked bob
is "an older answer than the host has is none" "$store_out" ''
like "and the revision that it has is said" "$store_src" '^etcd:refused:store\.serial-lower:.*serial=3'
like "with what to do about it" "$(keyaudit doctor bob --key "$WORLD_RUN/keys/bob.pub" --json)" \
	'store\.serial-lower.*If the store was restored from a backup: keyaudit cache clear etcd bob\. '
store_age dead
keyaudit refresh --source etcd >"$WORLD_RUN/out" 2>&1
like "so does a refresh" "$(cat "$WORLD_RUN/out")" 'store\.serial-lower \(if the store was restored from a backup: keyaudit cache clear etcd\)'
not_ok "it does not mend itself" world_ssh bob bob
ok "an administrator takes the old answer away" keyaudit cache clear etcd bob
ok "and what the store has counts" world_ssh bob alice
world_finish
