#!/bin/sh
# Each .c file has its unit test, tests/unit/test_NAME.c. Who has none stands below with the reason.
set -u
cd "$(dirname "$0")/../.." || exit 1

# FILE: who tests it instead
exceptions='
authkeys-cmd/main.c        its tests start the program: e2e, strictmodes, bench
authkeys-cmd/fetch/main.c  the same, with a key store
authkeys-cmd/vet/main.c    the same; test_vetlines and test_vetsandbox have the rest
keyaudit/main.c            the table of verbs; each verb has its test
pam_keyaudit/pam_keyaudit.c  six entries for libpam: test_pamstack.c loads the module itself
'

failed=0 n=0
complain() { echo "unitfiles: $*"; failed=1; }
is_in() { printf '%s\n' "$2" | awk -v file="$1" '$1 == file { found = 1 } END { exit !found }'; }

files=$(find common authkeys-cmd keyaudit pam_keyaudit -name '*.c' | LC_ALL=C sort)
for c in $files; do
	n=$((n + 1))
	[ ! -e "tests/unit/test_$(basename "$c")" ] || continue
	is_in "$c" "$exceptions" || complain "$c has no tests/unit/test_$(basename "$c")"
done
for c in $(printf '%s' "$exceptions" | awk '{ print $1 }'); do
	[ -e "$c" ] || complain "$c is on a list of this script, and is not there"
done
echo "unitfiles: $n files"
[ "$n" -gt 0 ] || failed=1
exit "$failed"
