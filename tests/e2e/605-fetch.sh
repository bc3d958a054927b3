#!/bin/bash
# SPDX-License-Identifier: ISC
# authkeys-fetch by itself, with nobody behind it: what it prints, what it leaves in the cache, and what it asks.
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"
# shellcheck source=tests/world/store.sh
. "$WORLD_LIB/store.sh"

world_setup
world_key alice ed25519
world_key bob ed25519
store_pki
store_nginx_start
store_fault_start
alice=$(world_pub alice | cut -d' ' -f1,2)
bob=$(world_pub bob | cut -d' ' -f1,2)
fault=http://127.0.0.1:$STORE_FAULT/f/%u

conf() { # LINE...
	world_conf '[lookup]' 'sources = corp' '[source corp]' 'type = http' "$@"
}
# ARG...: what it prints; as the command's user starts it
fetch() {
	setpriv --reuid _keyaudit --regid _keyaudit --clear-groups -- "$WORLD_FETCH" "$@" 2>"$STORE_RUN/err"
}
head_of() { head -n 1 <<<"$1"; }
field() { sed -n "1s/.* $1=\([^ ]*\).*/\1/p"; }
entry() { printf %s "/var/cache/keyaudit/corp/$(printf '%s\0%s' corp "${1:-alice}" | sha256sum | cut -d' ' -f1)"; }

# ---- an entry ----
conf 'format = lines' "url = $fault"
store_fault f 'etag "v1"' 'header Cache-Control: max-age=120' "body $alice"
out=$(fetch corp alice)
like "an answer is an entry" "$(head_of "$out")" '^ka1 entry source=corp user=alice .*status=200 outcome=found etag=%22v1%22 '
is "with the keys behind it" "$(tail -n +2 <<<"$out")" "$alice"
is "and stands so in the cache" "$(cat "$(entry)")" "$out"
is "which the command's group can read, and nobody else" "$(stat -c '%a %U:%G' "$(entry)")" '640 _keyfetch:_keyaudit'
is "fresh for as long as the store says" $(($(field fresh <<<"$out") - $(field fetched <<<"$out"))) 120
is "asked once" "$(store_fault_count f)" 1
like "with our name and no cookie, no encoding" "$(tail -n 1 "$STORE_FAULT_LOG")" 'keyaudit/'
not_ok "nothing about gzip is said" grep -qi 'accept-encoding' "$STORE_FAULT_LOG"
is "what came a moment ago is the answer" "$(fetch corp alice; store_fault_count f)" "$out
1"
store_age fresh
ok "what is fresh needs no refresh" fetch --background corp alice
is "so nobody asks" "$(store_fault_count f)" 1
store_age swr
out=$(fetch corp alice)
is "asked again, it is confirmed" "$(store_fault_count f) $(field fetched <<<"$out") $(tail -n +2 <<<"$out")" \
	"2 $(field fetched <<<"$out") $alice"
ok "and was confirmed later than it was fetched" [ "$(field confirmed <<<"$out")" -gt "$(field fetched <<<"$out")" ]

