#!/bin/bash
# SPDX-License-Identifier: ISC
# A key store that fails in every way we could think of. For each: what a look-up answers, and why, with nothing in the cache;
# that an entry that is fresh is served without asking; what is served when the entry is past its freshness; and never a
# key that it should not, nor longer than one deadline.
#
# STORE_FAULTS=all (make check-store): each fault in every format that it concerns, and with a dead entry too. Without it each
# fault comes in one of its formats, in turn.
# time limit: 400
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"
# shellcheck source=tests/world/store.sh
. "$WORLD_LIB/store.sh"

all=''
[ "${STORE_FAULTS:-}" != all ] || all=yes
if [ -n "$all" ]; then deadline=700; else deadline=500; fi # ms
slack=500 # for the fetcher to say that it has passed, on a machine that does other things too
rows=0 good=0 faults=0
wrong=()

world_setup
[ -x "$WORLD_FETCH" ] || world_die "authkeys-fetch is not installed"
world_key alice ed25519
world_key mallory ed25519
store_pki
store_nginx_start
store_fault_start
store_signer ops
store_signer other
sed '/^other /d' "$STORE_RUN/signers" >/etc/keyaudit/signers

line() { world_pub "$1" | cut -d' ' -f1,2; }
alice=$(line alice)
# what a fault may put into its answer: it must never come out
mallory=$(world_pub mallory)

# FORMAT [LINE...]: the source, with a URL of that format's: plain HTTP for lines and json, TLS for signed
conf() {
	local format=$1 url=http://127.0.0.1:$STORE_FAULT more=()
	shift
	case $format in
	signed) url=https://keys.test:$STORE_FAULT_TLS more=('signers = /etc/keyaudit/signers') ;;
	json) more=('items = .keys[*]' 'key = key') ;;
	esac
	url=${where:-$url}
	[[ $url == http:* ]] || more+=("ca_file = $STORE_PKI/ca.pem")
	world_conf '[lookup]' 'sources = corp' "deadline = ${deadline}ms" '[source corp]' 'type = http' "format = $format" \
		"url = $url/f/%u${mirror:+ $url/$mirror/%u}" "${more[@]}" "$@"
}
where='' mirror=''

# FORMAT: an answer with alice's key in it
good_body() {
	case $1 in
	lines) line alice ;;
	json) printf '{"keys":[{"key":"%s"}]}\n' "$alice" ;;
	signed) store_document alice '*' "${serial:-42}" "${expires:-+7 days}" "$(line alice)" | store_sign ops ;;
	esac
}
good_answer() {
	good_body "$1" >"$STORE_RUN/good"
	store_fault f "file $STORE_RUN/good"
}

# NAME GOT WANTED, NAME TEXT REGEX
same() { [ "$2" = "$3" ] || wrong+=("$1: $2, wanted: $3"); }
matches() { grep -qE -e "$3" <<<"$2" || wrong+=("$1: $2, wanted: $3"); }
asked_more() { [ "$(store_fault_count f)" -gt "$1" ]; }
# NAME: no look-up waits longer than once
in_time() { [ "$store_net" -le $((deadline + slack)) ] || wrong+=("$1: waited $store_net ms"); }

verdict() {
	rows=$((rows + 1))
	if [ ${#wrong[@]} = 0 ]; then
		good=$((good + 1))
		_world_pass "$1"
	else
		: >"$WORLD_RUN/out"
		_world_fail "$1" "${wrong[@]}"
	fi
	wrong=()
}

# KIND of answer: down (nobody there, or says so itself), no (an answer that is not acceptable), denied, none (no keys)
answer_of() {
	case $1 in
	down) echo unavailable ;;
	none) echo no-keys ;;
	*) echo refused ;;
	esac
}
# KIND FORMAT: whether a stale entry is served
bridges() {
	case $1-$2 in
	down-* | no-signed | none-signed) true ;;
	*) false ;;
	esac
}

