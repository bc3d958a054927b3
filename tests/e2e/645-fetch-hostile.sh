#!/bin/bash
# SPDX-License-Identifier: ISC
# authkeys-fetch is set-user-ID: whoever may start it chooses arguments, environment, descriptors, signals, timers and limits.
# None of that must reach its work; nothing of its work, its token above all, must reach whoever started it.
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"
# shellcheck source=tests/world/store.sh
. "$WORLD_LIB/store.sh"

HOSTILE=$KA_SRC/build/tests/tools/hostile
TOKEN=the-token-of-the-store-0123456789
fetch_pid=''

world_setup
world_key alice ed25519
store_pki
store_nginx_start
store_fault_start
alice=$(world_pub alice | cut -d' ' -f1,2)
url=http://127.0.0.1:$STORE_FAULT/f/%u
fetcher=$(id -u _keyfetch) command=$(id -u _keyaudit) group=$(id -g _keyaudit)
store_secret /etc/keyaudit/token "$TOKEN"
conf() { # LINE...
	world_conf '[lookup]' 'sources = corp' '[source corp]' 'type = http' 'format = lines' "$@"
}
as_command() { setpriv --reuid _keyaudit --regid _keyaudit --clear-groups -- "$@"; }
fetch() { as_command "$WORLD_FETCH" "$@" 2>"$STORE_RUN/err"; }
entry() { printf %s "/var/cache/keyaudit/corp/$(printf '%s\0%s' corp "${1:-alice}" | sha256sum | cut -d' ' -f1)"; }
good() { store_fault f "body $alice"; }

# WORD... -- ARG...: a fetch that hangs at the store, started as the WORDs say; fetch_pid is set when it is there
hang() {
	local before
	before=$(store_fault_count f)
	store_forget
	store_fault f 'hang answer'
	setpriv --reuid _keyaudit --regid _keyaudit --clear-groups -- "$HOSTILE" "$@" >"$STORE_RUN/out" 2>"$STORE_RUN/err" <"$STORE_RUN/secret-input" &
	fetch_pid=$!
	world_wait 10 _asked_more "$before" || world_die "the fetcher does not ask: $(cat "$STORE_RUN/err")"
}
_asked_more() { [ "$(store_fault_count f)" -gt "$1" ]; }
echo 'input of the caller' >"$STORE_RUN/secret-input"
status() { sed -n "s/^$1:[[:space:]]*//p" "/proc/$fetch_pid/status" | tr '\t' ' '; }

# ---- who may start it ----
conf "url = $url" 'token_file = /etc/keyaudit/token'
good
not_ok "a user may not" runuser -u alice -- "$WORLD_FETCH" corp alice
like "the command's user may" "$(fetch corp alice)" 'outcome=found'
like "root may" "$("$WORLD_FETCH" corp alice 2>&1)" 'outcome=found'

# ---- everything at once ----
cp "$(ldd "$WORLD_FETCH" | sed -n 's/.*libjansson[^ ]* => \([^ ]*\) .*/\1/p')" "$STORE_RUN/evil.so"
chmod 0755 "$WORLD_RUN" "$STORE_RUN" "$STORE_RUN/evil.so"
mkdir -m 0777 "$STORE_RUN/writable"
# env(1) stands last, so that nobody else meets it
WITH=(/usr/bin/env LD_PRELOAD="$STORE_RUN/evil.so" LD_LIBRARY_PATH="$STORE_RUN" LD_AUDIT="$STORE_RUN/evil.so" LD_DEBUG=all
	LD_DEBUG_OUTPUT="$STORE_RUN/writable/debug" MALLOC_TRACE="$STORE_RUN/writable/malloc" GCONV_PATH="$STORE_RUN"
	http_proxy=http://127.0.0.1:1 https_proxy=http://127.0.0.1:1 ALL_PROXY=http://127.0.0.1:1 HOME="$STORE_RUN" CURL_HOME="$STORE_RUN"
	SSLKEYLOGFILE="$STORE_RUN/writable/keys" SSL_CERT_FILE="$STORE_PKI/stranger.pem" SSL_CERT_DIR="$STORE_PKI" GNUTLS_DEBUG_LEVEL=9
	GNUTLS_SYSTEM_PRIORITY_FILE="$STORE_RUN/priority" RES_OPTIONS='ndots:9' HOSTALIASES="$STORE_RUN/aliases" PATH="$STORE_RUN" IFS=x)