# ---- no keys, refusals, silence ----
store_age swr
store_fault f 'status 404 Not Found' 'header Cache-Control: no-store' 'body gone'
out=$(fetch corp alice)
like "a 404 is no keys" "$out" '^ka1 entry .*status=404 outcome=no-keys .* length=0 '
is "at once, also for the cache" "$(cat "$(entry)")" "$out"
try_() { # WHAT REASON STATUS LINE...
	local what=$1 reason=$2 status=$3 out
	shift 3
	store_forget
	store_fault f "$@"
	out=$(fetch --deadline 700 corp alice)
	like "$what" "$out" "^ka1 fail at=[0-9]* reason=$reason status=$status mirror=1 until=[0-9]*$"
	not_ok "$what: no entry" test -e "$(entry)"
	if [ "$reason" != store.denied ]; then is "$what: noted" "$(cat "$(entry).try")" "$out"; fi
}
try_ "a server error is no answer" store.http-status 503 'status 503 Busy'
like "and until then nobody asks" "$(fetch corp alice) $(store_fault_count f)" 'reason=store.http-status .* 4$'
try_ "401 is a denial" store.denied 401 'status 401 No' "body $alice"
try_ "403 too" store.denied 403 'status 403 No'
try_ "403 with Retry-After is a limit" store.rate-limited 403 'status 403 No' 'header Retry-After: 600'
until=$(field until <"$(entry).try") at=$(field at <"$(entry).try")
ok "and is obeyed ($((until - at)) s)" [ $((until - at)) -ge 600 ]
try_ "429 too" store.rate-limited 429 'status 429 No' 'header Retry-After: 99999999'
until=$(field until <"$(entry).try") at=$(field at <"$(entry).try")
ok "for an hour and a quarter at most ($((until - at)) s)" [ $((until - at)) -le 4501 ]
try_ "a redirect is not followed" store.redirect 302 'status 302 Found' "header Location: $fault"
try_ "nor one to another host" store.redirect 301 'status 301 Moved' 'header Location: https://keys.test:8443/alice.keys'
try_ "204 is no answer that we know" store.http-status 204 'status 204 None'
try_ "HTML is no list" store.bad-answer 200 'body <html><body>Sign in</body></html>'
try_ "an encoded body is none" store.bad-answer 200 'header Content-Encoding: gzip' "body $alice"
try_ "304 to somebody who holds nothing" store.bad-answer 304 'status 304 Same'
try_ "100 MB end at 256 KiB" store.too-large 200 'fill 104857600'
ok "of which it took little" [ "$(store_fault_sent f)" -lt 8000000 ]
try_ "also when the length is not told" store.too-large 200 'length none' 'fill 104857600'
try_ "endless headers" store.too-large '[0-9]*' 'fill-header 1000000' "body $alice"
try_ "a store that hangs" store.timeout 0 'hang answer'
try_ "that hangs behind its header" store.timeout 200 "body $alice" 'length 4000' 'hang header'
try_ "that drips" store.timeout 200 'fill 4000' 'drip 50'
try_ "that resets" store.unreachable 0 'reset answer'
try_ "that closes early" store.unreachable 200 "body $alice" 'length 4000' 'close 20'
try_ "that does not speak HTTP" store.unreachable 0 'raw' "body $alice"
rm -f /var/cache/keyaudit/corp/breaker.*
try_ "a 500 with a megabyte is a 500" store.http-status 500 'status 500 Oh' 'fill 1000000'
store_forget
store_fault f "body $alice"
like "afterwards it is found again" "$(fetch corp alice)" 'outcome=found'

# ---- the breaker ----
store_forget
store_fault f 'status 500 Oh'
before=$(store_fault_count f)
for user in a b c d e f g; do fetch corp "$user" >/dev/null; done
is "after five failures in a row nobody asks" $(($(store_fault_count f) - before)) 5
like "and that is said" "$(fetch corp h)" 'reason=store.breaker-open status=0 mirror=1'
sed -i 's/ until=[0-9]*/ until=1/' /var/cache/keyaudit/corp/breaker.0
store_fault f 'pause 400' 'status 500 Oh'
before=$(store_fault_count f)
pids=()
for user in i j k l; do
	fetch corp "$user" >/dev/null &
	pids+=($!)
done
wait "${pids[@]}"
is "a minute later one of many tries" $(($(store_fault_count f) - before)) 1

# ---- mirrors ----
store_forget
conf 'format = lines' "url = http://127.0.0.1:1/%u http://127.0.0.1:$STORE_FAULT/slow/%u $fault"
store_fault slow 'hang answer'
store_fault f "body $alice"
like "the third mirror answers when two do not" "$(fetch corp alice)" 'outcome=found .* mirror=3 '
store_fault slow "body <html>"
store_fault f 'status 503 Busy'
store_forget
like "of several failures the one with an answer is told" "$(fetch --deadline 2000 corp alice)" 'reason=store.bad-answer status=200 mirror=2'

