#!/bin/sh
# SPDX-License-Identifier: ISC
# scale.sh: the figures in docs/scale.md are those that the simulator prints now (the same dice everywhere). Of its two
# tables only the first is run again: in the second nothing more is ours.
set -u
cd "$(dirname "$0")/../.." || exit 1
make -s DEPS=no build/tests/perf/scale >/dev/null || exit 1
have=$(sed -n '/^```scale$/,/^```$/p' docs/scale.md | sed '1d;$d' | sed '/^$/,$d')
want=$(tests/perf/scale.sh --first)
if [ "$have" != "$want" ]; then
	echo "scale: docs/scale.md has other figures than \`make scale\` prints:"
	echo "$want"
	exit 1
fi
echo "scale: $(echo "$want" | grep -c ' min$') rows as simulated"
