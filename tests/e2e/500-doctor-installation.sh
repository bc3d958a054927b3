#!/bin/bash
# SPDX-License-Identifier: ISC
# `keyaudit doctor` without a user: a good installation has no error, and each way to get it wrong is named by its
# own check with its own mend.
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"

# Nothing logs in here; sshd runs so that it can be seen to run.
# configured LINE...: sshd's configuration from now on.
configured() {
	world_sshd_start "$@"
}

# verdict: run the doctor; its words are in WORLD_RUN/doctor, its status in `status`.
verdict() {
	status=0
	keyaudit doctor >"$WORLD_RUN/doctor" 2>&1 || status=$?
}

# broken WHAT REGEX [MEND]: the doctor ends with 1, a FAIL line matches, and a mend follows.
broken() {
	verdict
	is "$1: exit status" "$status" 1
	like "$1: named" "$(grep FAIL "$WORLD_RUN/doctor")" "$2"
	like "$1: and mended" "$(grep -A 1 -E "$2" "$WORLD_RUN/doctor")" "mend .*${3:-.}"
}

warned() {
	verdict
	is "$1: exit status" "$status" 0
	like "$1: a warning" "$(grep warn "$WORLD_RUN/doctor")" "$2"
}

command='AuthorizedKeysCommand /usr/libexec/keyaudit/authkeys-cmd -u %u -U %U -H %h -t %t -f %f -k %k'
world_setup
configured 'AuthorizedKeysFile none'
ok "the collector watches" world_collect_start

verdict
is "a good installation: exit status" "$status" 0
unlike "a good installation: no error" "$(cat "$WORLD_RUN/doctor")" FAIL
like "a good installation: says which sshd" "$(cat "$WORLD_RUN/doctor")" 'OpenSSH_'
like "as JSON" "$(keyaudit doctor --json)" '^\{"schema":"keyaudit.install/1",.*"what":"collector","state":"ok"'

# ---- logrotate ----
mkdir -p /etc/logrotate.d
printf '%s\n' weekly 'include /etc/logrotate.d' >/etc/logrotate.conf
cp "$KA_SRC/conf/logrotate.d/keyaudit" /etc/logrotate.d/keyaudit
verdict
unlike "our own snippet is fine" "$(cat "$WORLD_RUN/doctor")" logrotate
printf '%s\n' '/var/log/keyaudit/*.jsonl {' ' create 0640 root adm' '}' >/etc/logrotate.d/own
broken "the seals renamed" '/etc/logrotate.d/own:1: renames by itself, .*seals.jsonl' 'take seals.jsonl out'
printf '%s\n' '/var/log/keyaudit/audit.jsonl {' ' create 0640 root adm' '}' >/etc/logrotate.d/own
warned "the trail renamed" '/etc/logrotate.d/own:1: renames by itself, without the last record and the seal: /var/log/keyaudit/audit.jsonl'
printf '%s\n' '' '/var/log/keyaudit/audit.jsonl {' ' copytruncate' '}' >/etc/logrotate.d/own
broken "the trail cut" '/etc/logrotate.d/own:2: copytruncate, which loses events' 'keyaudit-rotate.timer'
rm -r /etc/logrotate.conf /etc/logrotate.d/own

# ---- sshd ----
if [ "$(world_sshd_version)" -lt 904 ]; then
	configured "$command -C \"%C\"" 'AuthorizedKeysCommandUser _keyaudit'
	broken "a token that this sshd does not know" 'cmd.bad-token' 'AuthorizedKeysCommand '