# ---- each wait has an end of its own, whatever the deadline ----
store_forget
conf 'format = lines' "url = https://keys.test:$STORE_FAULT_TLS/f/%u" "ca_file = $STORE_PKI/ca.pem" 'timeout = 300ms'
waits() { # NAME URL: the answer of a fetch that could wait for a minute, and in $STORE_RUN/NAME.ms how long it took
	local begin
	begin=$(date +%s%N)
	fetch --deadline 60000 corp "$1" >"$STORE_RUN/$1.answer"
	echo $((($(date +%s%N) - begin) / 1000000)) >"$STORE_RUN/$1.ms"
}
store_fault f 'hang answer'
before=$(store_fault_count f)
waits silent &
silent=$!
# a listener of its own, that takes connections and says nothing
mkdir -p "$STORE_RUN/deaf"
echo 'hang accept' >"$STORE_RUN/deaf/8482.accept"
"$KA_SRC/build/tests/tools/faultstore" "$STORE_RUN/deaf" "$STORE_RUN/deaf.log" "tls:8482:$STORE_PKI/good.pem:$STORE_PKI/good.key" </dev/null &
deaf=$!
world_wait 5 _store_listens 8482 || world_die "no listener"
_asked_more() { [ "$(store_fault_count f)" -gt "$1" ]; }
world_wait 5 _asked_more "$before" || world_die "nobody asked"
conf 'format = lines' "url = https://keys.test:8482/f/%u" "ca_file = $STORE_PKI/ca.pem"
waits deaf &
wait "$silent" "$!"
kill "$deaf"
like "a store that says nothing" "$(cat "$STORE_RUN/silent.answer")" 'reason=store.timeout status=0'
ok "is left after some seconds ($(cat "$STORE_RUN/silent.ms") ms)" [ "$(cat "$STORE_RUN/silent.ms")" -lt 15000 ]
like "one that does not speak TLS" "$(cat "$STORE_RUN/deaf.answer")" 'reason=store.timeout status=0'
ok "too ($(cat "$STORE_RUN/deaf.ms") ms)" [ "$(cat "$STORE_RUN/deaf.ms")" -lt 15000 ]
# a name server that says nothing: what is sent there is lost
ip route add 192.0.2.53/32 dev lo
cp /etc/resolv.conf "$STORE_RUN/resolv.conf"
echo 'nameserver 192.0.2.53' >/etc/resolv.conf
conf 'format = lines' "url = https://keys.example.net/%u"
begin=$(date +%s%N)
like "a name server that says nothing" "$(fetch --deadline 700 corp alice)" 'reason=store.timeout status=0'
ms=$((($(date +%s%N) - begin) / 1000000))
ok "costs the deadline and no more ($ms ms)" [ $ms -lt 3500 ]
cat "$STORE_RUN/resolv.conf" >/etc/resolv.conf
# the timer's requests have the source's own
conf 'format = lines' "url = $fault" 'timeout = 300ms'
store_forget
setpriv --reuid _keyaudit --regid _keyaudit --clear-groups touch /var/lib/keyaudit/wanted/corp:alice
begin=$(date +%s%N)
ok "a refresh waits" setpriv --reuid _keyfetch --regid _keyfetch --clear-groups -- "$WORLD_FETCH" --wanted
ms=$((($(date +%s%N) - begin) / 1000000))
ok "as long as the source's timeout says ($ms ms)" [ $ms -lt 3000 ]
like "and notes it" "$(cat "$(entry).try")" 'reason=store.timeout'

