#!/bin/sh
# SPDX-License-Identifier: ISC
# limits.sh: every limit is a named constant of common/base/limits.h. Prints what is defined elsewhere under a name that
# says limit (_MAX, _MS, _SEC, _PERCENT ...); what is computed from a type or an enumeration may stay where that is.
set -u
cd "$(dirname "$0")/../.." || exit 1
bad=$(grep -rnE '^#define [A-Z_0-9]*(_MAX|_MS|_SEC|_PERCENT|_MIN)(_[A-Z_]*)? ' common keyaudit authkeys-cmd pam_keyaudit \
	--include=*.c --include=*.h | grep -v '^common/base/limits\.h' |
	grep -vE '#define (DAY_SEC|KA_CLOCK_TEXT_MAX|RSA_M(AX|IN)_BITS_DEFAULT) |sizeof|COUNT')
if [ -n "$bad" ]; then
	echo "$bad"
	echo "limits: move these into common/base/limits.h"
	exit 1
fi
echo "limits: $(grep -c '^#define KA_' common/base/limits.h) in one place"