# FORMATS NAME KIND REASON STATUS SCRIPT-LINE...: one fault, in each of the formats. STATUS: "-" when there was none.
# fault_on and fault_off may be set to commands that make it and take it away; else the script does.
fault() {
	local formats=$1 name=$2 kind=$3 reason=$4 status=$5 format
	shift 5
	faults=$((faults + 1))
	for format in $(in_turn "$formats"); do
		conf "$format"
		store_forget
		begin_fault "$@"
		store_asked alice
		cold "$kind" "$reason" "$status"
		again "$kind"
		store_forget
		end_fault "$format"
		store_asked alice
		same 'the good answer' "$store_out" "$alice"
		begin_fault "$@"
		fresh
		[ "$kind" = once ] || past "$kind" "$format" "$reason"
		end_fault "$format"
		verdict "$format: $name"
	done
}
fault_on='' fault_off=''
in_turn() { # FORMATS
	local list
	read -ra list <<<"$1"
	if [ -n "$all" ]; then echo "$1"; else echo "${list[faults % ${#list[@]}]}"; fi
}
begin_fault() {
	store_fault f "$@"
	${fault_on:-true}
}
end_fault() {
	${fault_off:-true}
	good_answer "$1"
}

# nothing in the cache
cold() {
	local evidence=''
	[ "$3" = - ] || evidence=".*status=$3([/,]|\$)"
	same cold "$store_out" ''
	matches cold "$store_src" "^corp:$(answer_of "$1"):$2(:|\$)"
	matches 'cold, status' "$store_src" "^corp:[^,]*${evidence:-}"
	in_time cold
}

# the next connection, at once: a store that is down is left alone for 30 s
again() {
	local before
	before=$(store_fault_count f)
	[ "$1" = down ] || return 0
	store_asked alice
	same 'cold again' "$store_out" ''
	matches 'cold again' "$store_src" '^corp:unavailable:store\.'
	same 'cold again, requests' "$(($(store_fault_count f) - before))" 0
	same 'cold again, waited' "$store_net" 0
}

# an entry that is fresh
fresh() {
	local before
	before=$(store_fault_count f)
	store_asked alice
	same fresh "$store_out" "$alice"
	matches fresh "$store_src" '^corp:found:-'
	same 'fresh, requests' "$(($(store_fault_count f) - before))" 0
	same 'fresh, waited' "$store_net" 0
}

# an entry past its freshness
past() {
	store_age stale
	store_asked alice
	in_time stale
	if bridges "$1" "$2"; then
		same stale "$store_out" "$alice"
		matches stale "$store_src" '^corp:stale:store\.stale-served:age=1[0-9]{3}/'
		matches 'stale, why' ",$store_reasons," ",$3,"
	else
		same stale "$store_out" ''
		matches stale "$store_src" "^corp:$(answer_of "$1"):$3(:|\$)"
	fi
	[ -n "$all" ] || return 0
	store_age dead
	store_asked alice
	same dead "$store_out" ''
	in_time dead
}

both='lines signed'
each='lines json signed'

# ---- nobody there ----
silent_on() { for port in $STORE_FAULT $STORE_FAULT_TLS; do store_fault "$port.accept" "$silent accept"; done; }
silent_off() { for port in $STORE_FAULT $STORE_FAULT_TLS; do store_fault_off "$port.accept"; done; }
fault_on=silent_on fault_off=silent_off
silent=hang
fault "$both" 'accepts and says nothing' down store.timeout - 'body none'
silent=reset
fault lines 'resets at once' down store.unreachable - 'body none'
fault signed 'resets in the handshake' down 'store.(unreachable|tls)' - 'body none'
fault_on=store_fault_stop fault_off=store_fault_start
fault "$both" 'no listener' down store.unreachable - 'body none'
fault_on='' fault_off=''

# ---- the transport ----
fault "$each" 'hangs before the header' down store.timeout - 'hang answer'
fault "$both" 'hangs behind the header' down store.timeout - "body $mallory" 'hang header'
fault "$both" 'hangs in the body' down store.timeout - "body $mallory" "body $mallory" 'hang 120'
fault "$both" 'one byte a second' down store.timeout - "body $mallory" 'drip 1000'
fault "$both" 'slow, and too slow' down store.timeout - "body $mallory" 'pause 1500'
fault "$both" 'resets before the header' down store.unreachable - 'reset answer'
fault "$both" 'resets in the body' down store.unreachable - "body $mallory" "body $mallory" 'reset 120'
fault "$both" 'closes without an answer' down store.unreachable - 'close answer'
fault "$both" 'closes in the body' down store.unreachable - "body $mallory" "body $mallory" 'close 120'
fault "$both" 'Content-Length beyond the body' down store.unreachable - "body $mallory" 'length 4000' 'close 4000'
fault "$both" 'no HTTP' down store.unreachable - raw "body $mallory"
fault "$both" 'a megabyte of header' no store.too-large 200 "body $mallory" 'fill-header 1000000'

# ---- the status ----
for status in 500 502 503 504 408; do
	fault "$both" "$status" down store.http-status $status "status $status Fault" "body $mallory"
