#!/bin/sh
# A file of more than 500 lines or a function of more than 80 has usually taken on a second task. The functions of tests
# are lists, so they may be longer.
set -u
cd "$(dirname "$0")/../.." || exit 1
failed=0 n=0 longest=0
for file in $(find common authkeys-cmd pam_keyaudit keyaudit mk tests docs -type f \( -name '*.[ch]' -o -name '*.sh' -o -name '*.mk' \) | sort) Makefile; do
	n=$((n + 1))
	lines=$(wc -l <"$file")
	[ "$lines" -le "$longest" ] || [ "$file" = common/base/limits.h ] || longest=$lines
	# every limit of the project is in one place, however many there are
	if [ "$lines" -gt 500 ] && [ "$file" != common/base/limits.h ]; then
		echo "lines: $file has $lines lines (limit 500)"
		failed=1
	fi
	case $file in
	tests/*) ;;
	*.c)
		awk -v file="$file" '/^\{/ { begin = NR } /^}/ && begin { if (NR - begin > 81) {
			print "lines: " file ":" begin ": a function of " NR - begin - 1 " lines (limit 80)"; bad = 1 } begin = 0 }
			END { exit bad }' "$file" || failed=1
		;;
	esac
done
echo "lines: $n files, the longest has $longest"
exit "$failed"
