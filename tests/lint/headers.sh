#!/bin/sh
# Every header compiles alone, so that no file depends on the order of its includes; and a file that asks whether a header
# of the system is there compiles without it.
set -u
cd "$(dirname "$0")/../.." || exit 1
failed=0 n=0
compiles() { # a text on standard input
	"${CC:-cc}" -std=gnu11 -D_GNU_SOURCE -Icommon -I. -Ibuild/obj -Wall -Wextra -Werror -fsyntax-only -x c -
}
for h in common/*/*.h authkeys-cmd/*.h authkeys-cmd/fetch/*.h authkeys-cmd/vet/*.h pam_keyaudit/*.h keyaudit/*.h keyaudit/*/*.h tests/*/*.h tests/unit/lib/*.h tests/tools/lib/*.h; do
	[ -e "$h" ] || continue
	n=$((n + 1))
	printf '#include "%s"\n' "$h" | compiles || failed=1
done
without=0
for c in common/*/*.c authkeys-cmd/*.c authkeys-cmd/fetch/*.c authkeys-cmd/vet/*.c pam_keyaudit/*.c keyaudit/*.c keyaudit/*/*.c; do
	grep -qs '__has_include' "$c" || continue
	without=$((without + 1))
	sed 's/__has_include([^)]*)/0/' "$c" | compiles || failed=1
done
echo "headers: $n compile alone, $without files without theirs"
[ "$n" -gt 0 ] && [ "$without" -gt 0 ] || failed=1
exit "$failed"
