#!/bin/bash
# SPDX-License-Identifier: ISC
# repro.sh: two builds of this tree in two paths, at two umasks and time zones, give the same bytes. What is
# compared is what `make install` puts, byte by byte.
set -u
export LC_ALL=C
cd "$(dirname "$0")/../.." || exit 1
unset MAKEFLAGS MFLAGS MAKELEVEL DESTDIR PREFIX

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

build() { # NAME UMASK TZ
	local dir=$tmp/$1
	mkdir -p "$dir"
	# what git knows, as it lies here; without git everything but the build
	if git rev-parse --git-dir >/dev/null 2>&1; then
		# shellcheck disable=SC2016 # the inner shell expands
		git ls-files -z | xargs -0 sh -c 'for f; do [ ! -e "$f" ] || printf "%s\0" "$f"; done' sh |
			tar -cf - --null -T - | tar -xf - -C "$dir"
	else
		tar -cf - --exclude=./build . | tar -xf - -C "$dir"
	fi
	(umask "$2" && cd "$dir" && TZ=$3 make -s -j"$(nproc)" --no-print-directory DEPS=no DESTDIR="$tmp/root-$1" \
		PREFIX=/usr PAMDIR=/usr/lib/security install) >"$tmp/log" 2>&1 || {
		echo "repro: the build in $dir failed"
		tail -n 20 "$tmp/log"
		exit 1
	}
}
build one 022 UTC
build another/path/that/is/longer 077 Pacific/Auckland
first=$tmp/root-one second=$tmp/root-another/path/that/is/longer

sums() { (cd "$1" && find . -type f -printf '%m %P\n' | sort -k2 && find . -type f -print0 | sort -z | xargs -0 sha256sum); }
sums "$first" >"$tmp/a"
sums "$second" >"$tmp/b"
diff "$tmp/a" "$tmp/b" >"$tmp/diff" || {
	echo "repro: two builds of the same tree differ:"
	cat "$tmp/diff"
	exit 1
}
echo "repro: $(find "$first" -type f | wc -l) files, the same bytes from two paths"
