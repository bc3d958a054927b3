#!/bin/bash
# SPDX-License-Identifier: ISC
# A list of compromised keys: brought from a file and from an https server, refused when it is not what it should be, and
# asked at a login: a listed key that a source serves does not get in, and the event names the list.
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"
# shellcheck source=tests/world/store.sh
. "$WORLD_LIB/store.sh"

world_setup
world_key alice ed25519
world_key good ed25519
store_pki
store_nginx_start
list=/var/lib/keyaudit/blocklist.dat
www=https://keys.test:$STORE_HTTPS

# COUNT ID KEY.pub...: that many records and those keys in list ID, on standard output
make_list() {
	python3 "$KA_SRC/tests/tools/blocklistmake.py" "$@"
}
# FILE: badkeysdata.json for it, at @www
make_meta() { # FILE URL
	printf '{"bkformat":0,"date":"2026-11-01","blocklist_url":"%s","blocklist_sha256":"%s","blocklists":[{"id":7,"name":"firmware"}]}' \
		"$2" "$(sha256sum <"$1" | cut -d' ' -f1)"
}
update() { keyaudit blocklist update "$@" --ca-file "$STORE_PKI/ca.pem" 2>"$WORLD_RUN/err"; }
status_of() { "$@" >/dev/null 2>&1; printf '%s' $?; }
sum() { sha256sum <"$list" | cut -d' ' -f1; }
allow() { # LINE... of [policy]
	world_conf '[lookup]' 'sources = a' '[source a]' 'type = file' 'path = /etc/keyaudit/keys.d/%u' '[policy]' "$@"
}

alice=$WORLD_RUN/alice.pub
world_pub alice >"$alice"
mkdir -p /etc/keyaudit/keys.d
allow "blocklist = $list"

# ---- from a file ----
make_list 5000 7 "$alice" >"$WORLD_RUN/list.dat"
is "without a file the list is missing" "$(status_of keyaudit blocklist status)" 1
like "and that is said" "$(keyaudit blocklist status)" 'data\.missing'
ok "a bare file is taken" update "$WORLD_RUN/list.dat"
is "whole" "$(sum)" "$(sha256sum <"$WORLD_RUN/list.dat" | cut -d' ' -f1)"
is "readable for everybody, writable for root" "$(stat -c '%a %U:%G' "$list")" '644 root:root'
like "the key is in it" "$(keyaudit blocklist lookup "$alice")" ' listed: key\.known-compromised \(id7\)$'
is "another one is not" "$(world_pub good | keyaudit blocklist lookup - >/dev/null; echo $?)" 0

# ---- from a server ----
make_list 5200 7 "$alice" >"$WORLD_RUN/new.dat"
xz -k "$WORLD_RUN/new.dat"
cp "$WORLD_RUN/new.dat.xz" "$STORE_WWW/new.dat.xz"
make_meta "$WORLD_RUN/new.dat" "$www/new.dat.xz" >"$STORE_WWW/badkeysdata.json"
chmod 0644 "$STORE_WWW"/*
ok "badkeysdata.json leads to the packed list" update "$www/badkeysdata.json"
is "which lies there unpacked" "$(sum)" "$(sha256sum <"$WORLD_RUN/new.dat" | cut -d' ' -f1)"
like "and its lists have names" "$(keyaudit blocklist lookup "$alice")" ' listed: key\.known-compromised \(firmware\)$'
before=$(sum)
refused() { # WHAT STATUS PATTERN ARGUMENT...
	local what=$1 want=$2 pattern=$3 got=0
	shift 3
	update "$@" >/dev/null || got=$?
	is "$what: status" "$got" "$want"
	like "$what: said" "$(cat "$WORLD_RUN/err")" "$pattern"
	is "$what: the old list stays" "$(sum)" "$before"
	is "$what: and nothing else" "$(find "$(dirname "$list")" -name '*.new')" ''
}
refused "an address without a sum" 2 'nobody says which SHA-256' "$www/new.dat.xz"
refused "a wrong sum" 1 'not the one that was promised' "$www/new.dat.xz" --sum "$(printf x | sha256sum | cut -d' ' -f1)"
head -c 3000 "$WORLD_RUN/new.dat.xz" >"$STORE_WWW/torn.xz"
chmod 0644 "$STORE_WWW/torn.xz"
refused "a torn file of xz" 1 'xz cannot unpack it' "$www/torn.xz" --sum "$before"
head -c 79990 "$WORLD_RUN/new.dat" >"$WORLD_RUN/torn.dat"
refused "a torn list" 1 'no multiple of 16' "$WORLD_RUN/torn.dat"
make_list 100 7 "$alice" >"$WORLD_RUN/small.dat"
refused "a list that has shrunk" 1 'allow-shrink' "$WORLD_RUN/small.dat"
refused "a page that is not there" 75 'could not be fetched' "$www/nothing.json"
refused "a server of another name" 75 'store\.tls' "https://wrong.test:$STORE_HTTPS/badkeysdata.json"
refused "plain http from elsewhere" 2 'takes an https URL' "http://192.0.2.1/badkeysdata.json"
not_ok "the command's user may not fetch what it likes" setpriv --reuid _keyaudit --regid _keyaudit --clear-groups -- \
	"$WORLD_FETCH" --download "$www/badkeysdata.json" --max 1000 --ca-file "$STORE_PKI/ca.pem"
ok "a small list is taken when that is meant" update "$WORLD_RUN/small.dat" --allow-shrink
ok "and the large one again" update "$www/badkeysdata.json"

# ---- at a login ----
world_serve alice alice
world_sshd_start "AuthorizedKeysFile none"
allow "blocklist = $list" '[audit]' "sshd_log = $WORLD_AUTHLOG"
world_collect_start || world_die "the collector does not start"
not_ok "a listed key that is served does not get in" world_ssh alice alice
ok "it has an event" world_trail_wait 5 1
like "which names the reason" "$(world_last_event)" '"code":"key\.known-compromised"'
like "and the list" "$(world_last_event)" 'firmware'
like "so does keys" "$(keyaudit keys alice)" 'was published \(firmware\)'
like "and the doctor" "$(keyaudit doctor alice --key "$alice")" 'key\.known-compromised'
world_serve alice good
ok "another key gets in" world_ssh alice good
mv "$list" "$list.away"
ok "a missing list is a warning" world_ssh alice good
allow "blocklist = $list" 'blocklist_required = yes' '[audit]' "sshd_log = $WORLD_AUTHLOG"
not_ok "where it is required nobody gets in" world_ssh alice good
like "and that is said" "$(keyaudit keys alice)" 'data\.missing'
mv "$list.away" "$list"
ok "until it is there again" world_ssh alice good

world_finish
