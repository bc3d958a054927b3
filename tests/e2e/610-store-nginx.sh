#!/bin/bash
# SPDX-License-Identifier: ISC
# Keys from static files on a real nginx with TLS, and logins through the real sshd: cold, warm, stale; client
# certificates, a token, mirrors; signed documents; what the event says, and that no secret is left anywhere.
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"
# shellcheck source=tests/world/store.sh
. "$WORLD_LIB/store.sh"

world_setup
[ -x "$WORLD_FETCH" ] || world_die "authkeys-fetch is not installed"
world_key alice ed25519
world_key bob ed25519
world_key carol ed25519
world_key alice-rsa rsa1024
store_pki
store_nginx_start
store_signer ops
store_signer board
install -m 0644 "$STORE_RUN/signers" /etc/keyaudit/signers
world_sshd_start
world_collect_start || world_die "the collector does not start"

# [LINE...]: the source corp, lines from nginx unless told otherwise
corp() {
	local line url="url = https://keys.test:$STORE_HTTPS/%u.keys" format='format = lines'
	for line; do
		case $line in
		url*) url='' ;;
		format*) format='' ;;
		esac
	done
	world_conf '[lookup]' "sources = ${chain:-corp}" '[source corp]' 'type = http' "$url" "$format" "ca_file = $STORE_PKI/ca.pem" "$@"
}
chain=''
# NAME REQUESTS COMMAND...: a check, and how many requests nginx saw
asks() {
	local name=$1 want=$2 before
	shift 2
	before=$(store_nginx_count)
	ok "$name" "$@"
	is "$name: requests" "$(($(store_nginx_count) - before))" "$want"
}
not_asks() {
	local name=$1 want=$2 before
	shift 2
	before=$(store_nginx_count)
	not_ok "$name" "$@"
	is "$name: requests" "$(($(store_nginx_count) - before))" "$want"
}
requested() { [ "$(store_nginx_count)" -ge "$1" ]; }
is_fresh() { [ "$(head -n 1 "$(store_entries | head -n 1)" | grep -oE ' fresh=[0-9]+' | cut -d= -f2)" -gt "$(date +%s)" ]; }
# new_events, ..., told NAME REGEX: of the events that came meanwhile, or come in a moment, one matches
events=0
new_events() { [ ! -e "$WORLD_TRAIL" ] || events=$(wc -l <"$WORLD_TRAIL"); }
told() { ok "$1" world_wait 15 tells "$2"; }
tells() { tail -n +$((events + 1)) "$WORLD_TRAIL" | grep -qE -e "$1"; }

# ---- lines ----
corp
store_put alice.keys "$(world_pub alice)"
asks "a key of the store logs in" 1 world_ssh alice alice
is "as nothing but a client that names itself" "$(tail -n 1 "$STORE_NGINX_LOG" | cut -f2,3,6-)" \
	"GET	/alice.keys	200	-	keyaudit/$(keyaudit version | grep -oE '[0-9]+\.[0-9.]+' | head -n 1)	-	text/plain	-	-"
asks "the entry serves the next login" 0 world_ssh alice alice
before=$(store_nginx_count)
for _ in $(seq 10); do world_ssh alice alice || echo refused; done >"$WORLD_RUN/ten" 2>&1
is "ten logins" "$(cat "$WORLD_RUN/ten")" ''
is "ten logins: no request" "$(($(store_nginx_count) - before))" 0
not_asks "a key that the store does not list" 0 world_ssh alice bob
not_asks "somebody whom the store does not know" 1 world_ssh carol carol
not_asks "who stays unknown for a minute" 0 world_ssh carol carol
is "the entry is the fetcher's, for the command to read" "$(stat -c '%U:%G %a' "$(store_entries | head -n 1)")" '_keyfetch:_keyaudit 640'
is "no user's name is a file's" "$(find $STORE_CACHE -name '*alice*')" ''

# ---- the condition ----
store_age stale
asks "an old entry is asked for again" 1 world_ssh alice alice
like "with a condition" "$(tail -n 1 "$STORE_NGINX_LOG")" "	304	[^	]+	keyaudit/"
asks "and is fresh then" 0 world_ssh alice alice
store_age swr
store_age swr
before=$(store_nginx_count)
ok "a little older: served" world_ssh alice alice
ok "and asked for behind the answer" world_wait 5 requested $((before + 1))
ok "the entry is fresh again" world_wait 5 is_fresh
asks "so nobody asks once more" 0 world_ssh alice alice
store_put alice.keys "$(world_pub bob)"
store_age stale
not_ok "a key that was taken away does not log in any more" world_ssh alice alice
ok "the one put in its place does" world_ssh alice bob
rm "$STORE_WWW/alice.keys"
store_age stale
not_ok "a file that is gone: nobody" world_ssh alice bob
store_nginx_stop
store_age stale
not_ok "and no old entry comes back when the store is down" world_ssh alice bob

