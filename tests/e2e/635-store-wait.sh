#!/bin/bash
# SPDX-License-Identifier: ISC
# How long a connection waits for its key stores: once, whatever the client offers and however many stores there are. What a
# look-up costs that need not wait, and what it leaves behind: a refresh that holds nothing of sshd's.
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"
# shellcheck source=tests/world/store.sh
. "$WORLD_LIB/store.sh"

deadline=1000 # ms
grace=700     # for the fetcher to say that it has passed, on a machine that does other things too

world_setup
[ -x "$WORLD_FETCH" ] || world_die "authkeys-fetch is not installed"
for key in alice bob carol dave erin; do world_key $key ed25519; done
store_fault_start
alice=$(world_pub alice | cut -d' ' -f1,2)
# NAME PATH: the lines of one source
source_lines() {
	printf '%s\n' "[source $1]" 'type = http' 'format = lines' "url = http://127.0.0.1:$STORE_FAULT/$2"
}
# LINE...: [lookup], then the sources
conf() { world_conf '[lookup]' "deadline = ${deadline}ms" "$@"; }
# five keys on one connection, alice's the last one; sets status, ms, asked (requests) and waited (the sum of net=)
connect() {
	local begin before
	rm -f /run/keyaudit/spool/*
	before=$(store_fault_count)
	begin=$(_world_ms)
	status=0
	world_ssh alice bob -i "$WORLD_RUN/keys/carol" -i "$WORLD_RUN/keys/dave" -i "$WORLD_RUN/keys/erin" -i "$WORLD_RUN/keys/alice" ||
		status=$?
	ms=$(($(_world_ms) - begin))
	store_settle
	asked=$(($(store_fault_count) - before))
	waited=$(sed -n 's/.* net=\([0-9]*\) .*/\1/p' /run/keyaudit/spool/* | awk '{ sum += $1 } END { print sum + 0 }')
	runs=$(cat /run/keyaudit/spool/* | grep -c '^ka1 attempt ')
}
# NAME: the last connection has waited once
waited_once() {
	ok "$1: waited $waited ms of $deadline" test "$waited" -le $((deadline + grace))
	# with a wait for each of five keys it would be five deadlines
	ok "$1: the login took $ms ms" test "$ms" -lt $((deadline * 4))
}
world_sshd_start

# ---- each key is a question of its own, so that no note of a failure helps the next one: only the record knows ----
conf 'sources = corp' "$(source_lines corp 'f/%u?fp=%f')"
store_fault f 'hang answer'
connect
is "a store that hangs: refused" "$status" 255
is "a store that hangs: five keys, five runs" "$runs" 5
is "a store that hangs: one request" "$asked" 1
waited_once "a store that hangs"
is "a store that hangs: each run says why it had no keys" "$(grep -c ' src=corp:unavailable:store\.timeout[: /]' /run/keyaudit/spool/*)" 5
is "a store that hangs: the first run waited, the others did not" "$(grep -o ' net=' /run/keyaudit/spool/* | wc -l)" 1

# ---- slow, but it answers: what each run has waited adds up ----
store_forget
store_fault f 'pause 400' "body $(world_pub alice)"
connect
is "a slow store: the key that it lists comes too late" "$status" 255
ok "a slow store: $asked requests, and not one for each key" test "$asked" -ge 2 -a "$asked" -le 3
waited_once "a slow store"
connect
ok "the next connection has a deadline of its own: $asked more requests" test "$asked" -ge 1 -a "$asked" -le 3
waited_once "the next connection"

# ---- several stores in one chain ----
store_forget
conf 'sources = one two three' "$(source_lines one f/%u)" "$(source_lines two g/%u)" "$(source_lines three h/%u)"
for name in f g h; do store_fault $name 'hang answer'; done
connect
is "three stores that hang: one request" "$asked" 1
waited_once "three stores that hang"
like "three stores that hang: why the others were not asked" "$(head -n 1 /run/keyaudit/spool/*)" \
	' src=one:unavailable:store\.timeout[^,]*,two:unavailable:store\.timeout[^,]*,three:unavailable:store\.timeout'

# ---- no cache, so nothing can be noted ----
mv $STORE_CACHE $STORE_CACHE.away
conf 'sources = corp' "$(source_lines corp f/%u)"
connect
is "no cache: one request" "$asked" 1
waited_once "no cache"
mv $STORE_CACHE.away $STORE_CACHE

# ---- a warm cache: the old entry serves behind one wait, and the key that is asked for last logs in ----
store_forget
store_fault f "body $alice"
store_asked alice
is "warm" "$store_out" "$alice"
store_fault f 'hang answer'
store_age stale
connect
is "an old entry: the last key logs in" "$status" 0
is "an old entry: one request" "$asked" 1
waited_once "an old entry"

# ---- many at once at a store that fails: one request, and everybody knows ----
many() { # NAME WANTED LINE...
	local name=$1 wanted=$2 pids=() before
	shift 2
	store_forget
	store_fault f 'pause 500' "$@"
	before=$(store_fault_count)
	for i in $(seq 10); do
		"$KA_SRC/build/tests/tools/assshd" "$WORLD_COMMAND" -u alice -U "$(id -u alice)" -H /home/alice >"$STORE_RUN/many.$i" &
		pids+=($!)
	done
	wait "${pids[@]}"
	is "$name: ten at once make one request" "$(($(store_fault_count) - before))" 1
	is "$name: and each of them knows" "$(cat /run/keyaudit/spool/* | grep -cE " src=corp:${wanted}[: /]")" 10
	rm -f /run/keyaudit/spool/*
}
rm -f /run/keyaudit/spool/*
many 'a store that is down' 'unavailable:store\.http-status' 'status 500 Oh'
many 'a store that denies' 'refused:store\.denied' 'status 403 No'

# ---- fresh: what the look-up does with its entry ----
store_forget
store_fault f "body $alice"
store_asked alice
store_age fresh
if readelf -lW "$WORLD_COMMAND" | grep -q INTERP; then
	note "a dynamic build: its system calls are not counted"
else
	strace -ff -qq -y -o "$WORLD_RUN/trace" "$KA_SRC/build/tests/tools/assshd" "$WORLD_COMMAND" -u alice \
		-U "$(id -u alice)" -H /home/alice >"$STORE_RUN/out"
	is "fresh: served" "$(cat "$STORE_RUN/out")" "$alice"
	# the one that has become the command, from there on
	trace=$(sed -n '/^execve("[^"]*authkeys-cmd"/,$p' "$WORLD_RUN"/trace.*)
	like "fresh: it was traced to its end" "$trace" '^exit_group\(0\)'
	is "fresh: the entry is opened, looked at, read once and left" \
		"$(grep "$STORE_CACHE/corp/[0-9a-f]" <<<"$trace" | sed 's/(.*//; s/^newfstatat$/fstat/' | tr '\n' ' ')" 'openat fstat read close '
	unlike "fresh: nobody is started, nothing is connected" "$trace" '^(fork|vfork|clone|clone3|socket|connect)\('
fi

# ---- a little older: the refresh behind the answer holds nothing of whoever waits for it ----
store_fault f 'hang answer'
store_age swr
before=$(store_fault_count)
exec 8> >(cat >"$STORE_RUN/out")
pipe=$(readlink "/proc/$BASHPID/fd/8")
begin=$(_world_ms)
setpriv --reuid _keyaudit --regid _keyaudit --clear-groups "$WORLD_COMMAND" -u alice -U "$(id -u alice)" -H /home/alice \
	>&8 2>"$STORE_RUN/errors" 9>"$STORE_RUN/another"
ok "a refresh behind the answer: nobody waits for it" test $(($(_world_ms) - begin)) -lt $deadline
exec 8>&-
one_more() { [ "$(store_fault_count)" -gt "$before" ]; }
ok "a refresh behind the answer: it asks" world_wait 10 one_more
pid=$(pgrep -x authkeys-fetch)
is "it is one process, in a session of its own" "$(ps -o sid= -p "$pid" | tr -d ' ')" "$pid"
is "its input, output and errors are nobody's" "$(for n in 0 1 2; do readlink "/proc/$pid/fd/$n"; done)" \
	"$(printf '/dev/null\n%.0s' 1 2 3)"
is "it holds no other descriptor of the caller's" "$(readlink "/proc/$pid"/fd/* | grep -cF -e "$pipe" -e "$STORE_RUN/")" 0
is "and what was served came before it" "$(cat "$STORE_RUN/out")" "$alice"
kill "$pid"
store_settle
world_finish
