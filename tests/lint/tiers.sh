#!/bin/sh
# SPDX-License-Identifier: ISC
# tiers.sh: every tier of tests/check.sh, and every other check of its own, stands in `make help` and in docs/testing.md.
set -u
cd "$(dirname "$0")/../.." || exit 1
failed=0 n=0
tiers=$(sed -n "/^tiers='\$/,/^'\$/p" tests/check.sh | awk 'NF > 2 { print $1 }')
others=$(sed -n 's/^check-\([a-z]*\):.*/\1/p' Makefile)
[ -n "$tiers" ] || { echo "tiers: tests/check.sh has none" && exit 1; }
# shellcheck disable=SC2086 # names without blanks
for tier in $tiers $others; do
	n=$((n + 1))
	grep -qw -e "$tier" mk/help.txt || { echo "tiers: $tier is not in mk/help.txt" && failed=1; }
	grep -q "^| $tier |" docs/testing.md || { echo "tiers: $tier has no row in docs/testing.md" && failed=1; }
done
echo "tiers: $n"
exit "$failed"
