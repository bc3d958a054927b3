#!/bin/sh
# Nothing in the core or in the module can be written to between two calls: the same code runs inside sshd, a fuzzer
# and a test. Tables with addresses in them (.data.rel.ro) are read-only once the program runs.
set -u
cd "$(dirname "$0")/../.." || exit 1
failed=0 n=0
for lib in build/lib/libcore.a build/lib/libpamcore.a build/obj/pic/pam_keyaudit/pam_keyaudit.o; do
	if [ ! -e "$lib" ]; then
		echo "noglobals: $lib is not built (make comes first)"
		failed=1
		continue
	fi
	n=$((n + $(nm "$lib" 2>/dev/null | grep -c ' ')))
	# VALUE FLAGS SECTION SIZE NAME, flags in fixed columns
	bad=$(objdump -t "$lib" | awk '
		/:[[:space:]]+file format/ { file = $1 }
		match($0, /[[:space:]](\.t?data|\.t?bss|\*COM\*)[^[:space:]]*[[:space:]]/) {
			section = substr($0, RSTART + 1, RLENGTH - 2)
			rest = substr($0, RSTART + RLENGTH)
			n = split(rest, part, /[[:space:]]+/)
			if (section !~ /^\.data\.rel\.ro/ && part[1] !~ /^0+$/)
				print "noglobals: " file " has " part[n] " in " section
		}')
	if [ -n "$bad" ]; then
		echo "$bad"
		failed=1
	fi
done
echo "noglobals: $n symbols looked at"
[ "$n" -gt 0 ] || failed=1
exit "$failed"
