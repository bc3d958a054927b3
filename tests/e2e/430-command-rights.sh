#!/bin/bash
# SPDX-License-Identifier: ISC
# 430-command-rights.sh: root can read everything, sshd's command cannot. What is closed to the command keeps everybody
# out, and the tools, the event and the doctor must say so, with the command that mends it. And the kill switch and the
# limit of lines: the same for the command, the login and the tools, whichever configuration sshd names.
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"

CONF=/etc/keyaudit/keyaudit.conf KEYS=/etc/keyaudit/keys.d
PUB=$WORLD_RUN/keys/alice.pub
C=$WORLD_COMMAND
logins=0 out=''

login() {
	logins=$((logins + 1))
	world_ssh alice alice
}
as_command() { runuser -u _keyaudit -- "$@"; }
last_event() {
	world_trail_wait 10 "$logins" || echo "no event"
	world_last_event
}

# ID WHAT PATH: what is closed keeps alice out; who says what; and the doctor's own fix lets her in again.
closed() {
	local id=$1 what=$2 path=$3 fix event
	not_ok "$what: refused" login
	event=$(last_event)
	like "$what: the event has the reason" "$event" "\"code\":\"$id\""
	like "$what: and the path" "$event" "$path"
	out=$(keyaudit doctor alice --key "$PUB" --json)
	is "$what: the doctor says the same first" "$(sed -n 's/.*"reason":"\([^"]*\)","findings".*/\1/p' <<<"$out")" "$id"
	like "$what: with its mode and owner" "$(keyaudit doctor alice --key "$PUB")" "file  $path  mode 0[67]00 root:root"
	fix=$(keyaudit doctor alice --key "$PUB" | sed -n 's/^ *fix *//p' | head -n 1)
	like "$what: the fix" "$fix" "^chmod a[+]rx? -- $path\$"
	out=$(keyaudit keys alice 2>&1)
	like "$what: keys says so" "$out" "$id: $path: mode 0[67]00, owner 0, group 0: sshd's command may not"
	unlike "$what: keys serves nothing" "$out" '^. served '
	ok "$what: the fix runs" sh -c "$fix"
	ok "$what: and alice is in again" login
	world_trail_wait 10 "$logins"
}

world_setup
world_has_command && world_has_tool || world_die "not installed"
world_key alice ed25519
world_serve alice alice
world_sshd_start 'AuthorizedKeysFile none'
world_collect_start
ok "alice logs in" login
world_trail_wait 10 1

# ---- what only root can read ----
chmod 0600 "$CONF"
not_ok "config check: finds it" keyaudit config check
out=$(keyaudit config check 2>&1)
like "config check: path, mode, owner, mend" "$out" \
	"^$CONF: mode 0600, owner 0, group 0: sshd's command may not read it; mend: chmod a[+]r $CONF"
out=$(keyaudit doctor)
like "doctor: fails" "$out" "configuration +nothing is served: $CONF: mode 0600.* conf.invalid"
like "doctor: mends" "$out" "mend +chmod a[+]r -- $CONF"
closed conf.invalid 'a closed configuration' "$CONF"
ok "config check: fine again" keyaudit config check

chmod 0700 /etc/keyaudit
closed conf.invalid 'a closed directory' /etc/keyaudit
chmod 0600 "$KEYS/alice"
closed store.unreachable 'a closed key file' "$KEYS/alice"
chmod 0700 "$KEYS"
closed store.unreachable 'a closed directory of keys' "$KEYS"

# its group is enough
chmod 0640 "$CONF" "$KEYS/alice"
chgrp _keyaudit "$CONF" "$KEYS/alice"
ok "readable for the command's group: logs in" login
ok "config check agrees" keyaudit config check
ok "keys agrees" keyaudit keys alice
ok "doctor agrees" keyaudit doctor alice --key "$PUB"
chgrp root "$CONF" "$KEYS/alice"
chmod 0644 "$CONF" "$KEYS/alice"

# a draft where only root looks
install -m 0600 "$CONF" /root/draft.conf
out=$(keyaudit config check -c /root/draft.conf)
is "a draft is checked" $? 0
like "and that the command cannot read it is said" "$out" "/root.*: sshd's command may not"

# without the command's user
sed -i.was '/^_keyaudit:/d' /etc/passwd
like "no such user: config check says so" "$(keyaudit config check)" 'not checked as _keyaudit: there is no such user'
like "keys too" "$(keyaudit keys alice 2>&1)" 'not checked as _keyaudit'
like "doctor too" "$(keyaudit doctor)" 'not checked as _keyaudit'
mv /etc/passwd.was /etc/passwd

# an ordinary user asks about himself, with a key file that he cannot read
install -m 0600 "$PUB" /root/alice.pub
out=$(runuser -u alice -- keyaudit doctor alice --key /root/alice.pub 2>&1)
is "an unreadable --key: usage" $? 2
like "and says what it wants" "$out" '^keyaudit doctor: --key: may not be read: "/root/alice.pub"'

# ---- the kill switch, wherever the configuration lies ----
install -d /etc/other
cp "$CONF" /etc/other/k.conf
chmod 0600 "$CONF" # nobody reads it any more
world_sshd_start 'AuthorizedKeysFile none' \
	"AuthorizedKeysCommand $C -c /etc/other/k.conf -u %u -U %U -H %h -t %t -f %f -k %k"
ok "-c FILE: logs in" login
like "doctor looks at FILE" "$(keyaudit doctor)" 'configuration +complete and safe: /etc/other/k.conf'
ok "doctor USER too" keyaudit doctor alice --key "$PUB"
like "doctor -c: another one than sshd's" "$(keyaudit doctor -c "$CONF")" "sshd's command reads another one: /etc/other/k.conf"
world_trail_wait 10 "$logins"
for switch in /etc/keyaudit/disabled /etc/other/disabled; do
	touch "$switch"
	not_ok "$switch: refused" login
	out=$(last_event)
	like "$switch: the event" "$out" '"code":"conf.disabled"'
	like "$switch: its evidence" "$out" "[(]$switch;"
	is "$switch: the command by hand" "$(as_command "$C" -c /etc/other/k.conf alice)" ''
	out=$(keyaudit doctor alice --key "$PUB")
	like "$switch: the doctor's reason" "$out" ' conf.disabled$'
	like "$switch: and its fix" "$out" "fix +rm -- $switch\$"
	like "$switch: keys" "$(keyaudit keys -c /etc/other/k.conf alice 2>&1)" "conf.disabled: $switch is there"
	rm "$switch"
done
chmod 0700 /etc/keyaudit # the switch cannot be seen: that is no "not there"
is "a switch that cannot be seen" "$(as_command "$C" -c /etc/other/k.conf alice)" ''
chmod 0755 /etc/keyaudit
like "none: served" "$(as_command "$C" -c /etc/other/k.conf alice)" '^ssh-ed25519 '

# ---- more lines than are judged ----
chmod 0644 "$CONF"
world_key other ed25519
many() { yes "$(world_pub other)" | head -n "$1"; }
{ many 9999; world_pub alice; } >"$KEYS/alice"
is "10,000 lines: all" "$(as_command "$C" alice | wc -l)" 10000
like "keys: all" "$(keyaudit keys alice | tail -n 1)" '^10000 would be served'
{ many 10000; world_pub alice; } >"$KEYS/alice"
is "10,001 lines: the whole list ends at 10,000" "$(as_command "$C" alice | wc -l)" 10000
out=$(keyaudit keys alice 2>&1)
like "keys: the same number" "$(tail -n 1 <<<"$out")" '^10000 would be served'
like "keys: and why" "$out" "^source local: store.too-large: $KEYS/alice: more than 10000 lines"
ok "an offered key is found behind them" login
out=$(keyaudit doctor alice --key "$PUB")
is "the doctor agrees" $? 0
like "and warns" "$out" 'store.too-large'
world_sshd_start 'AuthorizedKeysFile none' "AuthorizedKeysCommand $C -u %u"
not_ok "where sshd names no key it is not" login
like "the doctor agrees there too" "$(keyaudit doctor alice --key "$PUB")" ' store.too-large$'

# ---- a local time is the machine's, not that of whoever asks ----
echo "expiry-time=\"$(date -d '2 hours' +%Y%m%d%H%M)\" $(world_pub alice)" >"$KEYS/alice"
world_sshd_start 'AuthorizedKeysFile none'
ok "a key that expires in two hours" login
TZ=XXX-14 ok "keys agrees, asked from far in the east" keyaudit keys alice
TZ=XXX-14 ok "so does vet" keyaudit vet "$KEYS/alice"
TZ=XXX-14 ok "so does the doctor" keyaudit doctor alice --key "$PUB"
world_finish
