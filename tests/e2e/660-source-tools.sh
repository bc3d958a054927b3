#!/bin/bash
# SPDX-License-Identifier: ISC
# What the tools say of sources of type http: config check and doctor before anybody logs in, keys and doctor USER with the
# store there, away and lying; and that asking for it leaves no serial behind and gives nobody root.
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"
# shellcheck source=tests/world/store.sh
. "$WORLD_LIB/store.sh"

world_setup
for key in alice bob stranger; do world_key "$key" ed25519; done
world_key alice-rsa rsa1024
store_pki
store_nginx_start
store_fault_start
store_signer ops
install -m 0644 "$STORE_RUN/signers" /etc/keyaudit/signers
install -m 0644 "$STORE_PKI/ca.pem" /etc/keyaudit/ca.pem
ssh-keygen -q -t ed25519 -N '' -f "$WORLD_RUN/hostkey"
world_sshd_config 'AuthorizedKeysFile none' >/etc/ssh/sshd_config # for `sshd -T`
line() { world_pub "$1" | cut -d' ' -f1,2; }

# LINE...: one source behind the files
chain() {
	world_conf '[lookup]' 'sources = local corp' '[source local]' 'type = file' 'path = /etc/keyaudit/keys.d/%u' \
		'[source corp]' 'type = http' "$@"
}
signed() {
	chain "url = https://keys.test:$STORE_HTTPS/%u.keys" 'format = signed' 'signers = /etc/keyaudit/signers' \
		'ca_file = /etc/keyaudit/ca.pem' "$@"
}
# a fetcher that has answered may still be at its disk
nobody_fetches() { ! pgrep -x authkeys-fetch >/dev/null; }
forget() {
	world_wait 10 nobody_fetches || world_die "a fetcher does not end"
	store_forget
}
# WHAT REGEX: config check says so and ends with 1, doctor too
wrong() {
	local text status=0
	text=$(keyaudit config check 2>&1) || status=$?
	is "$1: config check ends with 1" "$status" 1
	like "$1: and says so" "$text" "^FAIL source corp: $2"
	like "$1: so does doctor" "$(keyaudit doctor --json)" "\"what\":\"source corp\",\"state\":\"fail\""
}

# ---- before anybody logs in ----
signed
ok "all is there" keyaudit config check
like "and said so" "$(keyaudit config check)" '^ok +source corp: all that it needs is here; the store itself was not asked$'
is "nobody was asked" "$(store_nginx_count)" 0
chmod 0600 /etc/keyaudit/signers
wrong "signers that the command cannot read" 'conf.invalid: signers: /etc/keyaudit/signers: mode 0600.*chmod a\+r'
chmod 0666 /etc/keyaudit/signers
wrong "signers that others may write" 'conf.unsafe: signers: /etc/keyaudit/signers: mode 0666.*chmod go-w'
chmod 0644 /etc/keyaudit/signers
echo 'ops ssh-ed25519 AAAA' >>/etc/keyaudit/signers
wrong "signers with an error" 'conf.invalid: signers: line 2: '
install -m 0644 "$STORE_RUN/signers" /etc/keyaudit/signers
signed 'threshold = 2'
wrong "fewer signers than must sign" 'conf.invalid: signers: 1 of those who are named may sign today, and the threshold is 2'
signed
chmod 0755 "$WORLD_FETCH"
wrong "a fetcher that stays who started it" 'store.unreachable: .*authkeys-fetch must be _keyfetch'\''s with mode 4750; mend: systemd-tmpfiles'
chmod 4750 "$WORLD_FETCH"
chown root /var/cache/keyaudit
wrong "a cache that the fetcher cannot write" 'store.unreachable: /var/cache/keyaudit must be a directory of _keyfetch'
chown _keyfetch /var/cache/keyaudit
rm /etc/keyaudit/ca.pem
wrong "no ca_file" 'conf.invalid: ca_file: /etc/keyaudit/ca.pem: is not there'
install -m 0644 "$STORE_PKI/ca.pem" /etc/keyaudit/ca.pem
echo secret >/etc/keyaudit/token
chmod 0644 /etc/keyaudit/token
signed 'token_file = /etc/keyaudit/token'
wrong "a token that everybody can read" 'conf.unsafe: token_file: /etc/keyaudit/token: others may read the secret in it; it should be '
store_secret /etc/keyaudit/token secret
ok "a token as it should be" keyaudit config check

