#!/bin/bash
# SPDX-License-Identifier: ISC
# keyaudit publish and sign: 200 users, checked by stock ssh-keygen; one change changes one file; whoever kills it, fills the
# disk, or puts a liar in ssh-keygen's place finds a folder that hosts can believe.
# time limit: 300
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"
# shellcheck source=tests/world/store.sh
. "$WORLD_LIB/store.sh"

world_setup
cd "$WORLD_RUN" || exit 1
ssh-keygen -q -t ed25519 -N '' -C ops -f ops || world_die "ssh-keygen failed"
ssh-keygen -q -t ed25519 -N '' -C other -f other || world_die "ssh-keygen failed"
echo "ops namespaces=\"keyaudit\" $(cut -d' ' -f1,2 ops.pub)" >signers
mkdir from pool
pool=()
for i in 1 2 3 4 5 6 7 8; do
	ssh-keygen -q -t ed25519 -N '' -C "key$i" -f pool/$i
	pool[i]=$(<pool/$i.pub)
done
# keys USER NUMBER...: the user's file
keys() {
	local user=$1 n
	shift
	for n; do echo "${pool[n]}"; done >"from/$user"
}
for i in $(seq 200); do keys "user$i" $((i % 8 + 1)); done
publish() { keyaudit publish --from from --to to --key ops "$@"; }
check() { "$KA_SRC/build/tests/tools/storecheck" to signers; }
field() { sed -n "s/.*\"$1\":\([a-z0-9]*\).*/\1/p" json; }

