# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # pairs, here and status are those of bench.sh
# SPDX-License-Identifier: ISC
# verdicts.sh: a warm look-up of a key that authkeys-vet must judge, with its verdict kept and without; sourced by bench.sh. The
# yardstick, for a quiet machine: 1.2 times an empty dynamic program with a verdict. That it was kept, or was not, is an error else.
table=/var/lib/keyaudit/verdicts/table

# NAME KIND: a user's key among ten, and the arguments that sshd gives when it is offered
verdict_key() {
	world_key "$1" "$2"
	{
		"$here/bench" --keys 5
		world_pub "$1"
		"$here/bench" --keys 4
	} >/etc/keyaudit/keys.d/alice
	args=(-u alice -U "$(id -u alice)" -H /home/alice -t "$(world_pub "$1" | cut -d' ' -f1)" -f "$(world_fingerprint "$1")"
		-k "$(world_pub "$1" | cut -d' ' -f2)")
}
kept() { keyaudit cache status --verdicts --json | jq .kept; }

mv /etc/keyaudit/keys.d/alice "$WORLD_RUN/alice.ten"
all_pairs=$pairs
for kind in rsa4096 rsa2048 ecdsa256; do
	verdict_key "bench-$kind" $kind
	keyaudit cache clear --verdicts >/dev/null
	"$KA_SRC/build/tests/tools/assshd" "$WORLD_COMMAND" "${args[@]}" >/dev/null
	compare "warm lookup, $kind, verdict kept" 'an empty dynamic program' -- "$WORLD_COMMAND" "${args[@]}" -- "$here/empty"
	[ "$(kept)" = 1 ] || { echo "bench: $(kept) verdicts were kept, where it must be 1" >&2; status=1; }
	# where nobody can keep any, each run asks anew
	keyaudit cache clear --verdicts >/dev/null
	chmod 0500 "${table%/*}"
	pairs=$((all_pairs / 10 > 20 ? all_pairs / 10 : 20))
	compare "warm lookup, $kind, judged anew" 'an empty dynamic program' -- "$WORLD_COMMAND" "${args[@]}" -- "$here/empty"
	pairs=$all_pairs
	chmod 0700 "${table%/*}"
	[ ! -e "$table" ] || { echo 'bench: a verdict was kept, where none can be' >&2; status=1; }
done
mv "$WORLD_RUN/alice.ten" /etc/keyaudit/keys.d/alice
