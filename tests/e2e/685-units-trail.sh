#!/bin/bash
# SPDX-License-Identifier: ISC
# The trail's units under a real systemd, every directive in force: sealing on a timer and when an epoch is full, rotation on a
# timer, an anchor elsewhere, and the drop-in for the sink audit. At the end the anchors and K0 find everything as it was written.
# world: systemd
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"
# shellcheck source=tests/world/systemd.sh
. "$WORLD_LIB/systemd.sh"

dropins=/etc/systemd/system
seals=/var/log/keyaudit/seals.jsonl
anchors=/var/anchors/web01
writer=$KA_SRC/build/tests/tools/trailwrite
lock=/run/keyaudit/trail.lock
show() { world_systemd_show "$@"; }
count() { if [ -e "$seals" ]; then wc -l <"$seals"; else echo 0; fi; }
has_seals() { [ "$(count)" -ge "$1" ]; }
whys() { sed 's/.*"why":"\([a-z]*\)".*/\1/' "$seals"; }
dropin() { # UNIT LINE...
	mkdir -p "$dropins/$1.d"
	printf '%s\n' "${@:2}" >"$dropins/$1.d/test.conf"
	systemctl daemon-reload
}
verify() { keyaudit verify --key "$WORLD_RUN/k0" --anchor "$anchors" "$@"; }

world_setup
world_key alice ed25519
world_serve alice alice
mkdir -p /var/anchors
world_conf '[lookup]' 'sources = local' '[source local]' 'type = file' 'path = /etc/keyaudit/keys.d/%u' \
	'[audit]' "anchor = file $anchors" 'min_free = 0MiB'
cp -r /etc/keyaudit "$WORLD_RUN/etc"
world_bare
cp -r "$WORLD_RUN/etc/." /etc/keyaudit/
ok "sysusers.d makes the users" systemd-sysusers keyaudit.conf
ok "the units can be enabled before the host boots" systemctl enable run-keyaudit.mount run-keyaudit-phase.mount \
	keyaudit-collect.service keyaudit-seal.timer keyaudit-seal.path
world_systemd_boot
is "the host comes up" "$(systemctl is-system-running)" running
is "nobody rotates who was not asked to" "$(systemctl is-enabled keyaudit-rotate.timer) $(show keyaudit-rotate.timer ActiveState)" \
	'disabled inactive'
for unit in seal rotate; do
	score=$(world_systemd_exposure keyaudit-$unit.service)
	ok "keyaudit-$unit.service's exposure is at most 2.0: $score" awk -v s="$score" 'BEGIN { exit !(s > 0 && s <= 2.0) }'
done

# ---- before it has begun ----
ok "without a key there is nothing to seal" systemctl start keyaudit-seal.service
like "which it says" "$(world_systemd_journal -t keyaudit)" 'nothing is sealed here; keyaudit log seal --init begins it'
ok "it begins" sh -c "keyaudit log seal --init >'$WORLD_RUN/k0' 2>/dev/null"
world_sshd_start
ok "a login" world_ssh alice alice
ok "is in the trail" world_trail_wait 10 1

# ---- the anchor's place is the unit's to open ----
ok "the first seal" systemctl restart keyaudit-seal.service
is "is made" "$(count)" 1
not_ok "its place elsewhere is closed by the unit" test -e "$anchors"
like "and that is said" "$(world_systemd_journal -t keyaudit)" 'trail: anchor cannot be left'
dropin keyaudit-seal.service '[Service]' 'ReadWritePaths=/var/anchors'
dropin keyaudit-rotate.service '[Service]' 'ReadWritePaths=/var/anchors'
ok "with the drop-in that the unit speaks of" systemctl restart keyaudit-seal.service
is "the next one is left there" "$(cat "$anchors")" "$(tail -n 1 "$seals")"
like "which is said, too" "$(world_systemd_journal -t keyaudit)" 'trail: anchor can be left again'
is "the seals are for the trail's readers" "$(stat -c '%a %U:%G' "$seals")" '640 root:adm'

# ---- the timer ----
next=$(show keyaudit-seal.timer TimersMonotonic)
like "15 minutes, as designed" "$next" 'OnUnitActiveUSec=15min'
like "and a minute after the boot" "$next" 'OnBootUSec=1min'
before=$(count)
dropin keyaudit-seal.timer '[Timer]' 'OnUnitActiveSec=' 'OnActiveSec=10ms' 'OnUnitActiveSec=1100ms' 'AccuracySec=10ms'
systemctl restart keyaudit-seal.timer
ok "it seals again and again, here without waiting for so long" world_wait 15 has_seals $((before + 2))
is "and nothing was written between: empty epochs have seals" "$(sed 's/.*"seq":\([0-9]*\),.*/\1/' "$seals" | tail -n 2 | uniq | wc -l)" 1
rm -r "$dropins/keyaudit-seal.timer.d"
systemctl daemon-reload
systemctl stop keyaudit-seal.timer

# ---- an epoch that is full ----
at_rest() { [ ! -e /run/keyaudit/seal.wanted ] && [ "$(show keyaudit-seal.path SubState) $(show keyaudit-seal.service ActiveState)" = 'waiting inactive' ]; }
ok "the path unit watches" world_wait 5 at_rest
for round in 1 2; do
	before=$(count)
	"$writer" "$WORLD_TRAIL" "$lock" 256 >/dev/null
	ok "256 records ask for a seal, round $round" world_wait 10 has_seals $((before + 1))
	ok "and the path unit watches on" world_wait 5 at_rest
	is "it was one seal" "$(count)" $((before + 1))
