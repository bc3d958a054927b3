#!/bin/sh
# SPDX-License-Identifier: ISC
# Our reading of key lines against ssh-keygen's. usage: keygen.sh [MUTANTS-PER-SAMPLE]; KEYGEN_VERBOSE=1 shows the named list.
set -u
cd "$(dirname "$0")/../.." || exit 2
tool=${O:-build}/tests/tools/keygendiff
keygen=$(command -v ssh-keygen) || { echo "keygen: skipped, there is no ssh-keygen"; exit 77; }
[ -x "$tool" ] || { echo "keygen: build it first: make testtools" >&2; exit 2; }
exec "$tool" "$keygen" "${1:-30}" tests/data/keys/*.pub