fi
configured 'AuthorizedKeysCommand none' 'AuthorizedKeysCommandUser none'
broken "sshd asks nobody" 'no command: AuthorizedKeysCommand is not set' 'AuthorizedKeysCommand '
configured 'AuthorizedKeysCommand /bin/echo %u' 'AuthorizedKeysCommandUser _keyaudit'
broken "sshd asks somebody else" '/bin/echo .*cmd.bad-output' 'AuthorizedKeysCommand '
configured "$command" 'AuthorizedKeysCommandUser nobody'
broken "the wrong user" 'cmd.user-missing' 'AuthorizedKeysCommandUser _keyaudit'
configured 'AuthorizedKeysCommand none' 'AuthorizedKeysCommandUser none' 'Match User root' "$command"
broken "no user, in a Match block" 'cmd.user-unset' 'AuthorizedKeysCommandUser _keyaudit'
configured "${command% -k %k}" 'AuthorizedKeysCommandUser _keyaudit' 'AuthorizedKeysFile none'
warned "without the key" 'without -k %k'
configured 'UsePAM no' 'AuthorizedKeysFile none'
warned "without PAM" 'UsePAM no'
configured 'AuthorizedKeysFile .ssh/authorized_keys'
warned "file keys bypass vetting" 'accepted without vetting'
configured 'AuthorizedKeysFile none'

# ---- the command ----
chmod 0700 /usr/libexec/keyaudit/authkeys-cmd
broken "not executable" 'cmd.not-executable' 'chmod 755'
chmod 0757 /usr/libexec/keyaudit/authkeys-cmd
broken "writable by others" 'cmd.unsafe-path' 'go-w'
chmod 0755 /usr/libexec/keyaudit/authkeys-cmd
mv /usr/libexec/keyaudit/authkeys-cmd /usr/libexec/keyaudit/away
broken "missing" 'cmd.missing' 'install'
mv /usr/libexec/keyaudit/away /usr/libexec/keyaudit/authkeys-cmd

# ---- the configuration ----
printf '[policy]\nrsa_min_bit = 2048\n' >/etc/keyaudit/conf.d/x.conf
broken "a misspelt key" 'x.conf:2: .*conf.invalid' 'keyaudit config check'
rm /etc/keyaudit/conf.d/x.conf
chmod 0666 /etc/keyaudit/keyaudit.conf
broken "a writable configuration" 'keyaudit.conf.*conf.unsafe'
chmod 0644 /etc/keyaudit/keyaudit.conf
touch /etc/keyaudit/disabled
broken "the kill switch" 'conf.disabled' 'rm '
rm /etc/keyaudit/disabled

# ---- records and events ----
chmod 0733 /run/keyaudit/spool
broken "a spool that everybody may write to" '/run/keyaudit/spool.*must be root' 'tmpfiles'
chmod 0730 /run/keyaudit/spool
world_collect_stop
broken "no collector" 'collector .*not running' 'systemctl'
ok "the collector watches again" world_collect_start
touch /var/log/keyaudit/audit.jsonl
chmod 0666 /var/log/keyaudit/audit.jsonl
broken "a trail that others may write" 'audit.jsonl' '0640'
chmod 0640 /var/log/keyaudit/audit.jsonl
sed -i /pam_keyaudit/d /etc/pam.d/sshd
warned "no PAM line" 'pam_keyaudit.so'
world_pam 'final notice' '' ''
like "the modes of the module are shown" "$(keyaudit doctor)" \
	'^ ok   PAM module +auth \(final, notice\), account, session, in /etc/pam\.d/sshd$'
echo 'session optional pam_keyaudit.so enforce' >>/etc/pam.d/sshd
warned "a gate that PAM passes over" 'PAM enforce +refuses nobody'
world_pam '' '' ''
echo '@include not-there' >>/etc/pam.d/sshd
warned "a PAM file that is not there" 'PAM stack +not judged'
world_pam '' '' ''

# ---- what runs is not what the files say ----
like "who listens, and where" "$(keyaudit doctor)" "^ ok   sshd runs +pid $(world_sshd_pid), port $WORLD_PORT\$"
world_sshd_stop
broken "nobody listens" 'sshd runs +ListenAddress 127.0.0.1:2222: no sshd runs.*conn.not-running' 'systemctl restart ssh'
"$WORLD_SSHD" -D -f /etc/ssh/sshd_config -o "UseDNS yes" -o Port=2299 </dev/null &
other=$!
world_wait 10 grep -q ' \[listener\]' "/proc/$other/cmdline"
like "options on sshd's command line are asked along" "$(keyaudit doctor)" \
	"^ ok   sshd runs +pid $other, port (2222 2299|2299 2222), with -o UseDNS yes -o Port=2299\$"
