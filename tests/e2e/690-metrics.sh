#!/bin/bash
# SPDX-License-Identifier: ISC
# keyaudit metrics in its unit under a real systemd, every directive in force: its numbers are those that jq counts in the trail, over
# a rotation, a compressed file, a file that is gone, and the death of the collector; they never fall, and name no stranger.
# world: systemd
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"
# shellcheck source=tests/world/systemd.sh
. "$WORLD_LIB/systemd.sh"

prom=/var/lib/prometheus/node-exporter/keyaudit.prom
world_setup
world_key alice ed25519
world_key stranger ed25519
world_serve alice alice
world_conf '[lookup]' 'sources = local' '[source local]' 'type = file' 'path = /etc/keyaudit/keys.d/%u' '[audit]' 'min_free = 0MiB'
cp -r /etc/keyaudit "$WORLD_RUN/etc"
world_bare
cp -r "$WORLD_RUN/etc/." /etc/keyaudit/
mkdir -p "${prom%/*}"
ok "sysusers.d makes the users" systemd-sysusers keyaudit.conf
ok "the units can be enabled before the host boots" systemctl enable run-keyaudit.mount run-keyaudit-phase.mount \
	keyaudit-collect.service keyaudit-metrics.timer
world_systemd_boot
is "the host comes up" "$(systemctl is-system-running)" running
is "the timer waits" "$(systemctl is-active keyaudit-metrics.timer)" active
score=$(world_systemd_exposure keyaudit-metrics.service)
ok "keyaudit-metrics.service's exposure is at most 2.0: $score" awk -v s="$score" 'BEGIN { exit !(s > 0 && s <= 2.0) }'
world_sshd_start

kept=/var/log/kept # every line that ever stood in the trail
: >"$kept"
value() { sed -n "s/^keyaudit_$1 //p" "$prom"; }
counted() { cat "$kept" "$WORLD_TRAIL" | jq -s "[.[] | select($1)] | length"; }
refusals=0 logins=0
login() {
	ok "alice logs in" world_ssh alice alice -- true
	logins=$((logins + 1))
	has_logins() { [ "$(counted '.event.action == "ssh-login-accepted"')" -ge "$logins" ]; }
	ok "which is in the trail" world_wait 10 has_logins
}
# the unit, as often as we like
count_now() { systemctl reset-failed keyaudit-metrics.service && systemctl start keyaudit-metrics.service; }
refuse() {
	world_ssh alice stranger -- true 2>/dev/null
	refusals=$((refusals + 1))
	has_refusals() { [ "$(counted '.event.action == "ssh-key-refused"')" -ge "$refusals" ]; }
	ok "a refusal is in the trail" world_wait 10 has_refusals
}
as_counted() { # WHEN
	ok "$1: the unit counts" count_now
	is "$1: refusals" "$(value 'refusals_total{reason="key.not-listed",stage="key"}')" "$(counted '.event.code == "key.not-listed"')"
	is "$1: which are those that were" "$(value 'logins_total{result="refused"}')" "$refusals"
	is "$1: logins" "$(value 'logins_total{result="accepted"}')" "$logins"
	is "$1: records" "$(value audit_records_total)" "$(counted true)"
	is "$1: answers of the source" "$(value 'lookups_total{source="local",result="hit"}')" \
		"$(counted '.keyaudit.sources // [] | any(startswith("local found"))')"
	is "$1: durations" "$(value lookup_duration_seconds_count)" "$(counted '.keyaudit.lookup_us != null')"
	is "$1: the chain" "$(value audit_chain_ok)" 1
}
rotate() {
	local file
	keyaudit log rotate >/dev/null
	file=$(find "${WORLD_TRAIL%/*}" -name 'audit.jsonl-*' ! -name '*.gz' | sort | tail -n 1)
	cat "$file" >>"$kept"
	echo "$file"
}

login
refuse
refuse
as_counted "at first"
is "its mode" "$(stat -c %a "$prom")" 644
is "sshd's release" "$(value build_info'.*' | wc -l; sed -n 's/^keyaudit_build_info{.*openssh="\([^"]*\)".*/\1/p' "$prom")" \
	"$(printf '1\n%s' "$(ssh -V 2>&1 | sed 's/^OpenSSH_\([^ ,]*\).*/\1/')")"
ok "durations are in buckets" test "$(value 'lookup_duration_seconds_bucket{le="+Inf"}')" -ge 3
refuse
rotated=$(rotate)
refuse
as_counted "over a rotation"
rotated=$(rotate)
gzip "$rotated"
refuse
as_counted "with a compressed file that was counted before"
rm -f "${WORLD_TRAIL%/*}"/audit.jsonl-*
login
as_counted "with files that are gone"
systemctl kill -s KILL keyaudit-collect.service
refuse
as_counted "over the collector's death"
not_ok "no name, address or key is in it" grep -E 'alice|stranger|127\.0\.0\.1|SHA256:' "$prom"
metrics=$(cat "$prom")
is "no series is there twice" "$(grep -v '^#' <<<"$metrics" | cut -d' ' -f1 | sort | uniq -d)" ''
# a record that is not what its hash says, in the file that is counted next
printf '%s\n' "$(tail -n 1 "$WORLD_TRAIL" | sed 's/"accepted"\|key.not-listed/key.type-dsa/; s/"seq":\([0-9]*\)/"seq":99\1/')" >>"$WORLD_TRAIL"
ok "it counts once more" count_now
is "a record that was changed is seen" "$(value audit_chain_ok)" 0
world_sshd_stop
world_finish
