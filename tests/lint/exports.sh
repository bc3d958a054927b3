#!/bin/sh
# The module shows libpam its six entries and nothing else, and the symbols of common/FLOOR/foo.c begin with ka_foo, as do
# those of the fetcher.
set -u
cd "$(dirname "$0")/../.." || exit 1
failed=0 n=0
so=build/lib/pam_keyaudit.so
want='pam_sm_acct_mgmt pam_sm_authenticate pam_sm_chauthtok pam_sm_close_session pam_sm_open_session pam_sm_setcred'
have=$(nm -D --defined-only "$so" | awk '{ print $NF }' | sort | tr '\n' ' ')
if [ "${have% }" != "$want" ]; then
	echo "exports: $so has: ${have% }"
	echo "exports: it should have: $want"
	failed=1
fi
for c in common/*/*.c authkeys-cmd/fetch/fetch*.c pam_keyaudit/pam[a-z]*.c; do
	file=$(basename "$c" .c)
	o=build/obj/${c%.c}.o
	[ -e "$o" ] || o=build/obj/pic/${c%.c}.o
	if [ ! -e "$o" ]; then
		echo "exports: $c is not built (make comes first)"
		failed=1
		continue
	fi
	for symbol in $(nm --defined-only -g "$o" | awk '{ print $NF }'); do
		n=$((n + 1))
		# a cursor reads spans: one file, two words
		[ "$file" != cursor ] || symbol=$(echo "$symbol" | sed 's/^ka_span_/ka_cursor_/')
		case $symbol in
		"ka_$file" | "ka_${file}_"*) ;;
		*)
			echo "exports: $c defines $symbol, which does not begin with ka_$file"
			failed=1
			;;
		esac
	done
done
echo "exports: $n symbols"
[ "$n" -gt 0 ] || failed=1
exit "$failed"