unlike "and judged" "$(keyaudit doctor alice)" 'not judged'
kill "$other"
wait "$other" 2>/dev/null
"$WORLD_SSHD" -D -f /etc/ssh/sshd_config -o "ForceCommand /bin/echo -x" </dev/null &
other=$!
world_wait 10 grep -q ' \[listener\]' "/proc/$other/cmdline"
warned "options that cannot be told apart" 'sshd runs +not judged: .*: -o ForceCommand /bin/echo -x$'
like "the doctor of a user says so too" "$(keyaudit doctor alice)" '^     not judged: the sshd that listens has options .*: -o ForceCommand /bin/echo -x$'
kill "$other"
wait "$other" 2>/dev/null

# ---- patterns: a letter for this sshd, a pattern for one of 10.0 ----
world_key alice ed25519
configured 'AuthorizedKeysFile .ssh/keys.d/*'
like "a pattern of an older sshd is a name" "$(keyaudit doctor alice --key "$WORLD_RUN/keys/alice.pub")" '^ FAIL .*  file\.missing$'
printf '#!/bin/sh\n[ "$1" = "-?" ] && echo "OpenSSH_10.0p1, none" && exit\nexec %s "$@"\n' "$WORLD_SSHD" >/usr/local/sbin/sshd
chmod 0755 /usr/local/sbin/sshd
world_conf '[lookup]' 'sources = local' '[source local]' 'type = file' 'path = /etc/keyaudit/keys.d/%u' '[sshd]' \
	'program = /usr/local/sbin/sshd'
out=$(keyaudit doctor alice --key "$WORLD_RUN/keys/alice.pub")
like "a pattern of a newer one is not judged" "$out" '^     not judged: AuthorizedKeysFile has a pattern.*: \.ssh/keys\.d/\*$'
unlike "and nothing is claimed of its files" "$out" 'file\.missing|not-listed|no-usable|no-keys|would be taken'
like "as JSON too" "$(keyaudit doctor --json alice)" '"not_judged":\[\{"what":"keys-file-pattern","text":"[^"]*","about":"\.ssh/keys\.d/\*"\}\]'
rm /usr/local/sbin/sshd
configured 'AuthorizedKeysFile none'
world_conf

# ---- on a terminal: words end where it ends, commands do not. screen COLUMNS VERB...: what stands there
screen() {
	local columns=$1
	shift
	script -qec "stty cols $columns; LC_ALL=C NO_COLOR=1 keyaudit $*" /dev/null </dev/null | tr -d '\r'
}
world_authorize alice alice
chmod 0666 /home/alice/.ssh/authorized_keys
configured 'AuthorizedKeysFile .ssh/authorized_keys'
{
	world_pub alice
	printf 'no-ptty %s\n' "$(world_pub alice)"
} >/etc/keyaudit/keys.d/alice
fix='fix   runuser -u alice -- chmod go-w -- /home/alice/.ssh/authorized_keys'
# not counted: what is to be copied
too_long() { grep -vE '^ +(fix|mend) |^ ok   sshd asks ' | awk -v max="$1" 'length > max'; }
for columns in 60 80 120; do
	for verb in doctor "doctor alice" "keys alice" "vet /etc/keyaudit/keys.d/alice" "explain --list" "config check"; do
		like "$columns columns: $verb says something" "$(screen $columns "$verb")" .
		is "$columns columns: no line of $verb is longer" "$(screen $columns "$verb" | too_long "$columns")" ''
	done
	like "$columns columns: the command is one line" "$(screen $columns doctor alice)" "^ +$fix\$"
done
is "in a pipe nothing is broken" "$(keyaudit vet /etc/keyaudit/keys.d/alice | wc -l)" 2
like "nor in the doctor's words" "$(keyaudit doctor alice --key "$WORLD_RUN/keys/alice.pub")" '.{81}'
for verb in doctor keys vet explain config; do
	is "keyaudit $verb --help fits 80 columns" "$(keyaudit $verb --help | grep -E '.{81}')" ''
done
rm -r /home/alice/.ssh /etc/keyaudit/keys.d/alice
configured 'AuthorizedKeysFile none'

verdict
is "all mended: exit status" "$status" 0
world_finish
