# shellcheck shell=bash
# SPDX-License-Identifier: ISC
# fleet.sh: how fast keyaudit vet judges a dump of FLEET_KEYS mixed keys (100,000; 80 of 100 Ed25519) of as many accounts, and
# the memory of the largest process of it. Sourced by bench.sh in its world. The RSA keys are synthetic, all but two
# (tests/perf/fleetkeys.c says what they are); they cost what real ones cost, since they pass every test.
fleet_keys=${FLEET_KEYS:-100000}
fleet_dir=$(mktemp -d)
"$KA_SRC/build/tests/perf/fleetkeys" "$fleet_keys" >"$fleet_dir/dump"
# status 1: two keys share a prime, as they were made to
python3 - "$fleet_keys" keyaudit vet --dump --summary "$fleet_dir/dump" <<'END' >"$fleet_dir/said"
import os, resource, subprocess, sys, time
keys, begin = int(sys.argv[1]), time.monotonic()
said = subprocess.run(sys.argv[2:], stdout=subprocess.PIPE, text=True).stdout
took, used = time.monotonic() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
print(f'bench: fleet: {keys} keys judged and compared in {took:.1f} s, {keys / took:.0f} a second on {os.cpu_count()} processors, '
      f'{(used.ru_utime + used.ru_stime) * 1e6 / keys:.0f} us of CPU each; the largest process took {used.ru_maxrss / 1024:.0f} MiB')
print(said, end='')
END
head -n 1 "$fleet_dir/said"
sed -n "s/^$fleet_keys keys in 1 file: /bench: fleet: /p" "$fleet_dir/said"
if ! grep -q '; 1 used by several accounts, 2 with a shared prime$' "$fleet_dir/said"; then
	echo 'bench: fleet: keyaudit vet did not say what is true of the keys' >&2
	# shellcheck disable=SC2034 # of bench.sh
	status=1
fi
rm -rf "$fleet_dir"