# ---- secrets: on a miss the fetcher has its uid and the command's groups ----
secret() { # OWNER:GROUP MODE
	chown "$1" /etc/keyaudit/token
	chmod "$2" /etc/keyaudit/token
}
on_a_miss() { # as the command starts it
	setpriv --reuid _keyaudit --regid _keyaudit --clear-groups -- "$WORLD_FETCH" corp alice 2>/dev/null
}
by_the_timer() { runuser -u _keyfetch -- "$WORLD_FETCH" corp alice 2>/dev/null; }
fetch_says() { # WHAT REGEX COMMAND...
	local what=$1 regex=$2
	shift 2
	store_forget
	like "$what" "$("$@" | head -n 1)" "$regex"
}
chain "url = http://127.0.0.1:$STORE_FAULT/f/%u" 'format = lines' 'token_file = /etc/keyaudit/token'
store_fault f "body $(line alice)"
secret _keyfetch:root 0400
fetch_says "the fetcher's own: read on a miss" '^ka1 entry ' on_a_miss
fetch_says "and by the timer" '^ka1 entry ' by_the_timer
secret root:_keyfetch 0640
wrong "for the fetcher's group" 'conf.invalid: token_file: /etc/keyaudit/token: mode 0640, owner 0, group [0-9]+: the fetcher that a login starts is _keyfetch with the groups of _keyaudit, and cannot read it; it should be _keyfetch'\''s with mode 0400; mend: chown _keyfetch /etc/keyaudit/token$'
fetch_says "which a miss shows" '^ka1 fail .*reason=conf\.' on_a_miss
fetch_says "while the timer can" '^ka1 entry ' by_the_timer
chain "url = http://127.0.0.1:$STORE_FAULT/f/%u" 'format = lines' 'token_file = /etc/keyaudit/token' 'fetch = timer'
ok "so it is enough when only the timer asks" keyaudit config check
secret root:root 0600
wrong "not even the timer's" 'conf.invalid: token_file: .*: the timer'\''s fetcher, _keyfetch, cannot read it; '
secret root:_keyaudit 0640
wrong "the command's group, with the timer" 'conf.unsafe: token_file: /etc/keyaudit/token: sshd'\''s command \(_keyaudit\) may read the secret in it; it should be _keyfetch'\''s with mode 0400; mend: chmod 0400 /etc/keyaudit/token$'
chain "url = http://127.0.0.1:$STORE_FAULT/f/%u" 'format = lines' 'token_file = /etc/keyaudit/token'
wrong "the command's group" 'conf.unsafe: token_file: .* may read the secret in it; '
fetch_says "which the fetcher does not use either" '^ka1 fail .*reason=conf\.' on_a_miss
secret _keyfetch:_keyaudit 0440
wrong "its own, and the command's" 'conf.unsafe: token_file: .* may read the secret in it; '
fetch_says "is not used" '^ka1 fail .*reason=conf\.' on_a_miss
secret _keyfetch:_keyfetch 0440
ok "its own and its group's" keyaudit config check
secret bob:bob 0600
wrong "somebody's" 'conf\.(invalid|unsafe): token_file: .*owner [0-9]+.* should be _keyfetch'\''s with mode 0400; mend: chown _keyfetch '
secret _keyfetch:root 0400
install -d -m 0700 /etc/keyaudit/closed
cp -p /etc/keyaudit/token /etc/keyaudit/closed/
chain "url = http://127.0.0.1:$STORE_FAULT/f/%u" 'format = lines' 'token_file = /etc/keyaudit/closed/token'
wrong "below a directory that it cannot search" 'conf.invalid: token_file: /etc/keyaudit/closed: mode 0700, .*cannot look into it; mend: chmod a\+x /etc/keyaudit/closed$'
chmod 0600 /etc/keyaudit/ca.pem
signed
wrong "a ca_file that only root can read" 'conf.invalid: ca_file: /etc/keyaudit/ca.pem: mode 0600, .*cannot read it; mend: chmod a\+r /etc/keyaudit/ca.pem$'
chmod 0644 /etc/keyaudit/ca.pem

