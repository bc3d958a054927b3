#!/bin/bash
# SPDX-License-Identifier: ISC
# What sealing tells in the trail: that it begins, that an anchor or a seal fails, and that it works again, once each; a seal
# itself is no record, and keyaudit verify takes all of them.
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"

world_setup
told() { sed -n 's/.*"message":"\(trail seal: [^"]*\)".*"action":"trail-seal","outcome":"\([a-z]*\)".*/\2 \1/p' "$WORLD_TRAIL"; }
seal() { keyaudit log seal >"$WORLD_RUN/out" 2>&1; }
conf() { world_conf '[lookup]' 'sources = local' '[source local]' 'type = file' 'path = /etc/keyaudit/keys.d/%u' '[audit]' "$@"; }
key=/var/lib/keyaudit/private/seal.key

conf 'anchor = file /root/anchors'
is "nobody seals yet" "$(keyaudit log seal 2>&1)" 'keyaudit log seal: nothing is sealed here; keyaudit log seal --init begins it'
keyaudit log seal --init >"$WORLD_RUN/k0" 2>/dev/null
is "it begins" "$(told)" 'success trail seal: sealing has begun'
seal
seal
is "a seal is no record" "$(told | wc -l)" 1
is "but a line" "$(wc -l </var/log/keyaudit/seals.jsonl)" 2
conf 'anchor = file /nonexistent/anchors'
seal
like "an anchor that cannot be left is told" "$(cat "$WORLD_RUN/out")" 'trail: anchor cannot be left: the file cannot be written'
seal
keyaudit log rotate >/dev/null
seal
is "once, over a rotation too" "$(cat /var/log/keyaudit/audit.jsonl-* | grep -c '"action":"trail-seal","outcome":"failure"')$(told)" 1
conf 'anchor = file /root/anchors'
seal
seal
is "that it works again" "$(told)" 'success trail seal: anchor can be left again'
mv "$key" "$key.away"
not_ok "a key that is gone is no success" seal
not_ok "nor the second time" seal
mv "$key.away" "$key"
ok "it is back" seal
is "told once each" "$(told | sed 1d)" "$(printf 'failure trail seal: the trail cannot be sealed: its key is gone\nsuccess trail seal: the trail is sealed again')"
seal
like "verify takes them" "$(keyaudit verify --anchor /root/anchors --key "$WORLD_RUN/k0")" 'intact'
world_finish
