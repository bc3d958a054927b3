#!/bin/bash
# SPDX-License-Identifier: ISC
# forms.sh: every action with hostile text in everything that strangers choose, exported in each form, and read back by a parser
# that knows the form alone (forms.py); the names of fields are compared with tests/data/fields.
set -u
cd "$(dirname "$0")/../.." || exit 1
: "${O:=build}"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
"$O/tests/tools/formmake" "$tmp/trail" >"$tmp/list" || exit 1
for form in ecs ocsf cef kv; do
	"$O/bin/keyaudit" log export --format=$form --trail "$tmp/trail" >"$tmp/$form" || exit 1
done
python3 tests/diff/forms.py "$tmp/trail" "$tmp/list" "$tmp/ecs" "$tmp/ocsf" "$tmp/cef" "$tmp/kv"
