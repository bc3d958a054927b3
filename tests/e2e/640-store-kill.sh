#!/bin/bash
# SPDX-License-Identifier: ISC
# authkeys-fetch is killed at any moment, and the disk is full: no look-up ever serves what no store said, and the next one is
# served.
#
# time limit: 300
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"
# shellcheck source=tests/world/store.sh
. "$WORLD_LIB/store.sh"

world_setup
[ -x "$WORLD_FETCH" ] || world_die "authkeys-fetch is not installed"
world_key alice ed25519
world_key bob ed25519
store_fault_start
world_conf '[lookup]' 'sources = corp' '[source corp]' 'type = http' 'format = lines' "url = http://127.0.0.1:$STORE_FAULT/f/%u"

line() { world_pub "$1" | cut -d' ' -f1,2; }
# two documents of which a torn one is neither; the second is long, so that writing it takes a while
short=$(line alice)
long=$(line bob; for i in $(seq 900); do echo "# $i $(line alice)"; done)
printf '%s\n' "$short" >"$STORE_RUN/short"
printf '%s\n' "$long" >"$STORE_RUN/long"

# every entry in the cache has the length and the hash that it says
is_whole() {
	local entry
	for entry in $(store_entries); do
		[ "$(tail -n +2 "$entry" | wc -c)" = "$(head -n 1 "$entry" | grep -oE ' length=[0-9]+' | cut -d= -f2)" ] &&
			[ "$(tail -n +2 "$entry" | sha256sum | cut -d' ' -f1)" = "$(head -n 1 "$entry" | grep -oE ' sha256=[0-9a-f]+' | cut -d= -f2)" ] ||
			return 1
	done
}

# ---- killed ----
# a fetcher, wherever it is
runs=${STORE_KILLS:-60}
hit=0 served=0 nothing=0 strange=0 torn=0
for ((i = 0; i < runs; i++)); do
	if ((i % 2)); then file=short; else file=long; fi
	# a quick store or a slow one: killed while it waits, or at the disk
	store_fault f "file $STORE_RUN/$file" "pause $((RANDOM % 2 * 30))"
	store_age stale
	{
		# from 0 to 19 ms on, whenever there is one
		sleep "0.$(printf %03d $((RANDOM % 20)))"
		for _ in $(seq 20); do
			! pkill -KILL -x -u _keyfetch authkeys-fetch || exit 0
		done
		exit 1
	} &
	store_asked alice
	! wait $! || hit=$((hit + 1))
	case $store_out in
	"$(line alice)" | "$(line bob)") served=$((served + 1)) ;;
	'') nothing=$((nothing + 1)) ;;
	*) strange=$((strange + 1)) ;;
	esac
	# what lies there now is whole, or nothing
	store_settle
	is_whole || torn=$((torn + 1))
done
note "$runs look-ups, the fetcher killed in $hit: $served served, $nothing with nothing"
is "killed: nothing was served that no store said" "$strange" 0
is "killed: no entry was ever torn" "$torn" 0
ok "killed: often enough" test "$hit" -ge $((runs / 5))
store_fault f "file $STORE_RUN/short"
store_age stale
store_asked alice
is "killed: the next look-up is served" "$store_out" "$(line alice)"
is "killed: nothing is left behind but entries and notes" \
	"$(find $STORE_CACHE -type f ! -regex '.*/[0-9a-f]*\(\.try\|\.lock\)?' ! -name 'breaker.*' | wc -l)" 0