done
fault "$both" '503 with Retry-After' down store.http-status 503 'status 503 Busy' 'header Retry-After: 120'
fault "$both" '429' down store.rate-limited 429 'status 429 Slow' "body $mallory"
fault "$both" '429 with Retry-After' down store.rate-limited 429 'status 429 Slow' 'header Retry-After: 120'
fault "$both" '429 with a date' down store.rate-limited 429 'status 429 Slow' \
	"header Retry-After: $(LC_ALL=C date -u -d '+2 min' '+%a, %d %b %Y %H:%M:%S GMT')"
fault "$both" '403 with Retry-After' down store.rate-limited 403 'status 403 No' 'header Retry-After: 120'
fault "$both" '403 and nothing left' down store.rate-limited 403 'status 403 No' 'header X-RateLimit-Remaining: 0'
fault "$each" '401' denied store.denied 401 'status 401 Who' "body $mallory"
fault "$each" '403' denied store.denied 403 'status 403 No' "body $mallory"
fault lines '404' none store.no-keys 404 'status 404 Not Found' "body $mallory"
fault json '404' none store.no-keys 404 'status 404 Not Found' 'body {}'
fault lines '410' none store.no-keys 410 'status 410 Gone'
for status in 301 302 307 308; do
	fault "$both" "$status to another host" no store.redirect $status "status $status There" "header Location: http://wrong.test:$STORE_FAULT/other/alice" "body $mallory"
done
store_fault other "body $mallory"
same 'the other host was never asked' "$(store_fault_count other)" 0
verdict 'a redirect is not followed'
fault "$both" '418' no store.http-status 418 'status 418 Teapot' "body $mallory"
fault "$both" '206' no store.http-status 206 'status 206 Partial Content' "body $mallory"
# kind once: an entry that is there makes it an honest answer
fault "$both" '304 to no condition' once store.bad-answer 304 'status 304 Not Modified'

# ---- the body ----
fault "$both" 'HTML' no 'store.(bad-answer|signature-missing)' 200 'header Content-Type: text/html' 'body <html><body>' "body <p>$mallory</p>" 'body </body></html>'
fault json 'HTML' no store.bad-answer 200 'body <html></html>'
fault lines 'JSON' no store.bad-answer 200 'body {"keys":[]}'
fault json 'JSON cut short' no store.bad-answer 200 "body {\"keys\":[{\"key\":\"$mallory\"}"
fault json 'another shape' no store.bad-answer 200 "body {\"people\":[{\"key\":\"$mallory\"}]}"
fault json 'a key that is a number' no store.bad-answer 200 'body {"keys":[{"key":7}]}'
fault json 'a name twice' no store.bad-answer 200 "body {\"keys\":[],\"keys\":[{\"key\":\"$mallory\"}]}"
fault json 'an empty list' none store.no-keys 200 'body {"keys":[]}'
fault lines 'an empty body' none store.no-keys 200 'length 0'
fault signed 'an empty body' no 'store.(bad-answer|signature-missing)' 200 'length 0'
fault "$each" '100 MiB' no store.too-large 200 'fill 104857600'
fault "$both" '100 MiB, nobody says how much' no store.too-large 200 'fill 104857600' 'length none'
same '100 MiB: given up early' "$([ "$(store_fault_sent f)" -lt 20000000 ] && echo yes || store_fault_sent f)" yes
verdict 'of 100 MiB a few are taken'
head -c 100000000 /dev/zero | gzip >"$STORE_RUN/bomb"
fault "$each" 'a gzip bomb' no store.bad-answer 200 "file $STORE_RUN/bomb" 'header Content-Encoding: gzip'
line mallory | gzip >"$STORE_RUN/zipped"
fault "$both" 'a key in gzip' no store.bad-answer 200 "file $STORE_RUN/zipped" 'header Content-Encoding: gzip'
fault "$both" 'Content-Length before the end' no 'store.(bad-answer|signature-missing)' 200 "body $mallory" 'length 20'
for i in $(seq 1001); do printf '%s %d\n' "$(line mallory)" "$i"; done >"$STORE_RUN/many"
fault lines '1001 keys' no store.too-large 200 "file $STORE_RUN/many"
{ head -c 20000 /dev/zero | tr '\0' x && echo " $mallory"; } >"$STORE_RUN/long"
fault lines 'a line of 20 KB' no store.too-large 200 "file $STORE_RUN/long"