echo 'machine 127.0.0.1 login evil password evil' >"$STORE_RUN/.netrc"
cd "$STORE_RUN/writable" || exit 1
hang umask core fds blocked ignored timer=300 -- "${WITH[@]}" "$WORLD_FETCH" --deadline 8000 corp alice
cd / || exit 1
is "its uids are all its own" "$(status Uid)" "$fetcher $fetcher $fetcher $fetcher"
is "its groups are those of the command" "$(status Gid) $(status Groups)" "$group $group $group $group "
is "it has no capability" "$(status CapPrm) $(status CapEff)" '0000000000000000 0000000000000000'
is "it can get none" "$(status NoNewPrivs)" 1
is "no signal is blocked" "$(status SigBlk)" 0000000000000000
# 32 and 33 are the C library's own: posix_spawn(3), and so make(1), passes them on ignored
is "only SIGPIPE and SIGXFSZ are ignored" "$(printf '%016x' $((0x$(status SigIgn) & ~0x180000000)))" 0000000001001000
is "nothing waits" "$(status SigPnd) $(status ShdPnd)" '0000000000000000 0000000000000000'
is "what it makes is closed to others" "$(status Umask)" 0027
is "it is nowhere else" "$(readlink "/proc/$fetch_pid/cwd")" /
is "it has the caller's input, output and errors, and of the rest nothing" \
	"$(readlink "/proc/$fetch_pid"/fd/* | grep -c 'secret-input')" 1
ok "few descriptors are open" [ "$(find "/proc/$fetch_pid/fd" -mindepth 1 | wc -l)" -le 16 ]
like "no core" "$(cat "/proc/$fetch_pid/limits")" '^Max core file size  *0  *0 '
like "descriptors enough" "$(cat "/proc/$fetch_pid/limits")" '^Max open files  *256  *256 '
like "files as large as it needs" "$(cat "/proc/$fetch_pid/limits")" '^Max file size  *8388608  *8388608 '
unlike "no library of the caller's" "$(cat "/proc/$fetch_pid/maps")" 'evil'
is "nothing that the environment asks for was written" "$(ls -A "$STORE_RUN/writable")" ''
unlike "the token is no argument" "$(tr '\0' ' ' <"/proc/$fetch_pid/cmdline" | cat -v)" "$TOKEN"
unlike "nor in the environment" "$(tr '\0' ' ' <"/proc/$fetch_pid/environ")" "$TOKEN"
is "the caller can do nothing to it" "$(as_command "$HOSTILE" attack "$fetch_pid")" 'done'
is "nor can a user" "$(runuser -u alice -- "$HOSTILE" attack "$fetch_pid")" 'done'
ok "the store was told the token" grep -q "Authorization: Bearer $TOKEN" "$STORE_FAULT_LOG"
unlike "and nothing of .netrc" "$(cat "$STORE_FAULT_LOG")" 'Basic'
kill "$fetch_pid"
wait "$fetch_pid" 2>/dev/null
is "it says nothing" "$(cat "$STORE_RUN/out" "$STORE_RUN/err")" ''
unlike "an argument zero with control characters is not repeated" \
	"$(as_command "$HOSTILE" argv0=$'evil\n\e[31m' -- "$WORLD_FETCH" --wrong 2>&1)" 'evil'

# ---- the same, to its end: a timer, signals that wait, and a deadline of its own ----
store_forget
good
for words in pending 'timer=1' 'timer=30' blocked ignored fds umask soft=8 core; do
	store_forget
	# a timer may end it before it has stopped that: then nothing at all is said
	out=$(as_command "$HOSTILE" "$words" -- "${WITH[@]}" "$WORLD_FETCH" corp alice 2>"$STORE_RUN/err")
	case $words:$out in
	timer=*:) _world_pass "$words: it may be ended at once" ;;
	*) like "$words: answers as ever" "$out" 'outcome=found' ;;
	esac