# ---- killed before each system call that could leave something half done ----
# by itself, as the timer runs it; strace kills before the Nth call of that name. CALL N
killed_at() {
	setpriv --reuid _keyfetch --regid _keyaudit --clear-groups strace -qq -o /dev/null -e "trace=$1" \
		-e "inject=$1:signal=KILL:when=$2" "$WORLD_FETCH" --background corp alice >"$WORLD_RUN/step" 2>&1
	[ $? = 137 ]
}
steps=0 strange=0 torn=0
for call in openat mkdirat flock write fsync renameat unlinkat; do
	for ((n = 1; n <= 200; n++)); do
		if ((steps++ % 2)); then file=long; else file=short; fi
		store_fault f "file $STORE_RUN/$file"
		store_age stale
		# a shell says so when a child is killed
		{ killed_at "$call" "$n" || break; } 2>/dev/null
		is_whole || torn=$((torn + 1))
		# nothing new is to be had
		store_fault f 'reset answer'
		store_age fresh
		store_asked alice
		case $store_out in "$(line alice)" | "$(line bob)") ;; *) strange=$((strange + 1)) ;; esac
	done
	note "killed before each of $((n - 1)) $call"
	ok "killed before each $call: there is an end of them" test "$n" -le 200
done
ok "killed before each call: there were some" test "$steps" -gt 20
is "killed before each call: no entry was ever torn" "$torn" 0
is "killed before each call: the one before, or the new one, is served" "$strange" 0
store_fault f "file $STORE_RUN/short"

# ---- a full disk ----
store_forget
mount -n -t tmpfs -o mode=0750,size=256k,uid="$(id -u _keyfetch)",gid="$(id -g _keyaudit)" world-cache $STORE_CACHE
store_asked alice
is "small disk: served" "$store_out" "$(line alice)"
store_settle
is "small disk: kept" "$(store_entries | wc -l)" 1
head -c 400000 /dev/zero >$STORE_CACHE/fill 2>/dev/null
store_fault f "file $STORE_RUN/long"
store_age stale
store_asked alice
is "full disk: the new answer is served" "$store_out" "$(line bob)"
store_asked alice
like "full disk: and the next look-up too" "$store_out" '^ssh-ed25519 '
store_fault f 'status 404 Gone'
store_age stale
store_asked alice
like "full disk: no keys" "$store_src" '^corp:no-keys:store\.no-keys(:|$)'
store_settle
store_fault f 'reset answer'
store_asked alice
is "full disk: nothing comes back when the store is down" "$store_out" ''
rm $STORE_CACHE/fill
store_fault f "file $STORE_RUN/long"
store_age stale
store_asked alice
is "room again: served" "$store_out" "$(line bob)"
store_settle
before=$(store_fault_count f)
store_asked alice
is "room again: kept" "$(($(store_fault_count f) - before))" 0
store_settle
rm -rf "${STORE_CACHE:?}"/*
head -c 400000 /dev/zero >$STORE_CACHE/fill 2>/dev/null
store_asked alice
is "full disk, nothing in the cache: served" "$store_out" "$(line bob)"
# a list of revoked keys is not keys: an old one is better than none
store_settle
rm -rf "${STORE_CACHE:?}"/*
store_signer ops
install -m 0644 "$STORE_RUN/signers" /etc/keyaudit/signers
world_conf '[lookup]' 'sources = corp' '[source corp]' 'type = http' 'format = signed' "url = http://127.0.0.1:$STORE_FAULT/f/%u" \
	"revoked_url = http://127.0.0.1:$STORE_FAULT/r/list" 'signers = /etc/keyaudit/signers'
fetch_list() { # SERIAL KEY...
	local serial=$1 key
	shift
	for key; do world_fingerprint "$key"; done >"$STORE_RUN/fingerprints"
	store_document nobody '*' "$serial" '+1 day' "$(cat "$STORE_RUN/fingerprints")" | sed '1s/keys/revoked/; /^# user: /d' |
		store_sign ops >"$STORE_RUN/list"
	store_fault r "file $STORE_RUN/list"
	setpriv --reuid _keyfetch --regid _keyaudit --clear-groups "$WORLD_FETCH" corp :revoked 2>/dev/null | head -n 1
}
like "a revoked list: kept" "$(fetch_list 1 alice) $(store_entries | wc -l)" ' outcome=found .* 1$'
head -c 400000 /dev/zero >$STORE_CACHE/fill 2>/dev/null
store_age stale
like "full disk: a new list" "$(fetch_list 2 alice bob)" ' outcome=found '
ok "full disk: the old list is still there" grep -q '^# serial: 1$' "$(store_entries)"
umount $STORE_CACHE
world_finish
