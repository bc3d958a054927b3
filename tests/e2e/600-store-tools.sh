#!/bin/bash
# SPDX-License-Identifier: ISC
# The key stores that the other 6xx scripts stand on do what these say they do: asked with curl, which is none of ours.
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"
# shellcheck source=tests/world/store.sh
. "$WORLD_LIB/store.sh"

world_setup
world_key alice ed25519
world_key signer ed25519
store_pki

# ARG...: curl without anything of this host
get() { curl -q -sS -m 30 --noproxy '*' "$@"; }
https() { get --cacert "$STORE_PKI/ca.pem" "$@"; }
# NAME STATUS ARG...: curl ends with that status
ends() {
	local name=$1 want=$2 status=0
	shift 2
	"$@" >"$WORLD_RUN/answer" 2>"$WORLD_RUN/said" || status=$?
	like "$name" "$status" "^($want)\$"
}

# ---- nginx ----
store_nginx_start 'location = /slow { add_header Cache-Control "max-age=7" always; return 503; }'
store_put alice.keys "$(world_pub alice)"
url=https://keys.test
is "nginx: a file" "$(https $url:$STORE_HTTPS/alice.keys)" "$(world_pub alice)"
is "nginx: no file" "$(https -o "$WORLD_RUN/answer" -w '%{http_code}' $url:$STORE_HTTPS/bob.keys)" 404
is "nginx: a directive of the test" "$(https -o "$WORLD_RUN/answer" -D - $url:$STORE_HTTPS/slow | tr -d '\r' | grep -E '^(HTTP|Cache)')" \
	$'HTTP/1.1 503 Service Temporarily Unavailable\nCache-Control: max-age=7'