done
store_forget
store_fault f 'hang answer'
out=$(as_command "$HOSTILE" timer=900 pending blocked -- "$WORLD_FETCH" --deadline 1500 corp alice 2>"$STORE_RUN/err")
like "a timer of the caller's does not end it" "$out" 'reason=store.timeout'

# ---- closed descriptors: none of its files may become one of them ----
store_forget
good
as_command "$HOSTILE" closed -- "$WORLD_FETCH" corp alice
like "closed descriptors: the entry is as ever" "$(cat "$(entry)")" '^ka1 entry .*outcome=found'
is "and nothing else in it" "$(tail -n +2 "$(entry)")" "$alice"
as_command "$HOSTILE" closed -- "$WORLD_FETCH" corp
is "a complaint goes nowhere else" "$(tail -n +2 "$(entry)")" "$alice"

# ---- limits: the old entry, the new one, or none where the new one could not be written; never half of one ----
for words in fsize=0 fsize=1 fsize=100 fsize=300 nofile=0 nofile=3 nofile=4 nofile=6 nofile=8 as=1000000 as=20000000 as=60000000; do
	store_forget
	good
	fetch corp alice >"$STORE_RUN/out"
	store_age swr
	before=$(sha256sum <"$(entry)")
	store_fault f 'etag "new"' "body $alice new"
	as_command "$HOSTILE" "$words" -- "$WORLD_FETCH" corp alice >"$STORE_RUN/out" 2>"$STORE_RUN/err"
	store_settle
	if [ ! -e "$(entry)" ] || [ "$(sha256sum <"$(entry)")" = "$before" ] || [ "$(tail -n +2 "$(entry)")" = "$alice new" ]; then
		_world_pass "$words: no half of an entry"
	else
		: >"$WORLD_RUN/out"
		_world_fail "$words: no half of an entry" "$(cat "$(entry)")"
	fi
done
is "and no half of one is left" "$(find /var/cache/keyaudit -name '*.new*')" ''

# ---- arguments ----
refused() { # WHAT ARG...
	local what=$1 out
	shift
	out=$(fetch "$@")
	is "$what: status 2, nothing said" "$? $out" '2 '
}
good
refused "-c" -c "$STORE_RUN/conf" corp alice
refused "--config" --config "$STORE_RUN/conf" corp alice
refused "another user than may be" corp ../../../etc/passwd
refused "a line break" corp $'alice\nX: y'
refused "another source" other alice
refused "a source with a path" ../corp alice
refused "no user" corp ''
refused "a list that is not there" corp :index
refused "a key that ends a header" --fp SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU --key $'AAAA\r\nX: y' corp alice
refused "no time" --deadline 0 corp alice
out=$(as_command "$HOSTILE" noargv -- "$WORLD_FETCH" 2>/dev/null)
is "no argument at all" "$? $out" '2 '
not_ok "nobody was asked for any of these" grep -qE 'X: y|etc/passwd' "$STORE_FAULT_LOG"

# ---- where the bit has no effect it does nothing ----
like "no_new_privs" "$(as_command setpriv --no-new-privs -- "$WORLD_FETCH" corp alice 2>&1)" 'does not run as _keyfetch'
out=$(as_command "$HOSTILE" traced -- "$WORLD_FETCH" corp alice 2>&1)
is "under a tracer it is only the command's user" "$(head -n 1 <<<"$out")" "euid=$command"
like "and does not work" "$out" 'does not run as _keyfetch'
unlike "a user namespace gives it nothing" "$(as_command unshare --user --map-root-user --mount -- "$WORLD_FETCH" corp alice 2>&1)" \
	'outcome=found'

# ---- what is not its business ----
echo secret >/var/lib/keyaudit/serials/corp.test
chown _keyaudit:_keyaudit /var/lib/keyaudit/serials/corp.test
as_fetcher() { setpriv --reuid _keyfetch --regid _keyaudit --clear-groups -- "$@"; }
not_ok "the serial memory cannot be read" as_fetcher cat /var/lib/keyaudit/serials/corp.test
not_ok "nor listed" as_fetcher ls /var/lib/keyaudit/serials
not_ok "nor the verdicts" as_fetcher ls /var/lib/keyaudit/verdicts
not_ok "nor written" as_fetcher touch /var/lib/keyaudit/serials/x
not_ok "the command cannot write into the cache" as_command touch /var/cache/keyaudit/corp/x
not_ok "nor take an entry away" as_command rm -f "$(entry)"

