#!/bin/sh
# pam_keyaudit(8) documents each argument that the module knows, and no other.
set -u
cd "$(dirname "$0")/../.." || exit 1
failed=0
known=$(sed -n -e 's/.*strcmp(arg, "\([a-z_]*\)").*/\1/p' -e 's/.*ka_span_is(name, "\([a-z_]*\)").*/\1/p' pam_keyaudit/pamargs.c | sort -u)
documented=$(sed -n '/^\.Sh OPTIONS/,/^\.Sh MODULE/p' docs/man/pam_keyaudit.8 | sed -n 's/^\.It Cm \([a-z_]*\).*/\1/p' | sort -u)
if [ "$known" != "$documented" ] || [ -z "$known" ]; then
	echo "manpam: pamargs.c knows: $(echo "$known" | tr '\n' ' ')"
	echo "manpam: pam_keyaudit(8) documents: $(echo "$documented" | tr '\n' ' ')"
	failed=1
fi
echo "manpam: $(echo "$known" | wc -l) arguments"
exit "$failed"
