# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # pairs, here and status are those of bench.sh
# SPDX-License-Identifier: ISC
# blocklist.sh: a list of 4 million compromised keys (at 2,000 pairs; fewer with fewer): one look-up in it, warm and cold, and what
# it adds to a warm lookup of a key. Sourced by bench.sh. No yardstick: it is beside the warm lookup above.
known=$WORLD_RUN/known.dat
python3 "$KA_SRC/tests/tools/blocklistmake.py" $((pairs * 2000)) >"$known"
"$KA_SRC/build/tests/perf/blockfind" "$known" || status=1
mkdir -p /etc/keyaudit/conf.d
printf '[policy]\nblocklist = %s\n' "$known" >/etc/keyaudit/conf.d/blocklist.conf
lookup alice
compare "warm lookup, blocklist of $((pairs * 2000))" 'an empty dynamic program' -- "$WORLD_COMMAND" "${args[@]}" -- "$here/empty"
rm -f /etc/keyaudit/conf.d/blocklist.conf "$known"