# ---- TLS ----
store_put alice.keys "$alice"
tls() { # PORT LINE...
	local port=$1
	shift
	store_forget
	conf 'format = lines' "url = https://keys.test:$port/%u.keys" "ca_file = $STORE_PKI/ca.pem" "$@"
	fetch corp alice
}
chmod 0755 "$STORE_PKI"
mkdir -p /etc/keyaudit/pki
cp "$STORE_PKI"/*.pem "$STORE_PKI"/client.key /etc/keyaudit/pki/
STORE_PKI_WAS=$STORE_PKI STORE_PKI=/etc/keyaudit/pki
like "a good certificate" "$(tls "$STORE_HTTPS")" 'outcome=found'
like "another host's" "$(tls "$STORE_WRONG")" 'reason=store.tls'
like "an expired one" "$(tls "$STORE_EXPIRED")" 'reason=store.tls'
like "one of an unknown CA" "$(tls "$STORE_UNKNOWN")" 'reason=store.tls'
# an authority that the system trusts, in its bundle and in its folder
cat "$STORE_PKI/stranger.pem" >>/etc/ssl/certs/ca-certificates.crt
cp "$STORE_PKI/stranger.pem" "/etc/ssl/certs/$(openssl x509 -noout -hash -in "$STORE_PKI/stranger.pem").0"
like "nor one of a CA of the system, beside ca_file" "$(tls "$STORE_UNKNOWN")" 'reason=store.tls'
conf 'format = lines' "url = https://keys.test:$STORE_UNKNOWN/%u.keys"
store_forget
like "without ca_file the system's are those" "$(fetch corp alice)" 'outcome=found'
like "TLS 1.1 is too old" "$(tls "$STORE_TLS11")" 'reason=store.tls'
like "TLS 1.2 is not" "$(tls "$STORE_TLS12")" 'outcome=found'
like "unless 1.3 is demanded" "$(tls "$STORE_TLS12" 'tls_min = 1.3')" 'reason=store.tls'
like "which others have" "$(tls "$STORE_FAULT_TLS" 'tls_min = 1.3')" 'ka1 entry'
STORE_PKI=$STORE_PKI_WAS
good=$(store_pin good) other=$(store_pin unknown)
STORE_PKI=/etc/keyaudit/pki
like "one of two pins" "$(tls "$STORE_HTTPS" "pins = $other $good")" 'outcome=found'
like "none of two pins" "$(tls "$STORE_HTTPS" "pins = $other sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")" 'reason=store.tls'
like "a client certificate is demanded" "$(tls "$STORE_MTLS")" 'ka1 fail'
store_secret /etc/keyaudit/pki/client.key <"$STORE_PKI_WAS/client.key"
like "and given" "$(tls "$STORE_MTLS" "client_cert = $STORE_PKI/client.pem" "client_key = $STORE_PKI/client.key")" 'outcome=found'
chmod 0644 /etc/keyaudit/pki/client.key
like "its key must be closed" "$(tls "$STORE_MTLS" "client_cert = $STORE_PKI/client.pem" "client_key = $STORE_PKI/client.key")" 'reason=conf.invalid'
like "which is said" "$(cat "$STORE_RUN/err")" '\[source corp\] client_key'
chmod 0666 /etc/keyaudit/pki/ca.pem
like "authorities that anybody may change are none" "$(tls "$STORE_HTTPS")" 'reason=conf.invalid'
chmod 0644 /etc/keyaudit/pki/ca.pem
STORE_PKI=$STORE_PKI_WAS

# ---- token, headers, POST, unix socket ----
store_forget
store_secret /etc/keyaudit/token 'very-secret-0123'
conf 'format = lines' "url = $fault?h=%n" 'token_file = /etc/keyaudit/token' 'host_id = web01' 'headers = X-A: one | X-User: %u'
store_fault f "body $alice"
like "token and headers are sent" "$(fetch corp alice >/dev/null; tail -n 1 "$STORE_FAULT_LOG")" 'very-secret-0123'
like "also the configured ones" "$(tail -n 1 "$STORE_FAULT_LOG")" 'h=web01'
not_ok "the token is nowhere in the cache" grep -rqs very-secret /var/cache/keyaudit
chmod 0644 /etc/keyaudit/token
like "a token that others can read is not used" "$(store_forget; fetch corp alice)" 'reason=conf.invalid'
like "unix sockets" "$(conf 'format = lines' "url = unix:$STORE_FAULT_UNIX:/f/%u"; store_forget; fetch corp alice)" "outcome=found"

# ---- json: pages ----
json() { conf 'format = json' "url = $fault" 'items = [*]' 'key = key' 'next = link' "$@"; }
next="Link: <http://127.0.0.1:$STORE_FAULT/p2/x>; rel=\"next\", <http://127.0.0.1:$STORE_FAULT/p9/x>; rel=\"last\""
json
store_forget
store_fault f 'etag "p1"' "header $next" "body [{\"key\":\"$alice\"}]"
store_fault p2 "body [{\"key\":\"$bob\"}]"
out=$(fetch corp alice)
is "two pages are one answer" "$(tail -n +2 <<<"$out")" "$alice
$bob"
is "and the first one's validator says nothing about both" "$(field etag <<<"$out")" -
page() { # WHAT REASON LINE...
	local what=$1 reason=$2
	shift 2
	store_forget
	store_fault p2 "$@"
	like "$what" "$(fetch --deadline 700 corp alice)" "reason=$reason "
}
page "a second page that is not there: all or nothing" store.unreachable 'status 404 Not Found'
page "one that is limited" store.rate-limited 'status 403 No' 'header x-ratelimit-remaining: 0'
page "one that fails" store.http-status 'status 502 Bad'
page "one that is no JSON" store.unreachable 'body oh'
page "one that hangs" store.timeout 'hang answer'
page "a link to elsewhere" store.redirect 'header Link: <http://127.0.0.2:8080/f/x>; rel="next"' 'body []'
page "pages without end" store.too-large "header Link: </p2/x>; rel=next" 'body []'
store_fault p2 'body []'
store_forget
is "an empty last page is fine" "$(fetch corp alice | tail -n +2)" "$alice"

# ---- one request for many ----
store_forget
store_fault f 'pause 300' "body [{\"key\":\"$alice\"}]"
before=$(store_fault_count f)
pids=()
for i in $(seq 20); do
	fetch corp alice >"$STORE_RUN/many.$i" &
	pids+=($!)
done
wait "${pids[@]}"
is "twenty at once ask once" $(($(store_fault_count f) - before)) 1
is "and all have it" "$(grep -lF "$alice" "$STORE_RUN"/many.* | wc -l)" 20

# ---- refresh, wanted ----
store_forget
printf 'alice\nbob\n# nobody\n' >/etc/keyaudit/users
conf 'format = lines' "url = $fault" 'users = /etc/keyaudit/users'
store_fault f "body $alice"
refresh() { setpriv --reuid _keyfetch --regid _keyfetch --clear-groups -- "$WORLD_FETCH" "$@"; }
is "refresh asks for those who are listed" "$(refresh --refresh)" \
	'corp: 2 users: 2 new, 0 unchanged, 0 without keys, 0 still fresh, 0 failed'
is "their entries can be read by the command" "$(stat -c %U:%G "$(entry bob)")" _keyfetch:_keyaudit
is "what is fresh is left alone" "$(refresh --refresh)" 'corp: 2 users: 0 new, 0 unchanged, 0 without keys, 2 still fresh, 0 failed'
store_forget
conf 'format = lines' "url = $fault" 'users = passwd'
names=$(cut -d: -f1 /etc/passwd | grep -cE '^[A-Za-z0-9_][A-Za-z0-9_.@+-]{0,254}[$]?$')
is "users = passwd: everybody who has an account" "$(refresh --refresh)" \
	"corp: $names users: $names new, 0 unchanged, 0 without keys, 0 still fresh, 0 failed"
ok "also before the first login" test -e "$(entry bob)"
store_forget
store_signer ops
install -m 0644 "$STORE_RUN/signers" /etc/keyaudit/signers
# NAME: what is signed, into a file of the store
signed_put() { store_sign ops >"$STORE_RUN/signed" && store_put "$1" "$(cat "$STORE_RUN/signed")"; }
for user in alice bob carol; do store_document $user '*' 7 '+1 day' "$(world_pub alice)" | signed_put $user.signed; done
for user in alice bob; do echo "$user 7 $(sha256sum <"$STORE_WWW/$user.signed" | cut -d' ' -f1)"; done >"$STORE_RUN/listed"
store_document nobody '*' 7 '+1 day' "$(cat "$STORE_RUN/listed")" | sed '1s/keys/index/; /^# user: /d' | signed_put index
conf 'format = signed' "url = https://keys.test:$STORE_HTTPS/%u.signed" "index_url = https://keys.test:$STORE_HTTPS/index" \
	'signers = /etc/keyaudit/signers' "ca_file = $STORE_PKI/ca.pem" 'users = index'
is "users = index: everybody who stands in it, and the index" "$(refresh --refresh)" \
	'corp: 2 users: 3 new, 0 unchanged, 0 without keys, 0 still fresh, 0 failed'
ok "users = index: who is listed has an entry" test -e "$(entry bob)"
not_ok "users = index: who is not has none" test -e "$(entry carol)"
store_forget
conf 'format = lines' "url = $fault" 'users = /etc/keyaudit/users'
setpriv --reuid _keyaudit --regid _keyaudit --clear-groups touch /var/lib/keyaudit/wanted/corp:carol /var/lib/keyaudit/wanted/nonsense
ok "what was missed is asked for" refresh --wanted
ok "and is there" test -e "$(entry carol)"
is "and no longer wanted" "$(ls /var/lib/keyaudit/wanted)" ''
is "root is refused" "$("$KA_SRC/build/bin/authkeys-fetch" corp alice 2>&1)" \
	'authkeys-fetch: must not run as root; keyaudit refresh runs it as _keyfetch'
cp "$KA_SRC/build/bin/authkeys-fetch" /usr/local/bin/plain
like "a program without its set-user-ID bit does not ask" \
	"$(setpriv --reuid _keyaudit --regid _keyaudit --clear-groups -- /usr/local/bin/plain corp alice 2>&1)" 'does not run as _keyfetch'

# ---- the answer first, then the disk ----
store_forget
strace -qq -o "$STORE_RUN/trace" -e trace=write,fsync,renameat,renameat2 -y -E PATH="$PATH" \
	setpriv --reuid _keyfetch --regid _keyaudit --clear-groups "$WORLD_FETCH" corp alice | cat >"$STORE_RUN/out"
like "traced: an answer" "$(head -n 1 "$STORE_RUN/out")" 'outcome=found'
is "it is written before the entry, which is on the disk before it has its name, and the name too" \
	"$(sed -nE 's/^write\(1<pipe.*/answer/p; s/^write\([0-9]*<.*\.new>.*/entry/p; s/^fsync\([0-9]*<.*\.new>.*/synced/p
		s/^renameat2?\(.*\.new".*/renamed/p; s/^fsync\([0-9]*<.*\/corp>.*/folder/p' "$STORE_RUN/trace" | tr '\n' ' ')" \
	'answer entry synced renamed folder '

# ---- a full disk, a cache that is gone ----
mount -n -t tmpfs -o size=64k,mode=2750,uid=_keyfetch,gid=_keyaudit full /var/cache/keyaudit
conf 'format = lines' "url = $fault"
dd if=/dev/zero of=/var/cache/keyaudit/fill bs=1k 2>/dev/null
like "a full disk: the answer all the same" "$(fetch corp alice)" 'outcome=found'
is "and no half of it" "$(find /var/cache/keyaudit -type f -name '*[0-9a-f]' ! -name fill -size +0)" ''
umount /var/cache/keyaudit
mv /var/cache/keyaudit /var/cache/away
like "without a cache: the answer all the same" "$(fetch corp alice)" 'outcome=found'
mv /var/cache/away /var/cache/keyaudit
world_finish
