# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # pairs and status are those of bench.sh
# SPDX-License-Identifier: ISC
# trailread.sh: a selective query over a trail in the page cache; sourced by bench.sh. The yardstick, for a quiet machine:
# 1,000,000 events below 3 s. TRAIL_EVENTS is their number (at the size for CI a hundredth).
events=${TRAIL_EVENTS:-$((pairs >= 2000 ? 1000000 : 10000))}
trail=$WORLD_RUN/bench.jsonl
awk -v n="$events" 'BEGIN { for (i = 0; i < n; i++) printf "{\"@timestamp\":\"2026-08-%02dT%02d:%02d:%02d.%06dZ\",\"ecs\":{\"version\":\"9.4.0\"},\"message\":\"ssh key refused for user%d: /home/user%d/.ssh/authorized_keys is writable by group staff (mode 0664)\",\"event\":{\"kind\":\"event\",\"category\":[\"authentication\"],\"type\":[\"start\"],\"action\":\"ssh-key-refused\",\"outcome\":\"failure\",\"code\":\"perm.group-writable\",\"id\":\"fi7vpgkfaann3oq7v2fa7tnhg4\",\"severity\":4},\"user\":{\"name\":\"user%d\",\"id\":\"1001\"},\"source\":{\"ip\":\"203.0.113.%d\",\"port\":50514},\"host\":{\"name\":\"web01\",\"id\":\"0a1b2c3d4e5f60718293a4b5c6d7e8f9\"},\"keyaudit\":{\"schema\":1,\"ref\":\"asm6lelb\",\"offers\":[\"ssh-ed25519 SHA256:Qx1cT0pdM3mYk2uVw9aL5rB7eJ4sH6fN8gZtC0iXoKE key.not-listed\",\"ssh-ed25519 SHA256:lPnmAAbrNMYg4YQtud9EaR2o2sWlA3V8Th96QOOebF8 perm.group-writable\"],\"fix\":\"runuser -u user%d -- chmod go-w /home/user%d/.ssh/authorized_keys\",\"seq\":%d,\"prev\":\"9d57a6f4cdb5cedace33b7dfb08f038f6238eca7f9689f87685faacc8be25e05\",\"hash\":\"602786cbbbd355f013b184bd8f8670d45d7bf5f24c71a479d9abf78202a85774\"}}\n", 1 + i / 86400, i / 3600 % 24, i / 60 % 60, i % 60, i % 1000000, i % 5000, i % 5000, i % 5000, i % 256, i % 5000, i % 5000, i + 1 }' >"$trail"
asked() { # WHAT OPTION...
	local what=$1 begin=$EPOCHREALTIME found
	shift
	found=$(keyaudit log --trail "$trail" --json "$@" | wc -l)
	echo "bench: keyaudit log, $events events, $what: $(awk -v a="$begin" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.2f s", b - a }')" \
		"($found found)"
	[ "$found" -gt 0 ] || status=1
}
asked 'one user' --user user777
asked 'one network, the last ten' --from 203.0.113.8/31 -n 10
asked 'one network' --from 203.0.113.8/31
asked 'the last ten' -n 10
asked 'one key and one user' --key SHA256:lPnmAAbr --user user9
rm -f "$trail"
