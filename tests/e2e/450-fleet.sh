#!/bin/bash
# SPDX-License-Identifier: ISC
# keyaudit vet over many: a repository of keys as a gate sees it, a dump of real homes, keys of this host, keys that share a
# prime (the installed authkeys-vet says so), files that cannot be read, links that lead out, a reader that goes away, and a
# judge that is killed.
# time limit: 300
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"

world_setup
world_key alice ed25519
world_key bob ecdsa256
world_key carol ed25519
world_key weak rsa1024
cd "$WORLD_RUN" || exit 1
fleetkeys=$KA_SRC/tests/data/shared-prime.txt # two lines, each fine by itself

# ---- a repository ----
mkdir -p repo/keys/alice repo/.git repo/homes/carol/.ssh
world_pub alice >repo/keys/alice/laptop.pub
world_pub bob >repo/keys/bob.keys
world_pub carol >repo/homes/carol/.ssh/authorized_keys
echo 'This is a text about keys.' >repo/README
world_pub weak >repo/.git/weak.pub
out=$(keyaudit vet --strict --summary repo 2>err)
is "a repository of good keys passes" $? 0
is "and only its numbers are shown" "$out" "3 keys in 3 files: 2 ssh-ed25519, 1 ecdsa-sha2-nistp256
3 accepted, 0 with a warning, 0 refused; 0 used by several accounts, 0 with a shared prime"
like "the file that is none of keys is counted" "$(cat err)" '^keyaudit vet: 1 file passed over'
world_pub alice >repo/keys/bob/laptop.pub 2>/dev/null || { mkdir repo/keys/bob && world_pub alice >repo/keys/bob/laptop.pub; }
out=$(keyaudit vet --summary repo 2>/dev/null)
is "a key of two accounts is a warning" $? 0
like "that names both places" "$out" '^repo/keys/bob/laptop.pub:1: warn ssh-ed25519 256 [^ ]* policy.key-reused as=repo/keys/alice/laptop.pub:1$'
keyaudit vet --strict repo >/dev/null 2>&1
is "which --strict counts" $? 1
cp repo/keys/bob/laptop.pub repo/keys/alice/desk.pub
rm -r repo/keys/bob
ok "the same key twice in one account is none" keyaudit vet --strict repo
world_pub weak >repo/keys/weak.pub
out=$(keyaudit vet --summary repo 2>/dev/null)
is "a weak key stops it" $? 1
like "by its reason" "$out" '^repo/keys/weak.pub:1: reject ssh-rsa 1024 [^ ]* key.rsa-too-short$'
rm repo/keys/weak.pub

# ---- what cannot be read hides nothing ----
ln -s /etc/ssh/ssh_host_ed25519_key.pub repo/keys/out.pub
mkfifo repo/keys/pipe.keys
out=$(timeout 20 keyaudit vet --summary repo 2>err)
is "a link that leads out and a FIFO leave it undecided" $? 3
like "both are named: the link" "$(cat err)" 'repo/keys/out.pub: a link that leads out of the directory'
like "and the FIFO" "$(cat err)" 'repo/keys/pipe.keys: not a regular file'
like "the others are judged" "$out" '^4 accepted'
rm repo/keys/out.pub repo/keys/pipe.keys

# ---- keys of this host ----
cp /etc/ssh/ssh_host_ed25519_key.pub repo/keys/host.pub 2>/dev/null || { ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key && cp /etc/ssh/ssh_host_ed25519_key.pub repo/keys/host.pub; }
like "a key of this host is no user's" "$(keyaudit vet repo 2>/dev/null)" \
	'^repo/keys/host.pub:1: warn ssh-ed25519 256 [^ ]* policy.key-reused as=/etc/ssh/ssh_host_ed25519_key.pub:1$'
rm repo/keys/host.pub

# ---- a dump of real homes ----
world_authorize() { install -d -m 0700 -o "$1" "/home/$1/.ssh" && world_pub "$2" >"/home/$1/.ssh/authorized_keys"; }
world_authorize alice alice
world_authorize bob alice
for home in /home/*/; do
	user=${home%/}
	[ ! -e "$home.ssh/authorized_keys" ] || sed "s|^|${user##*/}\t|" "$home.ssh/authorized_keys"
done >dump
like "a dump says whose" "$(keyaudit vet --dump - <dump)" ' policy.key-reused account=bob as=-:1$'
like "the homes themselves as well" "$(keyaudit vet /home 2>/dev/null)" '^/home/bob/.ssh/authorized_keys:1: warn .* policy.key-reused as=/home/alice/.ssh/authorized_keys:1$'
printf '\e[2Jx\tssh-ed25519 AAAA\n' >hostile
unlike "no byte of a stranger reaches the terminal" "$(keyaudit vet --dump hostile "$(printf 'no\e[2Jfile')" 2>&1)" $'\e'

# ---- shared primes ----
awk '{ print "user" NR "\t" $0 }' "$fleetkeys" >shared
out=$(keyaudit vet --dump shared)
is "keys that share a prime are refused" $? 1
like "the first" "$out" '^shared:1: reject ssh-rsa 2048 [^ ]* key.rsa-shared-prime account=user1 as=shared:2$'
like "and the other one" "$out" '^shared:2: reject ssh-rsa 2048 [^ ]* key.rsa-shared-prime account=user2 as=shared:1$'
ok "each by itself is fine" keyaudit vet - <<<"$(head -n 1 "$fleetkeys")"

# ---- a judge that is not there is no judge that is content ----
chmod 0 /usr/libexec/keyaudit/authkeys-vet
mv /usr/libexec/keyaudit/authkeys-vet away
out=$(keyaudit vet --dump --summary shared 2>/dev/null)
is "without authkeys-vet an RSA key is refused" $? 1
like "as not judged" "$out" 'key.not-judged'
like "and nothing was compared" "$out" '^undecided: .* 2 keys that were not compared'
mv away /usr/libexec/keyaudit/authkeys-vet
chmod 755 /usr/libexec/keyaudit/authkeys-vet

# ---- who goes away leaves nothing behind ----
for _ in $(seq 60); do cat shared; done >long
keyaudit vet --dump long 2>/dev/null | head -n 1 >/dev/null
keyaudit vet --dump - < <(cat long; exec sleep 100) >/dev/null 2>&1 &
vet=$!
for _ in $(seq 100); do [ "$(pgrep -cx authkeys-vet)" -lt 1 ] || break; sleep 0.1; done
kill -KILL $vet
for _ in $(seq 100); do pgrep -x authkeys-vet >/dev/null || break; sleep 0.1; done
not_ok "a keyaudit that is killed takes its judges along" pgrep -x authkeys-vet
world_finish
