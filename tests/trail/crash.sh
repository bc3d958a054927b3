#!/bin/bash
# SPDX-License-Identifier: ISC
# crash.sh: what crashes leave is never called tampering. Four writers, `keyaudit log seal` and `keyaudit log rotate` are killed
# with SIGKILL at random moments, TRAIL_CRASHES (60) times; the end of the last line is torn off as a power cut would; the disk
# is full in between (a tmpfs), also to the byte and for want of a name. Old files expire. After each of them, and while all of
# them write, `keyaudit verify` with K0 and the anchors that were left elsewhere must not say "broken".
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
clean=0 sealed=0 torn=0

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

# the rotated files, the oldest first: a name of this second is free again when its file has expired
by_number() {
	local f
	for f in "$WORLD_TRAIL"-*; do
		[ ! -e "$f" ] || printf '%s %s\n' "$(sed -n '1s/.*,"seq":\([0-9]*\),"prev":.*/\1/p' "$f")" "$f"
	done | sort -n | cut -d' ' -f2-
}

# what is rotated in peace, and what expires: all but the last four files
expired=0
expire() {
	local old
	keyaudit log rotate --if-larger 4M >/dev/null
	mapfile -t old < <(by_number | head -n -4)
	[ ${#old[@]} -eq 0 ] || rm "${old[@]}"
	expired=$((expired + ${#old[@]}))
}

# within FILE BYTES COMMAND...: files may become BYTES longer than FILE is, and no longer; a write gets as far as it gets
within() {
	local size
	size=$(stat -c %s "$1" 2>/dev/null || echo 0)
	(trap '' XFSZ && exec prlimit --fsize="$((size + $2)):" "${@:3}") >/dev/null 2>&1
}

# a disk that is full at any byte of a record, a seal and a rotation, and one that has no room for one more name
squeeze() {
	local kind used more bytes
	for kind in record seal rotation rotation-seal name record seal rotation; do
		bytes=$((RANDOM % 2 ? RANDOM % 3500 : RANDOM % 500))
		case $kind in
		record) within "$WORLD_TRAIL" $bytes "$tool" "$WORLD_TRAIL" "$lock" 2 ;;
		seal) within "$folder/seals.jsonl" $((bytes % 600)) keyaudit log seal ;;
		rotation) within "$WORLD_TRAIL" $bytes keyaudit log rotate ;;
		rotation-seal) within "$folder/seals.jsonl" $((bytes % 600)) keyaudit log rotate ;;
		name)
			"$tool" "$WORLD_TRAIL" "$lock" 1 >/dev/null
			used=$(df --output=iused "$folder" | tail -1)
			for more in 0 1 2; do
				mount -n -o "remount,nr_inodes=$((used + more))" "$folder" 2>/dev/null && break
			done
			keyaudit log rotate >/dev/null 2>&1
			ok "a trail is there" test -s "$WORLD_TRAIL"
			;;
		esac
		look "no room for a $kind, round $1"
		mount -n -o remount,nr_inodes=100000 "$folder"
	done
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
	look "while they write, round $i"
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
		# where there was no room for it the last line is one that a seal has seen, and no power cut takes that
		if [ "$("$tool" "$WORLD_TRAIL" "$lock" 1)" = 1 ]; then
			truncate -s "-$((1 + RANDOM % 60))" "$WORLD_TRAIL"
			# and a file system may show zeros where data should have come
			((RANDOM % 2)) || truncate -s "+$((RANDOM % 6000))" "$WORLD_TRAIL"
			torn=$((torn + 1))
		fi
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
		squeeze "$i"
	fi
done
"$tool" "$WORLD_TRAIL" "$lock" 3 >/dev/null
ok "sealing goes on" keyaudit log seal
look "the end"
is "lines were torn" $torn $(((rounds + 2) / 3))
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