done
"$writer" "$WORLD_TRAIL" "$lock" 100 >/dev/null
is "100 do not" "$([ -e /run/keyaudit/seal.wanted ]; echo $?)" 1

# ---- a service that cannot work leaves the wish where it is, and is not started over and over ----
mv /etc/keyaudit/keyaudit.conf /etc/keyaudit/away
runs=$(world_systemd_runs keyaudit-seal.service)
touch /run/keyaudit/seal.wanted
waits() { [ "$(show keyaudit-seal.service SubState)" = auto-restart ]; }
ok "without a configuration it waits before it tries again" world_wait 5 waits
is "and has tried once" "$(($(world_systemd_runs keyaudit-seal.service) - runs)) $(show keyaudit-seal.service RestartUSec)" '1 30s'
mv /etc/keyaudit/away /etc/keyaudit/keyaudit.conf
ok "then it can be told to" systemctl restart keyaudit-seal.service
ok "and all is well again" world_wait 5 at_rest

# ---- the rotation ----
files() { find /var/log/keyaudit -name 'audit.jsonl-*' | wc -l; }
ok "the rotation looks" systemctl start keyaudit-rotate.service
like "that it is not due yet" "$(world_systemd_journal -t keyaudit)" 'not yet: neither large nor old enough'
is "so nothing is renamed" "$(files)" 0
dropin keyaudit-rotate.service '[Service]' 'ReadWritePaths=/var/anchors' 'ExecStart=' \
	'ExecStart=/usr/bin/keyaudit log rotate --if-larger 64K'
dropin keyaudit-rotate.timer '[Timer]' 'OnActiveSec=10ms' 'RandomizedDelaySec=0' 'AccuracySec=10ms'
before=$(count)
is "its timer is due within the hour" "$(show keyaudit-rotate.timer TimersCalendar | grep -c 'OnCalendar=\*-\*-\* \*:00:00')" 1
ok "the timer can be enabled" systemctl enable --now keyaudit-rotate.timer
has_rotated() { [ "$(files)" -ge 1 ]; }
ok "with a lower bound it rotates, here at once" world_wait 10 has_rotated
rotated() { [ "$(show keyaudit-rotate.service ActiveState)" = inactive ]; }
ok "and ends" world_wait 10 rotated
is "with one seal" "$(count) $(whys | tail -n 1)" "$((before + 1)) rotate"
is "that is left elsewhere" "$(tail -n 1 "$anchors")" "$(tail -n 1 "$seals")"
is "both files are for the trail's readers" "$(stat -c '%a %U:%G' /var/log/keyaudit/audit.jsonl* | uniq)" '640 root:adm'
not_ok "a stranger" world_ssh nobody-here alice
ok "the collector goes on in the new file" world_trail_wait 10 1

# ---- what all of it was for ----
keyaudit verify --anchor "$anchors" --strict >/dev/null
is "a record stands behind the last anchor" $? 3
ok "one more seal" systemctl restart keyaudit-seal.service
said=$(verify --strict 2>&1)
is "anchors and K0 find it as it was written" $? 0
like "all of it" "$said" "^intact: records 1 to .*, and an anchor has seen the last one"
like "with the seals" "$said" "seals: $(count), each made with the key of its epoch"
is "each epoch has one" "$(sed 's/{"epoch":\([0-9]*\),.*/\1/' "$seals" | paste -sd ' ')" "$(seq -s ' ' "$(count)")"

# ---- the sink audit: nothing is sent here, the host's audit is not ours ----
has_right() { # 29: CAP_AUDIT_WRITE
	echo $(((0x$(sed -n 's/^CapBnd:\t//p' "/proc/$(show keyaudit-collect.service MainPID)/status") >> 29) & 1))
}
is "the collector may not write to the audit" "$(has_right) $(show keyaudit-collect.service RestrictAddressFamilies)" '0 AF_UNIX'
install -D -m 0644 /usr/share/doc/keyaudit/examples/systemd-keyaudit-collect-audit.conf $dropins/keyaudit-collect.service.d/audit.conf
systemctl daemon-reload
ok "with the drop-in" systemctl restart keyaudit-collect
is "it may" "$(has_right) $(show keyaudit-collect.service RestrictAddressFamilies)" '1 AF_NETLINK AF_UNIX'
score=$(world_systemd_exposure keyaudit-collect.service)
ok "and its exposure is at most 2.0: $score" awk -v s="$score" 'BEGIN { exit !(s > 0 && s <= 2.0) }'
is "no unit has failed" "$(systemctl --failed --plain --no-legend)" ''
is "process 1 has no complaint but that of the missing configuration" \
	"$(world_systemd_journal _PID=1 -p warning | grep -v "^keyaudit-seal.service: Failed with\|^Failed to start keyaudit-seal.service")" ''
ok "away with it" systemctl disable --now keyaudit-seal.timer keyaudit-seal.path keyaudit-rotate.timer keyaudit-collect \
	run-keyaudit-phase.mount run-keyaudit.mount
world_finish
