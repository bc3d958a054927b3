#!/bin/bash
# SPDX-License-Identifier: ISC
# crash.sh: what crashes leave is never called tampering. Four writers, `keyaudit log seal` and `keyaudit log rotate` are killed
# with SIGKILL at random moments, TRAIL_CRASHES (60) times; the end of the last line is torn off as a power cut would; the disk
# is full in between (a tmpfs). Old files expire. After each of them `keyaudit verify` with K0 and the anchors that were left elsewhere must not say "broken".
# Prints "crashes: N clean of N".
if [ -z "${KA_WORLD:-}" ]; then
	exec "$(dirname "$0")/../world/enter.sh" -- tests/trail/crash.sh "$@"
fi
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"

rounds=${TRAIL_CRASHES:-60}
tool=$KA_SRC/build/tests/tools/trailwrite
folder=${WORLD_TRAIL%/*}
lock=/run/keyaudit/trail.lock
anchors=/home/anchors
clean=0 sealed=0

[ -x "$tool" ] || world_die "$tool is missing: make testtools"
world_setup
world_conf '[lookup]' 'sources = local' '[source local]' 'type = file' 'path = /etc/keyaudit/keys.d/%u' \
	'[audit]' "anchor = file $anchors" 'min_free = 0MiB'
mkdir -p /var/lib/keyaudit/private && chmod 700 /var/lib/keyaudit/private
mount -n -t tmpfs -o size=128m,mode=750 tmpfs "$folder" || world_die "no tmpfs"
keyaudit log seal --init >"$WORLD_RUN/k0" 2>/dev/null || world_die "sealing cannot begin"
# the very first seal needs a record
"$tool" "$WORLD_TRAIL" "$lock" 3 >/dev/null || world_die "nothing can be written"
ok "the first seal" keyaudit log seal
ok "was left elsewhere" test -s "$anchors"

# look WHAT: one more crash; clean when verify finds nothing broken
look() {
	local status said
	said=$(keyaudit verify --key "$WORLD_RUN/k0" --anchor "$anchors" 2>&1)
	status=$?
	if [ $status = 0 ]; then
		clean=$((clean + 1))
	else
		echo "crash: $1: status $status"
		printf '%s\n' "$said"
	fi
	crashes=$((crashes + 1))
}
crashes=0

keep_sealing() {
	while [ ! -e "$WORLD_RUN/enough" ]; do
		keyaudit log seal
		sleep "0.0$((RANDOM % 30))"
		((RANDOM % 4)) || keyaudit log rotate
	done
} 2>/dev/null

# what is rotated in peace, and what expires: all but the last four files
expired=0
expire() {
	local old
	keyaudit log rotate --if-larger 4M >/dev/null
	mapfile -t old < <(find "$folder" -name 'audit.jsonl-*' | sort -V | head -n -4)
	[ ${#old[@]} -eq 0 ] || rm "${old[@]}"
	expired=$((expired + ${#old[@]}))
}

for ((i = 0; i < rounds; i++)); do
	rm -f "$WORLD_RUN/enough"
	pids=()
	for _ in 1 2 3 4; do
		"$tool" "$WORLD_TRAIL" "$lock" 0 >/dev/null 2>&1 &
		pids+=($!)
	done
	# sealing in a process group of its own, so that both the loop and what it runs can be killed at once
	setsid bash -c "$(declare -f keep_sealing); WORLD_RUN=$WORLD_RUN keep_sealing" >/dev/null 2>&1 &
	sealer=$!
	sleep "0.$(printf %03d $((10 + RANDOM % 90)))"
	# a group only once setsid has come to its turn
	until kill -KILL -- "-$sealer" 2>/dev/null; do sleep 0.01; done
	kill -KILL "${pids[@]}" 2>/dev/null
	wait "$sealer" "${pids[@]}" 2>/dev/null
	look "killed, round $i"
	expire
	look "rotated, round $i"
	# a power cut: the last line, behind the last seal, loses its end
	if ((i % 3 == 0)); then
		keyaudit log seal 2>/dev/null
		"$tool" "$WORLD_TRAIL" "$lock" 1 >/dev/null
		truncate -s "-$((1 + RANDOM % 60))" "$WORLD_TRAIL"
		look "torn, round $i"
		"$tool" "$WORLD_TRAIL" "$lock" 2 >/dev/null
		look "torn and gone on, round $i"
	fi
	# the disk is full while all of them write, and then it is not
	if ((i % 5 == 0)); then
		used=$(df --output=used -k "$folder" | tail -1)
		mount -n -o "remount,size=$((used + 8 + RANDOM % 40))k" "$folder"
		timeout -s KILL 0.3 "$tool" "$WORLD_TRAIL" "$lock" 0 >/dev/null 2>&1 &
		filler=$!
		keyaudit log seal 2>/dev/null
		wait "$filler" 2>/dev/null
		keyaudit log seal 2>/dev/null
		look "full, round $i"
		mount -n -o remount,size=128m "$folder"
		"$tool" "$WORLD_TRAIL" "$lock" 2 >/dev/null
		look "room again, round $i"
	fi
done
"$tool" "$WORLD_TRAIL" "$lock" 3 >/dev/null
ok "sealing goes on" keyaudit log seal
look "the end"
is "there is room in the end" "$(df --output=avail -k "$folder" | tail -1 | awk '{ print ($1 > 1024) }')" 1
sealed=$(wc -l <"$folder/seals.jsonl")
echo "trail: $(sed -n 's/.*,"seq":\([0-9]*\),"prev":.*/\1/p' "$WORLD_TRAIL" | tail -n 1) records, $sealed seals," \
	"$(cat "$WORLD_TRAIL"* | grep -c '"action":"trail-recovery"') recoveries in the last $(find "$folder" -name 'audit.jsonl*' | wc -l) files, $expired expired"
echo "crashes: $clean clean of $crashes"
is "no crash is called tampering" "$clean" "$crashes"
# an attack in the same place is: the measure of what the lines above are worth
sed -i '2s/"schema":1/"schema":2/' "$WORLD_TRAIL"
keyaudit verify --anchor "$anchors" >/dev/null 2>&1
is "and tampering is" $? 1
world_finish