# ---- the store is down ----
store_nginx_start
store_put alice.keys "$(world_pub alice)"
store_forget
ok "warm" world_ssh alice alice
store_nginx_stop
ok "down: the entry serves" world_ssh alice alice
store_age stale
new_events
ok "down: the old entry serves" world_ssh alice alice
told "the event says that it is old" 'corp stale store\.stale-served age=1[0-9]{3} '
store_age dead
not_ok "down: a dead one does not" world_ssh alice alice
told "the event says so" 'corp unavailable store\.(unreachable|too-stale)'
store_nginx_start

# ---- what the store calls a key ----
corp "url = https://keys.test:$STORE_HTTPS/%u.json" 'format = json' 'items = [*]' 'key = key' 'label = title'
store_forget
store_put alice.json "[{\"key\":\"$(world_pub alice)\",\"title\":\"Ann M\\u00fcller\\u001b[2J\"}," \
	"{\"key\":\"$(world_pub alice-rsa)\",\"title\":\"the old laptop\"}]"
new_events
ok "a key with a label logs in" world_ssh alice alice
told "the event of the login names it" '"ssh-login-accepted".*"label":"Ann Müller\\\\x1b\[2J"'
new_events
not_ok "a labelled key that is too short does not" world_ssh alice alice-rsa
told "the event of the refusal names it" '"ssh-key-refused".*"code":"key\.rsa-too-short".*"label":"the old laptop"'
new_events
not_ok "nor one that is not listed" world_ssh alice bob
told "which has no label" '"ssh-key-refused".*"key":\{"type":"ssh-ed25519","fingerprint":"[^"]*"(,"bits":[0-9]+)?\}'

# ---- mirrors ----
corp "url = https://keys.test:9/%u.keys https://keys.test:$STORE_WRONG/%u.keys https://keys.test:$STORE_HTTPS/%u.keys"
store_forget
new_events
ok "the third mirror answers" world_ssh alice alice
told "the event names it" 'corp found[^"]*status=200[^"]*mirror=3'

# ---- client certificates, pins, a token ----
store_secret /etc/keyaudit/client.key <"$STORE_PKI/client.key"
install -m 0644 "$STORE_PKI/client.pem" /etc/keyaudit/client.pem
mtls="url = https://keys.test:$STORE_MTLS/%u.keys"
corp "$mtls"
store_forget
not_ok "no client certificate: nginx says no" world_ssh alice alice
corp "$mtls" 'client_cert = /etc/keyaudit/client.pem' 'client_key = /etc/keyaudit/client.key'
store_forget
ok "with a client certificate" world_ssh alice alice
like "nginx knows whose it is" "$(tail -n 1 "$STORE_NGINX_LOG")" '	CN=client	200	'
corp "pins = $(store_pin good) $(store_pin unknown)"
store_forget
ok "the pin of the certificate" world_ssh alice alice
corp "url = https://keys.test:$STORE_TLS12/%u.keys"
store_forget
ok "TLS 1.2 is enough by default" world_ssh alice alice
store_secret /etc/keyaudit/token 'sesame-9f3c'
corp 'token_file = /etc/keyaudit/token'
store_forget
ok "a token" world_ssh alice alice
like "nginx sees it" "$(tail -n 1 "$STORE_NGINX_LOG")" '	Bearer sesame-9f3c	'
is "and it is nowhere else" "$(grep -rl sesame-9f3c /var/cache/keyaudit /var/lib/keyaudit /run/keyaudit /var/log --include='*' 2>/dev/null | grep -v nginx)" ''
chmod 0644 /etc/keyaudit/token
store_forget
not_ok "a token that everybody may read is not sent" world_ssh alice alice

# ---- signed ----
publish() { # SERIAL KEY [HOSTS]
	store_document alice "${3:-*}" "$1" '+7 days' "$(world_pub "$2")" | store_sign ops >"$STORE_WWW/alice.signed.new"
	chmod 0644 "$STORE_WWW/alice.signed.new"
	mv "$STORE_WWW/alice.signed.new" "$STORE_WWW/alice.signed"
}
signed=("url = https://keys.test:$STORE_HTTPS/%u.signed" 'format = signed' 'signers = /etc/keyaudit/signers')
corp "${signed[@]}"
store_forget
publish 5 alice
asks "signed: a key logs in" 1 world_ssh alice alice
asks "signed: verified again and not asked for again" 0 world_ssh alice alice
publish 6 bob
store_age stale
ok "signed: a higher serial takes over" world_ssh alice bob
not_ok "signed: and the key before it is out" world_ssh alice alice
publish 5 alice
store_age stale
new_events
ok "signed: an older document does not replace it" world_ssh alice bob
told "signed: the event says what served" 'corp stale store\.stale-served age=1[0-9]{3} [^"]*serial=6'
not_ok "signed: the older one's key stays out" world_ssh alice alice
publish 7 alice 'db*'
store_age stale
ok "signed: a document for other hosts does not either" world_ssh alice bob
publish 8 alice "$(hostname) db*"
store_age stale
ok "signed: one that names this host among others does" world_ssh alice alice
corp "${signed[@]}" 'threshold = 2'
store_forget
not_ok "two signers are demanded, one has signed" world_ssh alice alice
store_document alice '*' 9 '+7 days' "$(world_pub alice)" | store_sign ops board >"$STORE_WWW/alice.signed"
store_forget
ok "two have" world_ssh alice alice

