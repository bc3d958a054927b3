# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # pairs and status are those of bench.sh
# SPDX-License-Identifier: ISC
# event.sh: what one event costs from end to end: the CPU of the collector and of all that it starts, for refused logins of a real
# client, from its first look at the monitor over the diagnosis to the line in the trail; and that line's bytes. Sourced by
# bench.sh in its world. A tenth of BENCH_PAIRS logins.
logins=$((pairs / 10 > 20 ? pairs / 10 : 20))
rm -f /run/keyaudit/spool/* # what the lookups above have left
# a key that nobody knows is looked for in everybody's files: 10,000 lines of another user's are no usual host
mv /etc/keyaudit/keys.d/carol "$WORLD_RUN/carol"
world_key bench-stranger ed25519
world_authorize alice alice
world_sshd_start
mkdir -p /etc/keyaudit/conf.d
printf '[audit]\nflood_limit = 0\n' >/etc/keyaudit/conf.d/90-bench.conf
world_collect_start
# user and system time of the process and of its children that have ended, in microseconds
event_cpu() { awk -v hz="$(getconf CLK_TCK)" '{ sub(/.*\) /, ""); print ($12 + $13 + $14 + $15) * 1000000 / hz }' "/proc/$(world_collect_pid)/stat"; }
refused() { [ "$(grep -c '"action":"ssh-key-refused"' "$WORLD_TRAIL")" -ge "$1" ]; }
world_ssh alice bench-stranger -- true 2>/dev/null # what is looked up once
world_wait 10 refused 1
event_before=$(event_cpu)
for ((i = 0; i < logins; i++)); do world_ssh alice bench-stranger -- true 2>/dev/null; done
world_wait 20 refused $((logins + 1)) || status=1
event_bytes=$(awk '/"action":"ssh-key-refused"/ { n++; sum += length + 1 } END { print int(sum / (n > 0 ? n : 1)) }' "$WORLD_TRAIL")
echo "bench: event: $((($(event_cpu) - event_before) / logins)) us of CPU from end to end, diagnosis and all, $event_bytes bytes in the trail" \
	"($logins refused logins of a real client)"
world_collect_stop
world_sshd_stop
mv "$WORLD_RUN/carol" /etc/keyaudit/keys.d/carol
rm -rf /etc/keyaudit/conf.d/90-bench.conf "$WORLD_TRAIL"
