#!/bin/sh
# SPDX-License-Identifier: ISC
# scale.sh [--first]: run the simulator of a fleet at the sizes of docs/scale.md: a store without end (--first: only that),
# and one that answers 2,000 requests a second.
set -eu
cd "$(dirname "$0")/../.."
scale=${SCALE:-build/tests/perf/scale}
"$scale" 100000 0
[ "${1:-}" != --first ] || exit 0
echo
"$scale" 100000 2000