# ---- the second wall: what lies elsewhere is closed to it, though its mode would let it in ----
if [ "$("$HOSTILE" landlock)" = yes ]; then
	conf "url = https://keys.test:$STORE_HTTPS/%u.keys" "ca_file = $STORE_PKI/ca.pem"
	store_put alice.keys "$alice"
	store_forget
	like "a name of /etc/hosts is found" "$(fetch corp alice | head -n 1)" 'outcome=found'
	cp /etc/hosts "$STORE_RUN/hosts"
	chmod 0644 "$STORE_RUN/hosts"
	ln -sf "$STORE_RUN/hosts" /etc/hosts
	store_forget
	ok "anybody may read it where it lies now" as_fetcher grep -q keys.test /etc/hosts
	like "not the fetcher at work" "$(fetch corp alice)" 'reason=store.unreachable'
	rm /etc/hosts
	cp "$STORE_RUN/hosts" /etc/hosts
else
	_world_pass "this kernel has no Landlock"
fi

# ---- TLS of the environment ----
conf "url = https://keys.test:$STORE_UNKNOWN/%u.keys"
store_put alice.keys "$alice"
store_forget
like "authorities of the environment are none" "$(as_command env SSL_CERT_FILE="$STORE_PKI/stranger.pem" SSL_CERT_DIR="$STORE_PKI" \
	CURL_CA_BUNDLE="$STORE_PKI/stranger.pem" "$WORLD_FETCH" corp alice 2>/dev/null)" 'reason=store.tls'

# ---- a reader that does not read ----
conf "url = $url" 'token_file = /etc/keyaudit/token'
store_forget
seq -f "# line %06g of a long list of keys" 4000 >"$STORE_RUN/long"
echo "$alice" >>"$STORE_RUN/long"
store_fault f "file $STORE_RUN/long"
before=$(store_fault_count f)
mkfifo "$STORE_RUN/pipe"
chmod 0666 "$STORE_RUN/pipe"
sleep 60 <>"$STORE_RUN/pipe" &
reader=$!
setpriv --reuid _keyaudit --regid _keyaudit --clear-groups -- "$WORLD_FETCH" --deadline 500 corp alice >"$STORE_RUN/pipe" 2>/dev/null &
fetch_pid=$!
world_wait 5 _asked_more "$before" || world_die "nobody asked"
like "who waits for the same entry waits for its own deadline only" "$(fetch --deadline 300 corp alice)" 'reason=store.timeout'
ok "meanwhile that one hangs" grep -q '^State:[[:space:]]*S' "/proc/$fetch_pid/status"
ok "and ends by itself" world_wait_gone 20 "$fetch_pid"
kill "$reader"
wait "$reader" "$fetch_pid" 2>/dev/null
like "then the next one gets it" "$(fetch corp alice | head -n 1)" 'outcome=found'

# ---- the token, anywhere ----
conf "url = $url" 'token_file = /etc/keyaudit/token'
good
chown "root:$group" /etc/keyaudit/token
chmod 0640 /etc/keyaudit/token
ok "the command's group could read this one" as_command grep -q "$TOKEN" /etc/keyaudit/token
store_forget
like "so it is not used" "$(fetch corp alice)" 'reason=conf.invalid'
store_secret /etc/keyaudit/token "$TOKEN"
for script in 'status 401 No' 'status 500 Oh' 'hang answer' 'reset answer' "body $TOKEN" "header ETag: \"$TOKEN\""; do
	store_forget
	store_fault f "$script"
	fetch --deadline 500 corp alice >"$STORE_RUN/out"
	unlike "the token is not in what is said ($script)" "$(cat "$STORE_RUN/out" "$STORE_RUN/err" | grep -v 'etag=%22')" "$TOKEN"
done
store_forget
store_fault f 'status 401 No'
fetch corp alice >"$STORE_RUN/out"
is "nor in the cache, nor in a log of ours" "$(grep -rlF -e "$TOKEN" /var/cache/keyaudit /var/lib/keyaudit /var/log 2>/dev/null)" ''
world_finish
