#!/bin/sh
# Every shell script passes shellcheck.
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck disable=SC2046 # no blank can be in the name of a script of ours
set -- $(find . -name build -prune -o -type f -name '*.sh' -print | sort)
[ ! -f .ci/run ] || set -- "$@" .ci/run
# left out: what is called through a variable is not unreachable, "a && b || c" is read as it is written, and text in
# single quotes is often meant for another shell
shellcheck -x -e SC2015,SC2016,SC2317 -P SCRIPTDIR -P . "$@" || exit 1
echo "shell: $# scripts"
