#!/bin/bash
# SPDX-License-Identifier: ISC
# The command's uid fills the spool with everything but records. The collector must neither stall nor end nor fall
# silent about real logins, touch nothing outside of its directories, keep little, and believe nothing.
# beside: 1
# shellcheck disable=SC2016 # the inner shell expands
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"

world_setup
world_key alice ed25519
world_key stranger ed25519
world_serve alice alice
spool=/run/keyaudit/spool
agent=$KA_SRC/build/tests/tools/fakeagent

# as _keyaudit, in the spool (which it may not list)
hostile() {
	setpriv --reuid _keyaudit --regid _keyaudit --clear-groups -- bash -c "cd $spool || exit; $1"
}
count() {
	if [ -e "$WORLD_TRAIL" ]; then grep -c "$1" "$WORLD_TRAIL"; else echo 0; fi
}
# what is built in many steps is not there before it is finished
freeze() { kill -STOP "$collector"; }
thaw() { kill -CONT "$collector"; }
# tampered_sum: how many entries the tampered events have counted
tampered_sum() {
	sed -n 's/.*"action":"spool-tampered".*"count":\([0-9]*\).*/\1/p' "$WORLD_TRAIL" | awk '{ n += $1 } END { print n + 0 }'
}
tampered_reaches() {
	[ "$(tampered_sum)" -ge "$1" ]
}
spool_is_empty() {
	[ -z "$(ls -A "$spool")" ]
}
# prompt NAME: a refused and an accepted real login have their events within moments
prompt() {
	local before now
	before=$(count '"action":"ssh-login-accepted"')
	ok "$1: a login works" world_ssh alice alice
	ok "$1: its event comes at once" world_wait 3 more_than '"action":"ssh-login-accepted"' "$before"
	before=$(count '"trust":"seen".*"fingerprint":"'"$stranger")
	not_ok "$1: a stranger is refused" world_ssh alice stranger
	now=$(_world_ms)
	ok "$1: its event comes in time" world_wait 4 more_than '"trust":"seen".*"fingerprint":"'"$stranger" "$before"
	note "$1: after $(($(_world_ms) - now)) ms"
}
more_than() {
	[ "$(count "$1")" -gt "$2" ]
}
record() { # USER TYPE-SUFFIX VERDICT REASONS
	echo "ka1 attempt at=1 up=1 pp=1 pid=1 uid=61101 user=$1 type=ssh-ed25519 fp=SHA256:$2 key=- c=127.0.0.1%202222%20203.0.113.9%2040000 src=local:found:- verdict=$3 reasons=$4 opts=-"
}
fake=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA

stranger=$(world_fingerprint stranger | sed 's/[+]/\\+/g; s/\//\\\//g')
echo untouched >/var/log/canary
cp /etc/shadow "$WORLD_RUN/shadow"
state() { stat -c '%n %i %a %u %g %s %Y %Z' /etc/shadow /etc/passwd /var/log/canary /etc/keyaudit /etc/keyaudit/* /run/sshd; }
state >"$WORLD_RUN/before"
world_sshd_start
ok "the collector starts" world_collect_start
collector=$(world_collect_pid)
prompt "in peace"

# --- entries that are no files of ours
note "types"
freeze
hostile 'mkdir plain 90001.1; mkdir -p 90002.1/a/b/c; touch 90002.1/a/f; mkdir 90003.1; cd 90003.1; touch {1..3000}; cd ..
	ln -s /etc/shadow 90004.1; ln -s /var/log/canary link; ln -s . 90005.1
	echo x >90006.1; ln 90006.1 90007.1; mkfifo 90008.1 pipe
	truncate -s 1G 90009.1; truncate -s 1G big; touch -- .hidden "x y" $'"'"'esc\e[31m'"'"' 01.2 +1.2 1.5 -3.4 5. .5 5.99999999999999999999999'
hostile 'd=deep; for i in {1..400}; do mkdir $d; cd $d; touch f; done'
hostile 'd=90010.1; for i in {1..400}; do mkdir $d; cd $d; d=x; touch f; done'
hostile "timeout 0.3 $agent $spool/90011.1 fail /dev/null; true"
echo x >$spool/90012.1 # root's
thaw
ok "all of them are noticed and gone" world_wait 12 spool_is_empty
prompt "after strange types"

# --- names that lie
note "names"
install -m 0755 /bin/sleep /run/world/sshd
chmod 0755 /run/world
setpriv --reuid _keyaudit --regid _keyaudit --clear-groups /run/world/sshd 60 &
impostor=$!
start_of() { sed 's/.*) //' "/proc/$1/stat" | cut -d' ' -f20; }
hostile "$(declare -f record); record alice $fake refused key.rsa-too-short >$impostor.$(start_of $impostor)
	record alice $fake refused - >$collector.$(start_of "$collector"); record alice $fake refused - >$impostor.0
	record root $fake refused - >$$.$(start_of $$)"
ok "names of processes that are not sshd are refused" world_wait 5 spool_is_empty
ok "all of these and those before are counted" world_wait 12 tampered_reaches 30
kill $impostor

# --- a real connection whose event is written: nothing that is added later makes another
world_ssh alice alice -- sleep 30 >/dev/null 2>&1 &
session=$!
before=$(count '"action":"ssh-login-accepted"')
world_wait 5 more_than '"action":"ssh-login-accepted"' "$before"
live=$(grep -o '"connection":"[0-9.]*"' "$WORLD_TRAIL" | tail -n 1 | cut -d'"' -f4)
hostile "$(declare -f record); record root $fake refused - >$live; record root $fake served - >${live%.*}.0"
world_wait 5 pkill -u alice sleep # the event comes before the command begins
wait $session
ok "what was put under a live session's name goes with it" world_wait 10 spool_is_empty
is "without an event of its own" "$(count "\"connection\":\"$live\"")" 1

# --- content
note "content"
freeze
hostile 'head -c 65536 /dev/zero | tr "\0" x >91001.1; head -c 65536 /dev/zero >91002.1; head -c 200000 /dev/urandom >91003.1
	yes "ka1 attempt at=1" | head -n 5000 >91004.1; printf "ka1 attempt\n\n\n\0\n" >91005.1; : >91006.1
	for i in {1..5000}; do echo; done >91007.1'
hostile "$(declare -f record); for i in {1..3000}; do record u\$i $fake\$i none -; done | head -c 260000 >91008.1
	record \$'%1b[31m%0aroot%22' '%1b]0;x%07' refused no.such,,,key.rsa-too-short >91009.1
	record alice $fake refused revoked.listed,key.known-compromised >91010.1
	record '..%2f..%2fetc%2fpasswd' '%00' none - >91011.1; record '%e2%80%ae%ff' x none %ff >91012.1"
n=100
for f in "$KA_SRC"/tests/fuzz/corpus/record/*; do
	[ -e "$f" ] && install -o _keyaudit -m 0600 "$f" "$spool/92$((++n)).1"
done
thaw
ok "all of it is digested" world_wait 15 spool_is_empty
prompt "after strange content"
claimed=$(grep '"trust":"claimed"' "$WORLD_TRAIL")
like "what only the command's uid says is an event" "$claimed" '"connection":"91010\.1"'
unlike "never an alert" "$claimed" '"kind":"alert"'
unlike "never with an address" "$claimed" '"source"'
unlike "no control byte gets into the trail" "$(tr -d '\n' <"$WORLD_TRAIL")" $'[\001-\037\177]'
unlike "nor into syslog" "$(grep keyaudit "$WORLD_AUTHLOG" | tr -d '\n')" $'[\001-\037\177]'

# --- many at once
note "many"
hostile 'for i in {1..3000}; do : >n$i; done'
hostile "$(declare -f record); line=\$(record alice $fake refused key.rsa-too-short)
	for i in {1..900}; do echo \"\$line\" >9300\$i.7; done; for i in {1..300}; do echo \"\${line/=refused/=served}\" >9400\$i.7; done"
begin=$(_world_ms)
prompt "in the flood"
ok "the flood is digested" world_wait 60 spool_is_empty
note "in $(($(_world_ms) - begin)) ms"
sums() {
	local single summed
	single=$(grep -c '"connection":"9[34]00[0-9]*\.7".*"trust":"claimed"' "$WORLD_TRAIL")
	# a summary carries the first of the connections that it counts
	summed=$(sed -n 's/.*ssh-key-refused-summary.*"connection":"9[34]00[0-9]*\.7".*"count":\([0-9]*\).*/\1/p' "$WORLD_TRAIL" | awk '{ n += $1 } END { print n + 0 }')
	single=$((single - $(grep -c 'ssh-key-refused-summary.*"trust":"claimed"' "$WORLD_TRAIL")))
	echo "$single $summed"
}
all_counted() { read -r single summed < <(sums) && [ $((single + summed)) = 1200 ]; }
ok "every one is counted, singly or in a sum" world_wait 10 all_counted
note "single and summed: $(sums)"
ok "most of them in a sum" test "$(sums | cut -d' ' -f1)" -le 300

# --- the end
world_collect_stop
like "the collector that ends is the one that began" "$collector" "^[0-9]+$"
unlike "it had nothing to complain about" "$(cat /var/log/collect.log)" 'stopped|failed'
ok "few are kept aside" test "$(find /run/keyaudit/rejected -mindepth 1 | wc -l)" -le 32
ok "and they are small" test "$(du -sk /run/keyaudit/rejected | cut -f1)" -le 2048
is "no claim is left" "$(ls -A /run/keyaudit/claimed)" ''
is "no line of the trail is broken" "$(grep -vc '^{.*}$' "$WORLD_TRAIL")" 0
is "each id stands once" "$(grep -o '"id":"[a-z2-7]\{26\}"' "$WORLD_TRAIL" | sort | uniq -d)" ''
ok "tampering is said with counts, not line by line" test "$(count spool-tampered)" -le 40
is "nothing else was touched" "$(state)" "$(cat "$WORLD_RUN/before")"
ok "nor read into anything" cmp /etc/shadow "$WORLD_RUN/shadow"
world_finish