# ---- documents that are signed, and yet not for us ----
# NAME REASON, and the document on standard input
document() {
	cat >"$STORE_RUN/document"
	serial=42
	fault signed "$1" no "$2" 200 "file $STORE_RUN/document"
}
store_document bob '*' 43 '+7 days' "$(line mallory)" | store_sign ops | document "another user's" store.wrong-user
store_document alice 'db* *.example' 43 '+7 days' "$(line mallory)" | store_sign ops | document "another host's" store.wrong-host
STORE_ISSUED='-2 days' store_document alice '*' 43 '-1 day' "$(line mallory)" | store_sign ops | document 'expired yesterday' store.expired
STORE_ISSUED='+1 hour' store_document alice '*' 43 '+1 day' "$(line mallory)" | store_sign ops | document 'issued in an hour' store.not-yet-valid
store_document alice '*' 43 '+7 days' "$(line mallory)" | document 'not signed' store.signature-missing
store_document alice '*' 43 '+7 days' "$(line mallory)" | store_sign other | document 'signed by somebody else' store.signer-unknown
store_document alice '*' 43 '+7 days' "$(line mallory)" | STORE_NAMESPACE='git' store_sign ops | document 'signed for git' 'store.(signature-bad|bad-answer)'
store_document alice '*' 43 '+7 days' "$(line mallory)" | store_sign ops | sed 's/^# serial: 43/# serial: 44/' | document 'changed behind the signature' store.signature-bad
store_document alice '*' 43 '+7 days' "$(line mallory)" | store_sign ops | sed '$d' | document 'no end of the signature' 'store.(signature-bad|bad-answer)'
store_document alice '*' 43 '+7 days' "$(line mallory)" | store_sign ops |
	awk '/^-----BEGIN/ { n = NR } n && NR == n + 3 { next } { print }' | document 'a truncated signature' 'store.(signature-bad|bad-answer)'
store_document alice '*' 43 '+7 days' "$(line mallory)" | store_sign ops | sed 's/$/\r/' | document 'CRLF' store.bad-answer
store_document alice '*' 43 '+7 days' '# role: admin' "$(line mallory)" | store_sign ops | document 'a header that we do not know' store.bad-answer

# serials: the memory is of what was accepted
serial_row() { # NAME REASON SERIAL KEY
	conf signed
	store_forget
	serial=42 good_answer signed
	store_asked alice
	same 'accepted' "$store_out" "$alice"
	store_document alice '*' "$3" '+7 days' "$4" | store_sign ops >"$STORE_RUN/document"
	store_fault f "file $STORE_RUN/document"
	fresh
	past no signed "$2"
	store_forget_entries
	store_asked alice
	same 'after it' "$store_out" ''
	matches 'after it' "$store_src" "^corp:refused:$2(:|\$)"
	serial=43 good_answer signed
	store_age stale
	store_asked alice
	same 'a higher one' "$store_out" "$alice"
	verdict "signed: $1"
}
serial_row 'a lower serial' store.serial-lower 41 "$(line mallory)"
serial_row 'the same serial, another text' store.serial-reused 42 "$(line mallory)"
# the wrong one of two texts with one serial comes into an empty cache: which is the right one is remembered elsewhere
conf signed
store_forget
serial=42 good_answer signed
store_asked alice
same 'accepted' "$store_out" "$alice"
cp "$STORE_RUN/good" "$STORE_RUN/first"
store_document alice '*' 42 '+7 days' "$(line mallory)" | store_sign ops >"$STORE_RUN/document"
for state in fresh stale dead; do
	store_forget_entries
	store_fault f "file $STORE_RUN/document"
	store_asked alice
	same "the wrong text, $state" "$store_out" ''
	matches "the wrong text, $state" "$store_src" '^corp:refused:store.serial-reused(:|$)'
	store_age $state
	before=$(store_fault_count f)
	store_asked alice
	matches "still, $state" "$store_src" '^corp:refused:store.serial-reused(:|$)'
	store_asked alice
	matches "and again, $state" "$store_src" '^corp:refused:store.serial-reused(:|$)'
	same "requests, $state" "$(($(store_fault_count f) - before))" 1
	store_fault f "file $STORE_RUN/first"
	store_age $state
	store_asked alice
	same "the right one, $state" "$store_out" "$alice"
	fresh
