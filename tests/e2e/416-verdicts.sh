#!/bin/bash
# SPDX-License-Identifier: ISC
# 416-verdicts.sh: what authkeys-vet said of a listed key is kept, and it is asked again when anything changes that its answer
# depends on, or when what is kept cannot be believed. On a real sshd with the real client; how often it was asked is counted by
# a program in its place that writes a line and becomes it.
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"

world_setup
world_key alice rsa2048
world_key ec ecdsa256
world_key stranger rsa2048
world_key good ed25519

DIR=/var/lib/keyaudit/verdicts
TABLE=$DIR/table
VET=${WORLD_COMMAND%/*}/authkeys-vet
ASKED=$WORLD_RUN/asked

install -m 0666 /dev/null "$ASKED"
chmod 0711 "$WORLD_RUN"
mv "$VET" "$VET.real"
cat >"$WORLD_RUN/vet" <<END
#!/bin/sh
echo asked >>$ASKED
exec $VET.real "\$@"
END
install -m 0755 "$WORLD_RUN/vet" "$VET"

asked() { wc -l <"$ASKED"; }
kept() { keyaudit cache status --verdicts --json | jq -c .kept; }
policy() { # LINE...
	world_conf '[lookup]' 'sources = local' '[source local]' 'type = file' 'path = /etc/keyaudit/keys.d/%u' '[policy]' "$@"
}
# KEY-FILE: what the command answers as sshd runs it
answer() {
	"$KA_SRC/build/tests/tools/assshd" "$WORLD_COMMAND" -u alice -U "$(id -u alice)" -H /home/alice -t "$(cut -d' ' -f1 "$1")" \
		-f "$(ssh-keygen -lf "$1" | cut -d' ' -f2)" -k "$(cut -d' ' -f2 "$1")"
}
# WHAT TIMES KEY [STATUS]: that login, and how often authkeys-vet was asked for it: sshd runs the command twice for a login
login() {
	local before
	before=$(asked)
	if [ "${4:-0}" = 0 ]; then ok "$1" world_ssh alice "$3"; else not_ok "$1" world_ssh alice "$3"; fi
	is "$1: asked" $(($(asked) - before)) "$2"
}

policy
world_serve alice alice good ec
world_sshd_start

# ---- kept ----
login "Ed25519: nobody is asked" 0 good
is "but that its point is a good one is kept" "$(kept)" 1
login "Ed25519: the next login" 0 good
is "once" "$(kept)" 1
login "RSA: the first login" 1 alice
is "and that is kept too" "$(kept)" 2
is "the table is the command's own" "$(stat -c '%A %U %h' $TABLE)" '-rw------- _keyaudit 1'
is "and has its size" "$(stat -c %s $TABLE)" 8388608
login "RSA: the next login" 0 alice
login "ECDSA: the first login" 1 ec
login "ECDSA: the next login" 0 ec
is "three verdicts are kept" "$(kept)" 3

# ---- what a stranger offers is neither judged nor kept ----
login "an unlisted key" 0 stranger 1
is "is not kept" "$(kept)" 3
world_key stranger25519 ed25519
login "nor an unlisted Ed25519 key" 0 stranger25519 1
is "whose point is nobody's business" "$(kept)" 3

# ---- a finding is kept as a finding ----
sed -n 1p tests/cases/key.rsa-fermat/input >"$WORLD_RUN/fermat"
world_pub good | cat - "$WORLD_RUN/fermat" >/etc/keyaudit/keys.d/alice
before=$(asked)
is "a key that anybody can factor is not served" "$(answer "$WORLD_RUN/fermat")" ''
is "nor the next time" "$(answer "$WORLD_RUN/fermat")" ''
is "of which it was asked once" $(($(asked) - before)) 1
is "four verdicts are kept" "$(kept)" 4
policy 'rsa_min_bits = 3072'
world_serve alice alice good ec
login "another policy counts at once for a key whose verdict is kept" 0 alice 1
policy
world_serve alice alice good ec

# ---- what the answer depends on ----
policy 'fermat_rounds = 2000'
login "other rounds: asked anew" 1 alice
login "other rounds: and kept" 0 alice
policy
login "the rounds of before: still there" 0 alice
install -m 0755 "$WORLD_RUN/vet" "$VET"
login "authkeys-vet installed anew: asked anew" 1 alice
login "authkeys-vet installed anew: and kept" 0 alice

# ---- what cannot be believed ----
flip() { # every row's text begins at 64: "ok" becomes something else
	perl -e 'open(F, "+<", $ARGV[0]) or die; binmode F; for ($i = 0; $i < 65536; $i++) { seek(F, $i * 128 + 64, 0); read(F, $b, 1);
		next if $b eq "\0"; seek(F, $i * 128 + 64, 0); print F chr(ord($b) ^ 1); }' $TABLE
}
flip
login "a flipped bit in each row: asked anew" 1 alice
login "a flipped bit in each row: and mended" 0 alice
truncate -s 1000 $TABLE
login "a table that was cut: asked anew" 1 alice
login "a table that was cut: and mended" 0 alice
chmod 0666 $TABLE
login "a table that others may write: asked anew" 2 alice
login "a table that others may write: each time" 2 alice
like "the doctor says so" "$(keyaudit doctor)" 'verdicts +none is kept.*not its owner'
is "and the mend that it names works" "$(keyaudit cache clear --verdicts)" '0 verdicts taken away'
login "after that: asked" 1 alice
login "after that: kept" 0 alice
like "the doctor is content" "$(keyaudit doctor)" 'verdicts +1 kept in'
ln $TABLE $DIR/other
login "a table with two names: asked anew" 2 alice
rm $DIR/other
chown root $TABLE
login "a table of root's: asked anew" 2 alice
rm $TABLE && ln -s "$WORLD_RUN/elsewhere" $TABLE
login "a link in its place: asked anew" 2 alice
ok "and nothing behind it" test ! -e "$WORLD_RUN/elsewhere"
rm $TABLE

# ---- nobody can keep any ----
chmod 0500 $DIR
login "a folder that cannot be written: asked" 2 alice
login "a folder that cannot be written: each time" 2 alice
chmod 0700 $DIR
mv $DIR $DIR.away
login "no folder: asked" 2 alice
like "the doctor says so" "$(keyaudit doctor)" 'verdicts +none is kept.*cannot be opened'
mv $DIR.away $DIR

# ---- by hand ----
by_hand() {
	"$WORLD_COMMAND" -u alice -U "$(id -u alice)" -H /home/alice -t ssh-rsa -f "$(world_fingerprint alice)" -k "$(world_pub alice | cut -d' ' -f2)"
}
before=$(asked)
like "root by hand is answered" "$(by_hand)" '^ssh-rsa AAAA'
is "after a question" $(($(asked) - before)) 1
ok "and leaves no table that the command could not use" test ! -e $TABLE
login "the command begins it" 1 alice
is "it is the command's" "$(stat -c %U $TABLE)" _keyaudit
before=$(asked)
like "root by hand again" "$(by_hand)" '^ssh-rsa AAAA'
is "believes nothing that the command's user wrote" $(($(asked) - before)) 1

# ---- many at once, on an empty table ----
keyaudit cache clear --verdicts >/dev/null
pids=()
for i in 1 2 3 4 5 6 7 8; do
	answer "$WORLD_RUN/keys/alice.pub" >"$WORLD_RUN/many.$i" &
	pids+=($!)
done
wait "${pids[@]}"
is "eight at once are all answered" "$(cat "$WORLD_RUN"/many.? | grep -c '^ssh-rsa AAAA')" 8
is "and one verdict is there" "$(kept)" 1
login "and is used" 0 alice

# ---- metrics ----
like "keyaudit metrics counts them" "$(keyaudit metrics --textfile -)" 'keyaudit_verdicts_kept 1'
world_finish
