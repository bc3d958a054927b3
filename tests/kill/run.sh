#!/bin/bash
# SPDX-License-Identifier: ISC
# run.sh: exactly once, whatever is killed when. KILL_CONNECTIONS (500) real logins, good, bad, and such that only sshd's log
# speaks of, KILL_PARALLEL (20) at a time, while every 200 ms the collector with its ear and its workers and every recorder are
# ended by SIGKILL, and between, at random moments, one part alone, and started again (a recorder by the next login). Afterwards
# the trail must hold exactly one final event per connection, and of the right kind.
# Prints "connections: N, lost L, doubled D".
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"

connections=${KILL_CONNECTIONS:-500}
parallel=${KILL_PARALLEL:-20}

world_setup
# one summary per flood would be right in life; here every connection is counted
world_conf '[lookup]' 'sources = local' '[source local]' 'type = file' 'path = /etc/keyaudit/keys.d/%u' \
	'[audit]' 'flood_limit = 1000000' "sshd_log = $WORLD_AUTHLOG"
world_key good ed25519
world_key bad ed25519
world_serve alice good
world_sshd_start 'PerSourceMaxStartups none' 'MaxStartups 1000'

# the collector, kept alive; what is killed is started again at once
keep_collecting() {
	while [ ! -e "$WORLD_RUN/enough" ]; do
		keyaudit collect --watch 2>>"$WORLD_RUN/collect.err"
	done
} 2>/dev/null # the shell's own "Killed"

# end VERB... [youngest]: without a chance to tidy up. Each that is ended is a line of $WORLD_RUN/kills. It looks by itself and
# not with pkill(1), which takes longer than 200 ms to come to its turn while 20 logins are under way.
end() {
	local f argv victims=()
	for f in /proc/[0-9]*/cmdline; do
		{ mapfile -d '' -t argv <"$f"; } 2>/dev/null
		[[ ${argv[0]:-} == *keyaudit && " $* " == *" ${argv[1]:-} "* ]] || continue
		f=${f#/proc/}
		victims+=("${f%/*} ${argv[1]}")
	done
	[ ${#victims[@]} -gt 0 ] || return
	if [ "${!#}" = youngest ]; then victims=("$(printf '%s\n' "${victims[@]}" | sort -n | tail -n 1)"); fi
	kill -KILL "${victims[@]% *}" 2>/dev/null
	printf '%s\n' "${victims[@]#* }" >>"$WORLD_RUN/kills"
}
killed() { grep -c "^$1" "$WORLD_RUN/kills"; }
now_ms() { echo $((${EPOCHREALTIME/[.,]/} / 1000)); }

# every 200 ms: all of them
keep_killing() {
	local next wait
	renice -n -10 -p "$BASHPID" >/dev/null
	next=$(now_ms)
	while [ ! -e "$WORLD_RUN/enough" ]; do
		end collect record
		echo round >>"$WORLD_RUN/kills"
		next=$((next + 200))
		wait=$((next - $(now_ms)))
		if [ $wait -gt 0 ]; then sleep "0.$(printf %03d $wait)"; else next=$((next - wait)); fi
	done
}

# every 20 to 420 ms: one kind, or the collector's youngest process
keep_picking() {
	while [ ! -e "$WORLD_RUN/enough" ]; do
		case $((RANDOM % 3)) in
		0) end record ;;
		1) end collect youngest ;;
		*) end collect ;;
		esac
		sleep "0.$(printf %03d $((20 + RANDOM % 400)))"
	done
}

# one connection: its client tells which local port it used, so that it can be found again in the trail
connect() { # USER KEY
	world_ssh "$1" "$2" -v -- true >/dev/null 2>&1
}

keep_collecting &
collector=$!
keep_killing &
killer=$!
keep_picking &
picker=$!
begin=$SECONDS
others=$(jobs -rp | wc -l) # sshd, the syslog catcher, the collector's keeper, the killers
for ((i = 0; i < connections; i++)); do
	while [ "$(jobs -rp | wc -l)" -ge $((parallel + others)) ]; do wait -n; done
	case $((i % 4)) in
	0 | 2) connect alice good & ;;
	1) connect alice bad & ;;
	3) connect nobody-here good & ;; # neither the command nor PAM runs
	esac
	if ((i % 100 == 99)); then echo "  $((i + 1)) connections, $(killed round) rounds, $((SECONDS - begin)) s"; fi
done
while [ "$(jobs -rp | wc -l)" -gt "$others" ]; do wait -n; done
touch "$WORLD_RUN/enough"
pkill -TERM -f 'keyaudit collect'
wait "$killer" "$picker" "$collector" 2>/dev/null

# sshd's own word: every connection that it accepted
started=$(grep -c 'Connection from ' "$WORLD_SSHDLOG")
accepted=$(grep -c 'Accepted publickey' "$WORLD_SSHDLOG")
is "sshd saw them all" "$started" "$connections"

# what was left is drained by hand, twice: claims of the killed wait for their owners' end
drained() {
	keyaudit collect 2>>"$WORLD_RUN/collect.err"
	[ -z "$(world_left)" ]
}
world_wait 30 drained || echo "  left: $(world_left | tr '\n' ' ')"

finals=$(grep -cE '"action":"ssh-(key-refused|login-accepted|login-denied|key-offered)"' "$WORLD_TRAIL")
names=$(grep -oE '"connection":"[0-9]+\.[0-9]+"' "$WORLD_TRAIL" | sort | uniq | wc -l)
torn=$(grep -vc '^{.*}$' "$WORLD_TRAIL")
lost=$((connections - names))
doubled=$((finals - names))
is "accepted logins are accepted events" "$(grep -c '"action":"ssh-login-accepted"' "$WORLD_TRAIL")" "$accepted"
is "refused keys are refused events" "$(grep -c '"action":"ssh-key-refused"' "$WORLD_TRAIL")" "$((connections - accepted))"
is "what only the log knows is there" "$(grep -c '"basis":"sshd-log".*"code":"account.unknown"\|"code":"account.unknown".*"basis":"sshd-log"' "$WORLD_TRAIL")" $((connections / 4))
is "no line of the trail is torn" "$torn" 0
is "nothing is lost" "$lost" 0
is "nothing is doubled" "$doubled" 0
ok "something was killed" test "$(killed record)" -gt $((connections / 20)) -a "$(killed collect)" -gt $((connections / 20))
echo "kills: $(killed collect) of the collector, $(killed record) of recorders, in $(killed round) rounds and $((SECONDS - begin)) s"
echo "connections: $connections, lost $lost, doubled $doubled"
world_finish