done
verdict 'signed: the wrong one of two texts with one serial is in nobody'"'"'s way'
# somebody in one mirror's place is told although another one is honest, for as long as what was brought then counts
mirror=second conf signed
store_forget
serial=42 good_answer signed
store_fault second "file $STORE_RUN/good"
store_document alice '*' 43 '+7 days' "$(line mallory)" | store_sign ops | sed 's/^# serial: 43/# serial: 44/' >"$STORE_RUN/document"
store_fault f "file $STORE_RUN/document"
for what in cold fresh; do
	store_asked alice
	same "the other mirror's, $what" "$store_out" "$alice"
	matches "the other mirror's, $what" "$store_src" '^corp:found:store.signature-bad:.*mirror=2'
	same "the other mirror's, $what: why nothing is refused" "$store_reasons" -
done
store_fault f "file $STORE_RUN/good"
store_age stale
store_asked alice
same 'mended' "$store_out" "$alice"
matches 'mended' "$store_src" '^corp:found:-:.*mirror=1'
verdict 'signed: a bad signature is told although another mirror has a good one'
conf signed
store_forget
store_document alice '*' 43 '+7 days' | store_sign ops >"$STORE_RUN/document"
store_fault f "file $STORE_RUN/document"
store_asked alice
matches 'a document without keys' "$store_src" '^corp:no-keys:store.no-keys(:|$)'
verdict 'signed: a document without keys is an answer'
store_forget
serial=42 good_answer signed
store_asked alice
store_forget_entries
store_fault f 'status 404 Not Found'
store_asked alice
same '404 for somebody known' "$store_out" ''
matches '404 for somebody known' "$store_src" '^corp:refused:store.vanished(:|$)'
store_fault f "file $STORE_RUN/good"
store_age stale
store_asked alice
same 'and back' "$store_out" "$alice"
store_fault f 'status 404 Not Found'
store_age stale
store_asked alice
same '404, with an entry' "$store_out" "$alice"
matches '404, with an entry' "$store_src" '^corp:stale:store.stale-served:'
matches '404, with an entry, why' ",$store_reasons," ',store.vanished,'
verdict 'signed: a user whom the serial memory knows does not vanish'
store_forget
store_asked alice
matches '404 for somebody unknown' "$store_src" '^corp:no-keys:store.no-keys(:|$)'
verdict 'signed: one whom it does not know has no keys'

# ---- behind the answer, and the document's own end ----
for format in $(in_turn "$both"); do
	conf "$format"
	store_forget
	good_answer "$format"
	store_asked alice
	store_fault f 'hang answer'
	store_age swr
	before=$(store_fault_count f)
	store_asked alice
	same 'served' "$store_out" "$alice"
	matches 'served' "$store_src" '^corp:found:-'
	same 'served, waited' "$store_net" 0
	# it may not have begun yet
	world_wait 10 asked_more "$before" || true
	store_settle
	same 'requests' "$(($(store_fault_count f) - before))" 1
	verdict "$format: nobody waits for a store that hangs behind the answer"
done
conf signed
store_forget
expires='+2 seconds' good_answer signed
store_asked alice
same 'a document that ends soon' "$store_out" "$alice"
store_fault f 'status 500 Fault'
sleep 2
for state in fresh stale; do
	store_age $state
	store_asked alice
	same "ended, $state" "$store_out" ''
	matches "ended, $state" "$store_src" '^corp:unavailable:store.expired(:|$)'
done
verdict 'signed: no document outlives its own end, whatever the store'

# ---- certificates ----
certificate=''
certificate_on() { STORE_FAULT_CERTIFICATE=$certificate store_fault_start; }
fault_on=certificate_on fault_off=store_fault_start where=https://keys.test:$STORE_FAULT_TLS
for certificate in wrong expired unknown; do
	fault "$both" "the certificate: $certificate" down store.tls - "body $mallory"
done
fault_on='' fault_off='' where=''
store_put f/alice "$mallory"
tls() { # NAME PORT-OR-URL [LINE...]
	local name=$1
	where=https://keys.test:$2
	[[ $2 != http* ]] || where=$2
	shift 2
	conf lines "$@"
	store_forget
	store_asked alice
	same "$name" "$store_out" ''
	matches "$name" "$store_src" '^corp:unavailable:store.tls(:|$)'
	in_time "$name"
	where=''
	verdict "TLS: $name"
}
tls 'a certificate that lacks the name' "https://wrong.test:$STORE_HTTPS"
tls 'TLS 1.1' $STORE_TLS11
tls 'TLS 1.2 where 1.3 is demanded' $STORE_TLS12 'tls_min = 1.3'
tls 'the wrong pins' $STORE_HTTPS "pins = $(store_pin wrong) $(store_pin expired)"

echo "store faults: $good as specified of $rows"
world_finish