# ---- a cloud's metadata service ----
ip addr add 169.254.169.254/32 dev lo
# shellcheck disable=SC2016 # nginx's variable
store_nginx_start 'listen 169.254.169.254:80;' 'if ($http_metadata_flavor != Google) { return 403; }'
json='{"loginProfiles":[{"name":"alice@example.com","sshPublicKeys":{"f1":{"key":"KEY","expirationTimeUsec":"4600000000000000"}}}]}'
store_put computeMetadata/v1/oslogin/users "${json/KEY/$(line alice)}"
oslogin() {
	chain 'url = http://169.254.169.254/computeMetadata/v1/oslogin/users?username=%u' 'format = json' \
		'items = .loginProfiles[*].sshPublicKeys.*' 'key = .key' 'expires = .expirationTimeUsec' 'expires_unit = unix_us' "$@"
}
store_forget
oslogin 'headers = Metadata-Flavor: Google'
ok "config check takes it" keyaudit config check
like "with a warning" "$(keyaudit config check)" '^warn source corp: all that it needs is here; .* 169.254.169.254 is asked without TLS'
like "which doctor repeats" "$(keyaudit doctor --json)" '"what":"source corp","state":"warn"'
like "and its keys are served" "$(keyaudit keys alice 2>&1)" 'served +corp:1: ssh-ed25519'
store_asked alice
is "to sshd as well" "$store_out" "$(line alice)"
oslogin
world_wait 10 nobody_fetches
store_forget
store_asked alice
is "without the field that the service demands nothing is" "$store_out" ''
like "and it is said" "$store_src" 'corp:refused:store.denied:status=403'
store_nginx_stop
store_nginx_start
world_wait 10 nobody_fetches
store_forget
like "show has every key that is in force" "$(keyaudit config show)" 'default +max_stale = 24h$'
unlike "and none of another format" "$(keyaudit config show)" ' line_prefix = '

# ---- keys ----
signed
world_serve alice stranger
store_document alice '*' 5 '+7 days' "$(line alice)" "$(line alice-rsa)" | store_sign ops >"$STORE_WWW/alice.keys"
chmod 0644 "$STORE_WWW/alice.keys"
text=$(keyaudit keys alice 2>&1)
like "keys: of the file" "$text" 'served +/etc/keyaudit/keys.d/alice:1: ssh-ed25519'
like "keys: of the store" "$text" 'served +corp:1: ssh-ed25519'
like "keys: what it must not serve" "$text" 'refused +corp:2: ssh-rsa .*key.rsa-too-short'
unlike "as JSON a store is no file" "$(keyaudit keys --json alice | grep corp)" '"file"'
is "the tool remembers no serial" "$(find /var/lib/keyaudit/serials -type f | wc -l)" 0
like "nobody there" "$(keyaudit keys bob 2>&1)" 'source corp: no-keys \(store.no-keys: '
store_nginx_stop
world_wait 10 nobody_fetches
store_age stale
like "the store is away, the cache serves" "$(keyaudit keys alice 2>&1)" 'source corp: stale \(store.stale-served: .*age=[0-9]+.* cause=store.unreachable.*\)'
like "and what it has" "$(keyaudit keys alice 2>&1)" 'served +corp:1: ssh-ed25519'
world_wait 10 nobody_fetches
store_age dead
like "too long" "$(keyaudit keys alice 2>&1)" 'source corp: unavailable \(store\.(too-stale|unreachable): '
chain "url = http://127.0.0.1:$STORE_FAULT/f/%u" 'format = lines'
forget
store_fault f 'status 200 OK' 'body <html>no</html>'
like "a store that returns HTML" "$(keyaudit keys alice 2>&1)" 'source corp: refused \(store.bad-answer: .*status=200'

# ---- doctor, for a user ----
forget
store_fault f "body $(line alice)"
# no sshd runs here, which is what the doctor finds first
like "doctor: the key is there" "$(keyaudit doctor alice --key "$WORLD_RUN/keys/alice.pub" --json)" '"what":"key store","state":"ok","text":"[1-9][0-9]* keys? for this user"'
store_fault f "body command=\"x\" $(line alice)"
forget
like "doctor: what is wrong with it, and where" "$(keyaudit doctor alice --key "$WORLD_RUN/keys/alice.pub" --json)" \
	'"reason":"option.not-allowed".*"evidence":\{"detail":"source corp"'
forget
store_fault f 'status 503 Busy'
like "doctor: the store fails" "$(keyaudit doctor alice --key "$WORLD_RUN/keys/alice.pub" --json)" \
	'"reason":"store.http-status".*"detail":"corp","note":"status=503 mirror=1"'

# ---- who runs it ----
cat >/usr/libexec/keyaudit/authkeys-fetch.probe <<-'END'
	#!/bin/sh
	grep -E '^(Uid|Gid|CapPrm)' /proc/self/status | tr '\t' ' ' >/tmp/probe
END
chmod 0755 /usr/libexec/keyaudit/authkeys-fetch.probe
mv "$WORLD_FETCH" "$WORLD_FETCH.away"
mv /usr/libexec/keyaudit/authkeys-fetch.probe "$WORLD_FETCH"
rm -f /tmp/probe
forget
keyaudit keys alice >/dev/null 2>&1
like "root's tools start the fetcher with the command's rights" "$(cat /tmp/probe)" '^Uid: 61100 61100 61100 61100$'
like "and with no way back" "$(cat /tmp/probe)" '^CapPrm: 0+$'
mv "$WORLD_FETCH.away" "$WORLD_FETCH"
world_finish