# DOCUMENT: stock tools alone, as docs/store-protocol.md says
verified() {
	sed '/^-----BEGIN SSH SIGNATURE-----$/,$d' "$1" >text &&
		sed -n '/^-----BEGIN SSH SIGNATURE-----$/,$p' "$1" >text.sig &&
		ssh-keygen -Y verify -f signers -I ops -n keyaudit -s text.sig <text >/dev/null
}
# [NAME=VALUE...] DOCUMENT: what a reader says that shares nothing with ours
reader() { "$KA_SRC/tests/tools/storereader.sh" signers=signers "$@"; }
all_verified() {
	local one
	for one in to/*.keys to/index; do verified "$one" || { echo "$one"; return 1; }; done
}

publish --json >json
is "200 users are published" "$? $(field users) $(field written)" "0 200 200"
is "all is as hosts want it" "$(check)" "users 200, listed 200"
ok "ssh-keygen verifies every document" all_verified
is "so does a reader of its own: hers" "$(reader user=user7 to/user7.keys)" '- ops'
is "the index" "$(reader kind=index to/index)" '- ops'
is "for her and nobody else" "$(reader user=user8 to/user7.keys)" store.wrong-user
is "not for ever" "$(reader user=user7 now=2099-01-01T00:00:00Z to/user7.keys)" store.expired
cp to/user42.keys older
is "a document is an authorized_keys file" "$(ssh-keygen -lf to/user7.keys | cut -d' ' -f2)" "$(ssh-keygen -lf pool/8.pub | cut -d' ' -f2)"
is "the index has the hash of the file" "$(sed -n 's/^user7 [0-9]* //p' to/index)" "$(sha256sum to/user7.keys | cut -d' ' -f1)"

sha256sum to/*.keys >before
stat -c '%n %i %y' to/*.keys >stat.before
keys user42 1 2
publish --json >json
is "one change: one document" "$? $(field written) $(field unchanged)" "0 1 199"
sha256sum to/*.keys | diff before - | sed -n 's/^> .*  //p' >changed
is "one change: only its bytes" "$(cat changed)" to/user42.keys
is "one change: only its time" "$(stat -c '%n %i %y' to/*.keys | diff stat.before - | sed -n 's/^> \([^ ]*\).*/\1/p')" to/user42.keys
memory="$(sed -n 's/^# serial: //p' to/user42.keys) $(sed '/^-----BEGIN/,$d' to/user42.keys | sha512sum | cut -d' ' -f1)"
is "one change: who knows the new one takes it" "$(reader user=user42 "memory=$memory" to/user42.keys)" '- ops'
is "one change: and the older one no more" "$(reader user=user42 "memory=$memory" older)" store.serial-lower
is "one change: a higher serial" "$(sed -n 's/^# serial: //p' to/user41.keys to/user42.keys to/index | sort -n | uniq | wc -l)" 2
is "and all is as hosts want it" "$(check)" "users 200, listed 200"
rm from/user42
publish --json >json
is "one user goes: emptied, and out of the index" "$(field removed) $(check)" "1 users 200, listed 199"
ok "its document is signed too" verified to/user42.keys
is "and has no key" "$(grep -c '^ssh-' to/user42.keys)" 0

# ---- killed at any moment ----
round() { # NUMBER: half of the users change, some come and go
	local i
	for i in $(seq "$(($1 % 2 + 1))" 2 200); do keys "user$i" $((RANDOM % 8 + 1)) $((RANDOM % 8 + 1)); done
	keys "guest$1" 3
	rm -f "from/guest$(($1 - 3))"
}
RANDOM=650
round 0
begin=$(_world_ms)
publish >out || cat out
took=$(($(_world_ms) - begin))
has_begun() { [ -n "$(find to -name '*.keys' -newer stamp -print -quit)" ]; }
kills=20 killed=0 bad=0 moved=0
for n in $(seq "$kills"); do
	round "$n"
	sha256sum to/* >before
	ms=$((RANDOM % (took + took / 2)))
	touch stamp
	keyaudit publish --from from --to to --key ops >out 2>&1 &
	pid=$!
	if [ $((n % 4)) = 0 ]; then
		world_wait 30 has_begun # to move: a short time that chance would seldom meet
	else
		sleep "$(printf '%d.%03d' $((ms / 1000)) $((ms % 1000)))"
	fi
	kill -KILL "$pid" 2>/dev/null && killed=$((killed + 1))
	wait "$pid" 2>/dev/null
	check >said || {
		bad=$((bad + 1))
		cat said
	}
	sha256sum to/* | cmp -s - before || moved=$((moved + 1))
done
echo "# $took ms for one publication, killed $killed of $kills, the folder had moved in $moved"
is "$killed kills: the folder was always whole" "$bad" 0
ok "some came in the middle of the work" test "$killed" -gt 5
ok "or while it moved" test "$moved" -gt 0
publish --json >json
is "the next one goes on" "$? $(check | cut -d, -f1 | cut -d' ' -f1)" "0 users"
is "and leaves nothing lying about" "$(ls -A to/.keyaudit-publish)" ""
ok "ssh-keygen verifies every document again" all_verified

# ---- a full disk ----
mkdir small
mount -n -t tmpfs -o size=1m,nr_inodes=300 small small
mkdir few && cp from/user1 from/user2 few
keyaudit publish --from few --to small --key ops >out
is "a small disk holds few" "$?" 0
cp -a small small.before
keyaudit publish --from from --to small --key ops >out 2>&1
is "a disk that is full: status 3" "$?" 3
ok "and nothing has changed" diff -r small small.before
umount small

# ---- somebody else in ssh-keygen's place ----
cp to/user1.keys honest && cp honest before
mv /usr/bin/ssh-keygen /usr/bin/ssh-keygen.real
liar() { # what it does with its arguments
	printf '#!/bin/bash\n%s\n' "$1" >/usr/bin/ssh-keygen
	chmod 0755 /usr/bin/ssh-keygen
}
# an honest one that takes its time behind the first document, as a security key does: on a terminal one sees how far it is
liar '/usr/bin/ssh-keygen.real "${@:1:8}" && { [ $# -eq 8 ] || { sleep 0.5; exec /usr/bin/ssh-keygen.real "${@:1:7}" "${@:9}"; }; }'
round 21
script -qec 'keyaudit publish --from from --to to --key ops' typescript >/dev/null </dev/null
like "what takes long on a terminal shows how far it is" "$(tr '\r' '\n' <typescript)" '^signing  \[#*\.*\] [0-9]+ of [0-9]+, [0-9]+/s'
for lie in 'exec /usr/bin/ssh-keygen.real "${@/#keyaudit/file}"' \
	"exec /usr/bin/ssh-keygen.real \"\${@/%ops/other}\"" \
	'for f in "${@:8}"; do echo changed >>"$f"; done; exec /usr/bin/ssh-keygen.real "$@"' \
	'for f in "${@:8}"; do : >"$f.sig"; done' 'exit 0' 'kill -KILL $$'; do
	liar "$lie"
	keyaudit sign --key ops --expires 9d honest >out 2>&1
	is "sign, ssh-keygen: $lie" "$? $(cmp honest before)" "3 "
	round 99
	sha256sum to/* >sums
	publish >out 2>&1
	is "publish, ssh-keygen: $lie" "$? $(sha256sum to/* | cmp - sums)" "3 "
done
mv -f /usr/bin/ssh-keygen.real /usr/bin/ssh-keygen
publish >out
is "and with the real one again" "$?" 0

# ---- not root ----
mkdir /tmp/carol && cp -r from /tmp/carol/from && cp ops /tmp/carol/ops && chown -R carol: /tmp/carol
as_carol() { runuser -u carol -- sh -c 'cd /tmp/carol && exec "$@"' sh "$@"; }
as_carol keyaudit publish --from from --to to --key ops >out
is "an ordinary user publishes" "$?" 0
is "readable for the web server" "$(stat -c '%U %a' /tmp/carol/to/user1.keys /tmp/carol/to/index | sort -u)" "carol 644"
as_carol keyaudit publish --from from --to "$WORLD_RUN/to" --key ops >out 2>&1
like "but not into another's folder" "$?" '^(3|77)$'
chmod 0755 "$WORLD_RUN"
as_carol keyaudit publish --from from --to "$WORLD_RUN/to" --key ops >out 2>&1
is "and is told so" "$?" 77

# ---- and what it is for: a login ----
store_pki
store_nginx_start
world_key alice ed25519
world_key bob ed25519
install -m 0644 signers /etc/keyaudit/signers
install -m 0644 "$STORE_PKI/ca.pem" /etc/keyaudit/store-ca.pem
mkdir staff && world_pub alice >staff/alice && : >lost
store() { keyaudit publish --from staff --to "$STORE_WWW" --key ops --revoked lost >out; }
ok "a store of one user" store
url=https://keys.test:$STORE_HTTPS
world_conf '[lookup]' 'sources = corp' '[source corp]' 'type = http' 'format = signed' "url = $url/%u.keys" \
	"index_url = $url/index" "revoked_url = $url/revoked" 'signers = /etc/keyaudit/signers' 'ca_file = /etc/keyaudit/store-ca.pem'
world_sshd_start
ok "she logs in with her published key" world_ssh alice alice
not_ok "and nobody else as her" world_ssh alice bob
ok "a second publication that changes nothing" store
store_age stale
ok "is confirmed by its ETag" world_ssh alice alice
ok "with 304" grep -qE '/alice.keys.*	304	' "$STORE_NGINX_LOG"
world_pub bob >>staff/alice
ok "a key more" store
store_age stale
ok "is served with the next answer" world_ssh alice bob
rm staff/alice
ok "she leaves" store
store_age stale
not_ok "and is not let in" world_ssh alice alice
world_pub alice >staff/alice
world_fingerprint alice >lost
not_ok "a revoked key is not published" store
world_pub bob >staff/alice
ok "only revoked, then" store
is "the revoked list, to a reader of its own" "$(reader kind=revoked "$STORE_WWW/revoked")" '- ops'
as_timer() { setpriv --reuid _keyfetch --regid _keyfetch --clear-groups -- "$@"; }
cp /etc/keyaudit/keyaudit.conf "$STORE_RUN/conf"
echo 'require_revoked_list = yes' >>/etc/keyaudit/keyaudit.conf
store_forget
store_asked alice
is "where the list is demanded, nothing is served without it" "$store_out" ''
like "and that is said" "$store_src $store_reasons" '^corp:refused:store.revoked-stale.* store.revoked-stale'
as_timer "$WORLD_FETCH" --refresh >out
store_asked alice
is "with it, all is" "$store_out" "$(world_pub bob | cut -d' ' -f1,2)"
cat "$STORE_RUN/conf" >/etc/keyaudit/keyaudit.conf
world_serve alice alice bob
sed -i 's/^sources = corp/sources = local corp/' /etc/keyaudit/keyaudit.conf
printf '%s\n' '[source local]' 'type = file' 'path = /etc/keyaudit/keys.d/%u' >>/etc/keyaudit/keyaudit.conf
as_timer "$WORLD_FETCH" --refresh >out
not_ok "and no source of a host serves it any more" world_ssh alice alice
ok "but the others" world_ssh alice bob

# ---- a key with a passphrase, on a terminal and without ----
ssh-keygen -q -t ed25519 -N secret -f closed
cp pool/1.pub one
setsid keyaudit sign --key closed --user alice one >out 2>&1 </dev/null
is "no terminal: no signature" "$? $(cmp one pool/1.pub)" "3 "
cat >ask <<'END'
#!/bin/sh
echo secret
END
chmod 0755 ask
SSH_ASKPASS=$WORLD_RUN/ask SSH_ASKPASS_REQUIRE=force keyaudit sign --key closed --user alice one >out 2>&1
is "asked for its passphrase" "$?" 0
{
	world_wait_line 10 typed 'Enter passphrase'
	echo secret
} | script -qefc "keyaudit sign --key closed --expires 3d one" typed >out 2>&1
is "asked on the terminal" "$? $(grep -c 'Enter passphrase' out)" "0 1"
world_finish
