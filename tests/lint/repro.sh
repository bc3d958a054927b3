#!/bin/bash
# SPDX-License-Identifier: ISC
# repro.sh: two builds of this tree in two paths, at two umasks and time zones, give the same bytes: the one that lies here
# in build/, and one of a copy. What is compared is what `make install` puts, byte by byte.
set -u
export LC_ALL=C
cd "$(dirname "$0")/../.." || exit 1
unset MAKEFLAGS MFLAGS MAKELEVEL DESTDIR PREFIX

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

install_from() { # FOLDER ROOT UMASK TZ
	(umask "$3" && cd "$1" && TZ=$4 make -s -j"$(nproc)" --no-print-directory DEPS=no DESTDIR="$2" \
		PREFIX=/usr PAMDIR=/usr/lib/security install) >"$tmp/log" 2>&1 || {
		echo "repro: the build in $1 failed"
		tail -n 20 "$tmp/log"
		exit 1
	}
}
copy() { # FOLDER
	mkdir -p "$1"
	# what make sees, as it lies here; without git everything but the build
	if git rev-parse --git-dir >/dev/null 2>&1; then
		# shellcheck disable=SC2016 # the inner shell expands
		git ls-files -z --cached --others --exclude-standard | xargs -0 sh -c 'for f; do [ ! -e "$f" ] || printf "%s\0" "$f"; done' sh |
			tar -cf - --null -T - | tar -xf - -C "$1"
	else
		tar -cf - --exclude=./build . | tar -xf - -C "$1"
	fi
}
first=$tmp/root-one second=$tmp/root-another
install_from . "$first" 022 UTC
copy "$tmp/another/path/that/is/longer"
install_from "$tmp/another/path/that/is/longer" "$second" 077 Pacific/Auckland

sums() { (cd "$1" && find . -type f -printf '%m %P\n' | sort -k2 && find . -type f -print0 | sort -z | xargs -0 sha256sum); }
sums "$first" >"$tmp/a"
sums "$second" >"$tmp/b"
diff "$tmp/a" "$tmp/b" >"$tmp/diff" || {
	echo "repro: two builds of the same tree differ:"
	cat "$tmp/diff"
	exit 1
}
echo "repro: $(find "$first" -type f | wc -l) files, the same bytes from two paths"
