# shellcheck shell=bash
# SPDX-License-Identifier: ISC
# store.sh: the part of bench.sh that needs a key store: nginx with TLS on loopback, a CA file with one certificate.
#   cold      nothing in the cache, one GET: against the same GET by a minimal libcurl program, and against bash + curl + jq
#   warm      the entry is fresh, no request: unsigned and signed, against an empty dynamic program
#   existence a key that nobody has is offered for a user with keys, and for one without, or whose document was refused
#   crowd     200 cold look-ups of one user at once
# The yardsticks, for a quiet machine: 1.2 and 0.5; 1.1 and 1.3; 1; one request and 200 answers. That a look-up was cold, or
# warm, is counted at the store, and what was not is an error; so is the crowd's.
# shellcheck disable=SC2034,SC2154 # pairs, here, args and status are bench.sh's
# shellcheck source=tests/world/store.sh
. "$WORLD_LIB/store.sh"

cache=/var/cache/keyaudit
store_url=https://keys.test:$STORE_HTTPS

wrong() {
	echo "bench: $*" >&2
	status=1
}

# SOURCE [LINE...]: the one source, on nginx
source_conf() {
	local name=$1
	shift
	world_conf '[lookup]' "sources = $name" "[source $name]" 'type = http' "ca_file = $STORE_PKI/ca.pem" 'max_age = 1h' "$@"
}

# REQUESTS LABEL COMMAND...: COMMAND makes that many requests for keys
requests() {
	local want=$1 label=$2 before
	shift 2
	before=$(store_nginx_count)
	"$@"
	[ $(($(store_nginx_count) - before)) = "$want" ] ||
		wrong "$label: $(($(store_nginx_count) - before)) requests, where $want were to be made"
}

# USER: one look-up, as the measured ones are made
once() {
	lookup "$1"
	"$KA_SRC/build/tests/tools/assshd" "$WORLD_COMMAND" "${args[@]}"
}

world_key stranger ed25519
store_pki
store_nginx_start 'location ~ json$ { default_type application/json; }'
world_key carol ed25519
store_put alice.json "[{\"id\":1,\"key\":\"$(world_pub alice)\"}]"
store_put alice.lines "$(world_pub alice)"
store_put carol.signed 'no document'
rm -f "$STORE_RUN/signers"
store_signer ops
store_document alice '*' 1 '+7 days' "$(world_pub alice)" | store_sign ops >"$STORE_RUN/document"
install -m 0644 "$STORE_RUN/document" "$STORE_WWW/alice.signed"
install -m 0644 "$STORE_RUN/signers" /etc/keyaudit/signers

# ---- cold ----
lookup alice
cold_pairs=$((pairs / 5))
[ "$cold_pairs" -ge 20 ] || cold_pairs=20
source_conf cold "url = $store_url/%u.json" 'format = json' 'items = [*]' 'key = key'
compare_cold() { # YARDSTICK COMMAND...
	local yardstick=$1
	shift
	# the warm-up is 20 runs of each
	requests $((2 * (cold_pairs + 20))) "cold lookup against $yardstick" \
		"$here/bench" --cold $cache 'cold lookup' "$yardstick" "$cold_pairs" _keyaudit /run/keyaudit/spool -- \
		"$WORLD_COMMAND" "${args[@]}" -- "$@" || status=1
}
compare_cold 'a minimal libcurl GET' "$here/curlget" "$store_url/alice.json" "$STORE_PKI/ca.pem"
compare_cold 'bash + curl + jq' "$here/authkeys.sh" "$store_url/alice.json" "$STORE_PKI/ca.pem"

# ---- warm ----
warm() { # SOURCE-FORMAT LABEL
	requests 1 "$2, the first" once alice >/dev/null
	lookup alice
	requests 0 "$2" compare "$2" 'an empty dynamic program' -- "$WORLD_COMMAND" "${args[@]}" -- "$here/empty"
}
# OTHER: alice has keys, carol is OTHER; a key that neither has is offered, as somebody offers it who would know who is there
existence() {
	local alice carol
	offered=stranger
	lookup alice
	alice=("${args[@]}")
	requests 1 "$1, the first" once carol >/dev/null
	lookup carol
	carol=("${args[@]}")
	offered=alice
	requests 0 "$1" compare --nothing "a stranger's key for a user with keys" "$1" -- "$WORLD_COMMAND" "${alice[@]}" -- \
		"$WORLD_COMMAND" "${carol[@]}"
}
source_conf lines "url = $store_url/%u.lines" 'format = lines'
warm lines 'warm lookup, http source,'
existence 'one who has none (negative entry)'
source_conf signed "url = $store_url/%u.signed" 'format = signed' 'signers = /etc/keyaudit/signers'
warm signed 'warm lookup, signed,'
existence 'one whose document was refused'

# ---- the crowd ----
crowd() {
	local i pids=()
	lookup alice
	store_forget_entries
	for i in $(seq 200); do
		"$KA_SRC/build/tests/tools/assshd" "$WORLD_COMMAND" "${args[@]}" >"$STORE_RUN/crowd.$i" &
		pids+=($!)
	done
	wait "${pids[@]}"
}
source_conf lines "url = $store_url/%u.lines" 'format = lines'
before=$(store_nginx_count)
requests 1 '200 cold lookups at once' crowd
answers=$(grep -lF "$(cut -d' ' -f2 "$WORLD_RUN/keys/alice.pub")" "$STORE_RUN"/crowd.* | wc -l)
echo "bench: 200 cold lookups of one user at once: $(($(store_nginx_count) - before)) request, $answers answers"
[ "$answers" = 200 ] || wrong "200 cold lookups at once: $answers answers"
store_nginx_stop
