#!/bin/bash
# SPDX-License-Identifier: ISC
# authkeys-cmd by itself, run as sshd runs it (tests/tools/assshd.c): what it prints, what it records, what it logs;
# and that it ends with status 0 and a silent standard error whatever comes.
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"

assshd=$KA_SRC/build/tests/tools/assshd
conf=/etc/keyaudit/keyaudit.conf
keys=/etc/keyaudit/keys.d
out='' record='' logged='' status=0

world_setup
world_has_command || world_die "authkeys-cmd is not installed"
world_key alice ed25519
world_key bob ed25519
world_key carol ed25519
world_key stranger ed25519
world_key alice-rsa rsa1024

# The line of a key as the command writes it, and its base64.
line() { world_pub "$1" | cut -d' ' -f1,2; }
blob() { world_pub "$1" | cut -d' ' -f2; }
# The same and its fingerprint inside a regular expression.
blob_re() { blob "$1" | sed 's/+/[+]/g'; }
fingerprint_re() { world_fingerprint "$1" | sed 's/+/[+]/g'; }

# [ASSSHD-OPTION...] -- [ARG...]: one run of the command (with -e one for each line of stdin); sets out, record (without its
# duration, with it: took), logged and status.
run() {
	local how=() before
	while [ "$1" != -- ]; do
		how+=("$1")
		shift
	done
	shift
	rm -f /run/keyaudit/spool/*
	before=$(wc -l <"$WORLD_AUTHLOG" 2>/dev/null || echo 0)
	out=$("$assshd" "${how[@]}" "$WORLD_COMMAND" "$@" 2>"$WORLD_RUN/err")
	status=$?
	[ ! -s "$WORLD_RUN/err" ] || cat "$WORLD_RUN/err"
	took=$(cat /run/keyaudit/spool/* 2>/dev/null)
	record=$took
	# no two runs take as long
	while [[ $record =~ \ took=[0-9]+ ]]; do record=${record/"${BASH_REMATCH[0]}"/}; done
	# what the syslog catcher has got before this line it has written before
	logger --id=$$ -t mark "run $((runs += 1))"
	world_wait_line 5 "$WORLD_AUTHLOG" " mark\[[0-9]*\]: run $runs\$"
	logged=$(tail -n +$((before + 1)) "$WORLD_AUTHLOG" | grep -v ' mark\[')
}
runs=0

# USER KEY [ARG...]: one run with the arguments that sshd gives.
offer() {
	local user=$1 key=$2
	shift 2
	run -- -u "$user" -U "$(id -u "$user" 2>/dev/null || echo 99)" -H "/home/$user" -t "$(line "$key" | cut -d' ' -f1)" \
		-f "$(world_fingerprint "$key")" -k "$(blob "$key")" "$@"
}

# NAME WANTED-OUTPUT RECORD-REGEX [LOG-REGEX]: what the last run did. Without LOG-REGEX the log must be silent.
did() {
	is "$1: status 0, nothing on stderr" "$status" 0
	is "$1: output" "$out" "$2"
	like "$1: record" "$record" "^ka1 attempt at=[0-9]+ up=[0-9]+ pp=[0-9]+ pid=[0-9]+.*$3"
	is "$1: one record" "$(wc -l <<<"$record")" 1
	like "$1: how long it took" "$took" ' took=[1-9][0-9]*( |$)'
	if [ $# -gt 3 ]; then
		is "$1: one line in the log" "$(wc -l <<<"$logged")" 1
		like "$1: the log" "$logged" "$4"
	else
		is "$1: nothing in the log" "$logged" ''
	fi
}

# ---- what is served ----
world_serve alice alice bob alice-rsa
run -- alice
did "user alone" "$(line alice; line bob)" ' uid=- user=alice type=- fp=- key=- c=- src=local:found:-:served=2 verdict=served reasons=- opts=-$'
offer alice bob
did "offered key" "$(line bob)" " uid=61101 user=alice type=ssh-ed25519 fp=$(fingerprint_re bob) key=$(blob_re bob) c=- src=local:found:-:served=1 verdict=served reasons=- opts=-\$"
offer alice stranger
did "not listed" '' ' src=local:found:- verdict=none reasons=- opts=-$'
offer carol stranger
did "no file" '' ' src=local:no-keys:store.no-keys verdict=none reasons=- opts=-$'
offer alice alice-rsa
did "weak key" '' " type=ssh-rsa fp=$(fingerprint_re alice-rsa) .* verdict=refused reasons=key.rsa-too-short opts=-\$"

echo "command=\"/bin/sh\" $(line alice)" >$keys/alice
offer alice alice
did "option outside the policy" '' ' verdict=refused reasons=option.not-allowed opts=-$'
echo "NO-PTY,from=\"10.0.0.0/8\",, $(line alice) comment" >$keys/alice
offer alice alice
did "options in the policy" "no-pty,from=\"10.0.0.0/8\" $(line alice)" ' verdict=served reasons=- opts=no-pty,from$'
printf 'command="x" %s\n%s\n' "$(line alice)" "$(line alice)" >$keys/alice
offer alice alice
did "a bad line hides no good one" "$(line alice)" ' verdict=served reasons=option.not-allowed opts=-$'

# ---- both orders of %C, as one argument ----
world_serve alice alice
for c in '192.0.2.7 50123 198.51.100.1 22' '198.51.100.1 22 192.0.2.7 50123' '2001:db8::7 1 fe80::1%eth0 22'; do
	offer alice alice -C "$c"
	want=${c//%/%25} want=${want// /%20}
	did "-C $c" "$(line alice)" " c=$want src="
done
run -- -C '192.0.2.7 50123 198.51.100.1 22' -k "$(blob alice)" -u alice
did "-C first" "$(line alice)" ' c=192.0.2.7%2050123%20198.51.100.1%2022 src='

# ---- sources ----
world_conf '[lookup]' 'sources = a b c' '[source a]' 'type = file' 'path = /etc/keyaudit/dir/' \
	'[source b]' 'type = file' 'path = %h/.ssh/authorized_keys' 'owner = user' \
	'[source c]' 'type = file' 'path = /etc/keyaudit/keys.d/%U /etc/keyaudit/keys.d/%u'
mkdir /etc/keyaudit/dir
for pair in 9:alice 10:bob a:carol; do line "${pair#*:}" >"/etc/keyaudit/dir/${pair%:*}.pub"; done
line stranger >/etc/keyaudit/dir/.hidden.pub
line stranger >/etc/keyaudit/dir/other.key
chmod 0711 /home/alice /home/alice/.ssh
world_authorize alice stranger
chmod 0644 /home/alice/.ssh/authorized_keys
run -- -u alice -U 61101 -H /home/alice
did "several sources, a directory in byte order" "$(for k in bob alice carol stranger alice; do line $k; done)" \
	' src=a:found:-:served=3,b:found:-:served=1,c:found:-:served=1 verdict=served reasons=- '
run -- alice
did "no home, no uid" "$(for k in bob alice carol alice; do line $k; done)" \
	' src=a:found:-:served=3,b:refused:conf.invalid,c:found:conf.invalid:served=1 verdict=served reasons=conf.invalid '
chmod 0666 /home/alice/.ssh/authorized_keys
offer alice stranger
did "a key file that others may write" '' ' src=a:found:-,b:refused:conf.unsafe,c:found:- verdict=refused reasons=conf.unsafe '
chmod 0644 /home/alice/.ssh/authorized_keys
chown bob /home/alice/.ssh/authorized_keys
offer alice stranger
did "a key file of somebody else" '' ' verdict=refused reasons=conf.unsafe '
chown alice /home/alice/.ssh/authorized_keys
chmod 0700 /home/alice
offer alice stranger
did "a home that we may not enter" '' ' src=a:found:-,b:unavailable:store.unreachable,c:found:- verdict=refused reasons=store.unreachable '
world_conf

# ---- hostile content ----
{
	head -c 5000000 /dev/zero | tr '\0' 'A'
	echo
	line alice
} >$keys/alice
truncate -s 4194305 $keys/alice
offer alice alice
did "4 MiB and one byte" '' ' src=local:refused:store.too-large verdict=refused reasons=store.too-large '
{
	line alice
	head -c 4000000 /dev/zero | tr '\0' 'A'
} >$keys/alice
offer alice alice
did "a line of 4 MB" "$(line alice)" ' verdict=served reasons=- '
run -- alice
did "a line of 4 MB, all keys" "$(line alice)" ' verdict=served reasons=- '
printf '\0\377\0\n%s\0\n\0%s\n%s\r\n%s\r\r\n' "$(line bob)" "$(line bob)" "$(line alice)" "$(line carol)" >$keys/alice
run -- alice
did "NUL bytes and CRLF" "$(line alice)" ' verdict=served reasons=- '
offer alice bob
did "NUL bytes beside the offered key" '' ' verdict=refused reasons=line.nul '
head -c 300000 /dev/urandom >$keys/alice
run -- alice
did "noise" '' ' verdict=none reasons=- '
for _ in $(seq 70); do line alice; done >$keys/alice
world_serve bob bob
ln -sf /etc/shadow $keys/carol
offer carol carol
did "a link" '' ' src=local:refused:conf.unsafe '
rm $keys/carol
mkfifo $keys/carol
offer carol carol
did "a fifo" '' ' src=local:refused:conf.unsafe '
rm $keys/carol
world_serve alice alice

# ---- hostile names ----
for name in '../alice' 'a/b' '..' '.' '-alice' '-k' $'al\nice' $'\e[31m' 'a b' $'\xff' "$(printf 'a%.0s' {1..300})"; do
	shown=$(printf %q "$name")
	run -- -u "$name" -U 61101 -H /home/alice -k "$(blob alice)"
	did "user ${shown:0:20}" '' ' verdict=refused reasons=policy.user-name opts=-$' \
		'keyaudit\[[0-9]*\]: ssh key lookup: nothing is served: verdict=refused reasons=policy.user-name user="'
done
like "the log shows no control byte" "$logged" ' user="a{200,256}(\.\.\.)?" fp='
run -- -u '' -k "$(blob alice)"
did "no name" '' ' user=- .* verdict=refused reasons=conf.invalid ' 'conf="no user name'
run -- -u alice --verbose
did "an option that we do not know" '' ' verdict=refused reasons=conf.invalid ' 'conf="unknown option'
run -- -u alice -k
did "an option without its value" '' ' verdict=refused reasons=conf.invalid ' 'conf="an option lacks its value'
run -- -u alice -U root
did "a uid that is no number" '' ' verdict=refused reasons=conf.invalid ' 'conf="-U is no number'
run -- -u alice -k "$(head -c 100000 /dev/zero | tr '\0' A)"
did "a key of 100 KB" '' ' key=- .* verdict=refused reasons=line.bad-base64 '
run -- -u alice -t "$(head -c 10000 /dev/zero | tr '\0' '\n')" -C "$(head -c 10000 /dev/zero | tr '\0' '\n')" -k 'A B%'
did "values of any size" '' ' verdict=refused reasons=line.bad-base64 '

# ---- configuration ----
mv $conf $conf.away
offer alice alice
did "no configuration" '' ' src=- verdict=refused reasons=conf.invalid ' 'reasons=conf.invalid user="alice" .* conf="/etc/keyaudit/keyaudit.conf: there is no configuration'
mv $conf.away $conf
chmod 0666 $conf
offer alice alice
did "a configuration that others may write" '' ' verdict=refused reasons=conf.unsafe ' 'reasons=conf.unsafe .* conf="/etc/keyaudit/keyaudit.conf: mode 0666'
chmod 0644 $conf
chown alice /etc/keyaudit
offer alice alice
did "a directory of somebody else" '' ' verdict=refused reasons=conf.unsafe ' ' conf="/etc/keyaudit: mode 0755, owner 61101'
chown root /etc/keyaudit
world_conf '[lookup]' 'sources = local' '[source local]' 'tpe = file' 'path = /etc/keyaudit/keys.d/%u'
offer alice alice
did "a broken configuration" '' ' verdict=refused reasons=conf.invalid ' ' conf="/etc/keyaudit/keyaudit.conf:4: .*type'
world_conf '[lookup]' 'sources = local' '[source local]' 'type = file' 'path = /etc/keyaudit/keys.d/%u' '[policy]' 'options = restrct'
offer alice alice
did "a broken policy" '' ' verdict=refused reasons=conf.invalid ' ' conf="/etc/keyaudit/keyaudit.conf:7: options: '
head -c 70000 /dev/zero | tr '\0' '#' >$conf
offer alice alice
did "a configuration of 70 KB" '' ' verdict=refused reasons=conf.invalid ' ' conf="/etc/keyaudit/keyaudit.conf: .*64 KiB'
world_conf
touch /etc/keyaudit/disabled
offer alice alice
did "the kill switch" '' ' verdict=refused reasons=conf.disabled ' ' conf="/etc/keyaudit/disabled is there'
rm /etc/keyaudit/disabled
offer alice alice
did "all is well again" "$(line alice)" ' verdict=served reasons=- '

# ---- descriptors ----
run -g -- -u alice -k "$(blob alice)"
did "the reader is gone" '' ' verdict=served reasons=internal.error '
for closed in 0 1 2 01 12 02 012; do
	run -x $closed -- -u alice -k "$(blob alice)"
	want=$(line alice)
	[ "${closed/1/}" = "$closed" ] || want=''
	did "without descriptors $closed" "$want" ' verdict=served reasons=- '
done

# ---- bounds of the record ----
run -e -- -u alice -k @ -t ssh-ed25519 < <(for _ in $(seq 9); do blob alice; done)
is "nine times the same key: status" "$status" 0
is "nine times the same key: served each time" "$(wc -l <<<"$out")" 9
is "nine times the same key: four records" "$(grep -c '^ka1 attempt ' <<<"$record")" 4
is "nine times the same key: one overflow line" "$(grep -c '^ka1 overflow ' <<<"$record")" 1
run -e -- -u alice -f @ < <(for i in $(seq 100); do printf 'SHA256:%042dA\n' "$i"; done)
is "a hundred keys: 64 records" "$(grep -c '^ka1 attempt ' <<<"$record")" 64
is "a hundred keys: one overflow line" "$(grep -c '^ka1 overflow ' <<<"$record")" 1
is "a hundred keys: nothing else" "$(wc -l <<<"$record")" 65
is "a hundred keys: nothing in the log" "$logged" ''

# ---- who asks ----
for name in bash xsshd sshd-x SSHD; do
	run -n $name -- -u alice -k "$(blob alice)"
	is "run by $name: the key" "$out" "$(line alice)"
	is "run by $name: no record" "$record$logged" ''
done
run -n sshd-session -- -u alice -k "$(blob alice)"
did "run by sshd-session" "$(line alice)" ' verdict=served '
chmod 0700 /run/keyaudit/spool
run -- -u alice -k "$(blob alice)"
is "no record can be written: the key" "$out" "$(line alice)"
like "no record can be written: the log has it" "$logged" \
	'keyaudit\[[0-9]*\]: ssh key lookup: no record could be written: verdict=served reasons=- user="alice" fp=SHA256:'
chmod 0730 /run/keyaudit/spool

# ---- forced options, on the real sshd ----
world_conf '[lookup]' 'sources = local' '[source local]' 'type = file' 'path = /etc/keyaudit/keys.d/%u' \
	'[policy]' 'options = pty no-* from' 'force_options = no-pty,from="127.0.0.0/8"'
world_sshd_start
echo "pty $(line alice)" >$keys/alice
ok "a line with an option of its own logs in" world_ssh alice alice
not_ok "forced no-pty wins over the line's pty" world_ssh alice alice -tt -- tty
like "sshd says why" "$(world_ssh alice alice -tt -o LogLevel=INFO -- true 2>&1)" 'PTY allocation request failed'
offer alice alice
like "the record names them behind the line's own" "$record" ' verdict=served reasons=- opts=pty,no-pty,from$'
echo "from=\"127.0.0.1\" $(line alice)" >$keys/alice
not_ok "forced from= and one of the line: sshd would drop it, we refuse it" world_ssh alice alice
like "and say so" "$(cat /run/keyaudit/spool/*)" ' verdict=refused reasons=option.repeated '
line alice >$keys/alice
sed -i 's/^force_options = .*/force_options = expiry-time="20200101"/' /etc/keyaudit/keyaudit.conf
not_ok "a forced expiry-time that has passed lets nobody in" world_ssh alice alice
like "and the record says so" "$(cat /run/keyaudit/spool/*)" ' verdict=refused reasons=option.expired '
like "config check names it" "$(keyaudit config check)" ':[0-9]+: force_options: its expiry-time has passed, '
like "the doctor of the installation too" "$(keyaudit doctor)" '^ FAIL policy .*force_options: its expiry-time has passed.*  option\.expired$'
like "the doctor of the user sends to the configuration" "$(keyaudit doctor alice --key "$WORLD_RUN/keys/alice.pub")" \
	'^     mend  Set a later expiry-time in force_options'
world_sshd_stop

# ---- the file itself ----
if readelf -lW "$WORLD_COMMAND" | grep -q INTERP; then
	note "a dynamic build: its form is left out"
else
	like "a position-independent file" "$(readelf -hW "$WORLD_COMMAND")" 'Type: *DYN'
	unlike "no interpreter" "$(readelf -lW "$WORLD_COMMAND")" INTERP
	unlike "no library" "$(readelf -dW "$WORLD_COMMAND")" NEEDED
	if command -v strace >/dev/null; then
		world_conf
		world_serve alice alice
		trace_command() {
			strace -f -qq -o "$WORLD_RUN/trace" "$assshd" "$WORLD_COMMAND" -u alice -U 61101 -H /home/alice -k "$(blob alice)" >/dev/null
			# the lines of the process that has executed the command
			trace=$(awk '/execve\(.*authkeys-cmd/ { pid = $1 } pid == $1' "$WORLD_RUN/trace")
		}
		trace_command
		like "it was traced to its end" "$trace" 'exit_group\(0\)'
		unlike "no look-up of names, no locale, no loader" "$trace" 'nsswitch|/etc/(passwd|group)|nscd|locale|ld\.so|\.so\.|socket\([^)]*(INET|NETLINK|STREAM|DGRAM)'
		unlike "no socket while no collector listens" "$trace" 'socket\('
		calls=$(grep -c '^[0-9]* *[a-z0-9_]*(' <<<"$trace")
		ok "at most 80 system calls for a warm lookup: $calls" test "$calls" -le 80
		ok "a collector starts" world_collect_start
		trace_command
		is "one socket, to the collector that may look" "$(grep -oE 'connect\([0-9]+, \{[^}]*\}' <<<"$trace" | sed 's/^[^{]*//')" \
			'{sa_family=AF_UNIX, sun_path="/run/keyaudit/eye/socket"}'
		world_collect_stop
	fi
fi
world_finish