# ---- a chain ----
chain='corp local'
corp
printf '[source local]\ntype = file\npath = /etc/keyaudit/keys.d/%%u\n' >>/etc/keyaudit/keyaudit.conf
world_serve carol carol
store_forget
new_events
ok "a chain: the file has what the store has not" world_ssh carol carol
told "a chain: the event says who served" '"corp no-keys store\.no-keys[^"]*","local found'

chain=''
corp
store_put alice.keys "$(world_pub alice)"
store_forget
ok "a good entry" world_ssh alice alice
truncate -s -1 "$(store_entries | head -n 1)"
new_events
ok "a torn entry: the store is asked, and serves" world_ssh alice alice
told "a torn entry: the event says so" 'corp found store\.cache-invalid '
truncate -s -1 "$(store_entries | head -n 1)"
new_events
not_ok "and a key that is not listed" world_ssh alice bob
told "is told that, and not what lay in the cache" '"ssh-key-refused".*"code":"key\.not-listed".*corp found store\.cache-invalid '
world_collect_stop

# ---- what lies in the cache is not believed ----
corp "${signed[@]}"
store_forget
publish 10 alice
ok "signed: warm" world_ssh alice alice
entry=$(store_entries | head -n 1)
# the fetcher's uid may write there: a key of its own, with the hash made anew
awk -v key="$(world_pub carol)" '/^ssh-/ && !done { print key; done = 1; next } { print }' "$entry" >"$WORLD_RUN/forged"
tail -n +2 "$WORLD_RUN/forged" >"$WORLD_RUN/forged.body"
head -n 1 "$entry" | sed "s/ length=[0-9]*/ length=$(wc -c <"$WORLD_RUN/forged.body")/; s/ sha256=[0-9a-f]*/ sha256=$(sha256sum <"$WORLD_RUN/forged.body" | cut -d' ' -f1)/" >"$WORLD_RUN/forged"
cat "$WORLD_RUN/forged.body" >>"$WORLD_RUN/forged"
cat "$WORLD_RUN/forged" >"$entry"
not_ok "signed: a key that was put into the cache" world_ssh alice carol
corp
store_forget
store_put alice.keys "$(world_pub alice)"
ok "lines: warm" world_ssh alice alice
entry=$(store_entries | head -n 1)
invalid() { # NAME COMMAND...: what it does to the entry: it is not served, it is reported, and replaced
	local name=$1
	shift
	ok "$name: made" "$@"
	asks "$name: asked for again" 1 store_asked alice
	is "$name: served" "$store_out" "$(world_pub alice | cut -d' ' -f1,2)"
	like "$name: reported" "$store_src" '^corp:found:store\.cache-invalid:'
	is "$name: is why nothing is refused" "$store_reasons" -
	asks "$name: replaced" 0 world_ssh alice alice
}
invalid 'a truncated entry' truncate -s -1 "$entry"
invalid 'an empty entry' truncate -s 0 "$entry"
invalid 'an entry of another owner' chown bob "$entry"
invalid 'an entry that others may write' chmod 0666 "$entry"
invalid 'a link' sh -c 'mv "$1" "$1.away"; ln -s "$1.away" "$1"' sh "$entry"
invalid "another user's entry" sed -i '1s/ user=alice/ user=bob/' "$entry"

# ---- without setuid: fetch = timer, a miss leaves a marker ----
corp 'fetch = timer'
store_forget
not_asks "fetch = timer: a miss asks nobody" 0 world_ssh alice alice
is "and leaves a marker" "$(find /var/lib/keyaudit/wanted -type f -printf '%f\n')" 'corp:alice'
ok "the path unit's program serves it" setpriv --reuid _keyfetch --regid _keyaudit --clear-groups "$WORLD_FETCH" --wanted
is "the marker is gone" "$(find /var/lib/keyaudit/wanted -type f)" ''
asks "and the next login is warm" 0 world_ssh alice alice
world_finish