etag=$(https -o "$WORLD_RUN/answer" -D - $url:$STORE_HTTPS/alice.keys | tr -d '\r' | sed -n 's/^ETag: //p')
is "nginx: not modified" "$(https -o "$WORLD_RUN/answer" -w '%{http_code}' -H "If-None-Match: $etag" $url:$STORE_HTTPS/alice.keys)" 304
is "nginx: the log counts" "$(store_nginx_count '	/alice.keys	')" 3
is "nginx: the log has the condition" "$(store_nginx_count "	304	${etag//\"/\\\\x22}	curl/")" 1
ends "nginx: the certificate of another host" 60 https $url:$STORE_WRONG/alice.keys
ends "nginx: a name that the certificate lacks" 60 https https://wrong.test:$STORE_HTTPS/alice.keys
ends "nginx: an expired certificate" 60 https $url:$STORE_EXPIRED/alice.keys
like "nginx: and it is that" "$(cat "$WORLD_RUN/said")" 'expired'
ends "nginx: an unknown CA" 60 https $url:$STORE_UNKNOWN/alice.keys
ends "nginx: the unknown CA, named" 0 get --cacert "$STORE_PKI/stranger.pem" $url:$STORE_UNKNOWN/alice.keys
is "nginx: without a client certificate" "$(https -o "$WORLD_RUN/answer" -w '%{http_code}' $url:$STORE_MTLS/alice.keys)" 400
is "nginx: with one" "$(https --cert "$STORE_PKI/client.pem" --key "$STORE_PKI/client.key" $url:$STORE_MTLS/alice.keys)" "$(world_pub alice)"
is "nginx: the log names it" "$(store_nginx_count '	CN=client	200	')" 1
is "nginx: with a stranger's" "$(https --cert "$STORE_PKI/client-unknown.pem" --key "$STORE_PKI/client-unknown.key" \
	-o "$WORLD_RUN/answer" -w '%{http_code}' $url:$STORE_MTLS/alice.keys)" 400
ends "nginx: TLS 1.2 and no more" 0 https --tls-max 1.2 $url:$STORE_TLS12/alice.keys
ends "nginx: 1.3 is not to be had there" 35 https --tlsv1.3 $url:$STORE_TLS12/alice.keys
ends "nginx: TLS 1.1 is not to be had by curl" 35 https $url:$STORE_TLS11/alice.keys
ends "nginx: the pin of the certificate" 0 https --pinnedpubkey "$(store_pin good)" $url:$STORE_HTTPS/alice.keys
ends "nginx: the pin of another one" 90 https --pinnedpubkey "$(store_pin wrong)" $url:$STORE_HTTPS/alice.keys

# ---- documents, made and checked by stock tools ----
store_signer ops
store_document alice '*' 42 '+7 days' "$(world_pub alice)" | store_sign ops >"$WORLD_RUN/document"
is "a document: serial" "$(sed -n 's/^# serial: //p' "$WORLD_RUN/document")" 42
sed -n '/^-----BEGIN SSH SIGNATURE-----$/,$p' "$WORLD_RUN/document" >"$WORLD_RUN/document.sig"
# shellcheck disable=SC2016 # $1 is the inner shell's
ok "a document: ssh-keygen verifies it" sh -c 'sed "/^-----BEGIN SSH SIGNATURE-----\$/,\$d" "$1/document" |
	ssh-keygen -Y verify -f "$2" -I ops -n keyaudit -s "$1/document.sig"' sh "$WORLD_RUN" "$STORE_RUN/signers"
is "a document: ssh-keygen reads its key" "$(ssh-keygen -lf "$WORLD_RUN/document" | cut -d' ' -f2)" "$(world_fingerprint alice)"

# ---- etcd ----
store_etcd_start
store_etcd_put /ssh/alice "$(world_pub alice)" 'second line'
range() { get -d "{\"key\":\"$(printf %s "$1" | base64 -w 0)\"}" http://127.0.0.1:$STORE_ETCD/v3/kv/range; }
is "etcd: the value" "$(range /ssh/alice | jq -r '.kvs[0].value' | base64 -d)" "$(world_pub alice)"$'\nsecond line'
is "etcd: no such key, and no list at all" "$(range /ssh/bob | jq -c '[has("kvs"), has("header")]')" '[false,true]'
store_etcd_put /ssh/alice 'third line'
is "etcd: a new value has a higher revision" "$(range /ssh/alice | jq -r '.kvs[0] | "\(.version) \(.mod_revision)"')" '2 3'
store_etcd_delete /ssh/alice
is "etcd: deleted" "$(range /ssh/alice | jq -c 'has("kvs")')" false
store_etcd_stop
ends "etcd: stopped" 7 range /ssh/alice

# ---- the scripted store ----
store_fault_start
fault=http://127.0.0.1:$STORE_FAULT
is "no script: 404" "$(get -o "$WORLD_RUN/answer" -w '%{http_code}' $fault/a/alice)" 404
store_fault a 'body one' 'body two' 'header X-A: 1' 'header X-B: 2'
is "body" "$(get $fault/a/alice)" $'one\ntwo'
like "headers" "$(get -o "$WORLD_RUN/answer" -D - $fault/a/alice | tr -d '\r' | tr '\n' '|')" '^HTTP/1.1 200 OK\|Content-Length: 8\|X-A: 1\|X-B: 2\|\|$'
is "requests are counted" "$(store_fault_count a)" 3
is "and only those" "$(store_fault_count b)" 0
get -H 'X-Mine: a"b' -d 'the body' $fault/a/alice >"$WORLD_RUN/answer"
is "a request in the log" "$(store_fault_last | sed -n '2,$p' | grep -vE '^(User-Agent|Content-|Host|Accept)')" \
	$'POST\n/a/alice\nplain\nX-Mine: a"b\nbody=the body'
is "two requests on one connection" "$(get $fault/a/1 $fault/a/2 -w '%{num_connects} ')" $'one\ntwo\n1 one\ntwo\n0 '
is "TLS" "$(https https://keys.test:$STORE_FAULT_TLS/a/alice)" $'one\ntwo'
is "TLS in the log" "$(store_fault_last | sed -n 4p)" 'TLSv1.3 -'
is "unix socket" "$(get --unix-socket "$STORE_FAULT_UNIX" http://x/a/alice)" $'one\ntwo'

store_fault a 'status 503 Busy' 'header Retry-After: 120' 'body busy'
is "status" "$(get -o "$WORLD_RUN/answer" -w '%{http_code} %header{retry-after}' $fault/a/x 2>"$WORLD_RUN/said")" "503 120"
store_fault a 'etag "v1"' 'body text'
is "etag: no condition" "$(get -D - $fault/a/x | tr -d '\r' | sed -n 's/^ETag: //p')" '"v1"'
is "etag: the same" "$(get -o "$WORLD_RUN/answer" -w '%{http_code} %{size_download}' -H 'If-None-Match: "v1"' $fault/a/x)" "304 0"
is "etag: another" "$(get -o "$WORLD_RUN/answer" -w '%{http_code}' -H 'If-None-Match: "v0"' $fault/a/x)" 200
store_fault a 'status 304 Not Modified' 'body text'
is "304 without a condition" "$(get -o "$WORLD_RUN/answer" -w '%{http_code} %{size_download}' $fault/a/x)" "304 0"
store_fault a 'hang answer'
ends "hang before the header" 28 get -m 0.3 $fault/a/x
store_fault a 'body text' 'hang header'
ends "hang behind the header" 28 get -m 0.3 -D "$WORLD_RUN/head" $fault/a/x
is "which was there" "$(head -c 15 "$WORLD_RUN/head")" 'HTTP/1.1 200 OK'
store_fault a 'body text' 'hang 2'
ends "hang in the body" 28 get -m 0.3 $fault/a/x
is "which was begun" "$(cat "$WORLD_RUN/answer")" te
store_fault a 'reset answer'
ends "reset before the header" 56 get $fault/a/x
ends "the same with TLS" 56 https https://keys.test:$STORE_FAULT_TLS/a/x
store_fault a 'body text' 'reset 2'
ends "reset in the body" 56 get $fault/a/x
store_fault a 'close answer'
ends "an empty answer" 52 get $fault/a/x
store_fault a 'body text' 'close 2'
ends "a truncated body" 18 get $fault/a/x
store_fault a 'body text' 'length 3'
ends "Content-Length too small" 0 get $fault/a/x
is "and what comes of it" "$(cat "$WORLD_RUN/answer")" tex
store_fault a 'body text' 'length 300' 'close 5'
ends "Content-Length too large" 18 get $fault/a/x
store_fault a 'body text' 'length none'
is "no Content-Length" "$(get $fault/a/x)" text
store_fault a raw 'body <html>not HTTP</html>'
ends "no HTTP at all" 1 get $fault/a/x
store_fault a 'body text' 'fill-header 1000000'
ends "a megabyte of header" 56 get $fault/a/x
store_fault a 'body 0123456789' 'drip 100'
ends "drip" 28 get -m 0.45 $fault/a/x
like "drip: some bytes came" "$(cat "$WORLD_RUN/answer")" '^0(1(2(34?)?)?)?$'
store_fault a 'fill 104857600'
is "100 MiB" "$(get -o /dev/null -w '%{size_download}' $fault/a/x)" 104857600
ends "100 MiB, and a client that goes" 63 get --max-filesize 1000 $fault/a/x
store_fault a 'body text' 'pause 200'
ends "pause: too long for a hurried client" 28 get -m 0.1 $fault/a/x
ends "pause: not for another" 0 get $fault/a/x
head -c 10000000 /dev/zero | gzip >"$STORE_RUN/bomb"
store_fault a "file $STORE_RUN/bomb" 'header Content-Encoding: gzip'
is "a gzip bomb" "$(get --compressed $fault/a/x | wc -c) $(get $fault/a/x | wc -c)" "10000000 $(wc -c <"$STORE_RUN/bomb")"
store_put deep/x 'from a file'
store_fault a "tree $STORE_WWW"
is "tree" "$(get $fault/a/deep/x)" 'from a file'
is "tree: no such file" "$(get -o "$WORLD_RUN/answer" -w '%{http_code}' $fault/a/deep/y)" 404
is "tree: not above it" "$(get --path-as-is -o "$WORLD_RUN/answer" -w '%{http_code}' $fault/a/../../hostkey)" 404
store_fault "$STORE_FAULT.accept" 'hang accept'
ends "nobody at home" 28 get -m 0.3 $fault/a/deep/x
store_fault "$STORE_FAULT_TLS.accept" 'hang accept'
ends "nobody at home, with TLS" 28 https -m 0.3 https://keys.test:$STORE_FAULT_TLS/a/deep/x
store_fault "$STORE_FAULT_TLS.accept" 'reset accept'
ends "reset before or in the handshake" "7|35" https https://keys.test:$STORE_FAULT_TLS/a/deep/x
store_fault_off "$STORE_FAULT_TLS.accept"
is "and at home again" "$(https https://keys.test:$STORE_FAULT_TLS/a/deep/x)" 'from a file'
before=$(store_fault_count)
pids=()
for i in $(seq 200); do
	get -o "$WORLD_RUN/many.$i" https://keys.test:$STORE_FAULT_TLS/a/deep/x --cacert "$STORE_PKI/ca.pem" &
	pids+=($!)
done
wait "${pids[@]}"
is "200 at once" "$(cat "$WORLD_RUN"/many.* | sort | uniq -c | tr -s ' ')" ' 200 from a file'
is "200 at once: all of them counted, each line whole" "$(($(store_fault_count) - before)) $(tail -n 200 "$STORE_FAULT_LOG" | grep -cE '^[0-9]+	GET	/a/deep/x	TLSv1.3 -	Host: keys.test:8481	')" "200 200"

# ---- nothing of it stays ----
store_fault_stop
store_nginx_stop
for program in nginx etcd faultstore; do
	not_ok "$program has ended" pgrep -x "$program"
done
world_finish
