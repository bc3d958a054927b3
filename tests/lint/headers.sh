#!/bin/sh
# Every header compiles alone, so that no file depends on the order of its includes.
set -u
cd "$(dirname "$0")/../.." || exit 1
failed=0 n=0
for h in common/*/*.h authkeys-cmd/*.h authkeys-cmd/fetch/*.h pam_keyaudit/*.h keyaudit/*.h keyaudit/*/*.h tests/*/*.h tests/unit/lib/*.h tests/tools/lib/*.h; do
	[ -e "$h" ] || continue
	n=$((n + 1))
	printf '#include "%s"\n' "$h" |
		"${CC:-cc}" -std=gnu11 -D_GNU_SOURCE -Icommon -I. -Ibuild/obj -Wall -Wextra -Werror -fsyntax-only -x c - || failed=1
done
echo "headers: $n compile alone"
[ "$n" -gt 0 ] || failed=1
exit "$failed"
