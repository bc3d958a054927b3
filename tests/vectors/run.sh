#!/bin/bash
# SPDX-License-Identifier: ISC
# run.sh [full]: the judge against vectors of our own, a second implementation, honest keys and ssh-keygen. VECTORS_MUTATIONS
# (5000) is how many damaged lines are compared with ssh-keygen; VECTORS_ONLY names some of the parts.
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"

export PYTHONDONTWRITEBYTECODE=1
full=${1:-}

declare -A running=()
# NAME PROGRAM [ARGUMENT...]: one part begins; it says its own numbers.
part() {
	case " ${VECTORS_ONLY:-$1} " in *" $1 "*) ;; *) return 0 ;; esac
	python3 "tests/vectors/$2" "${@:3}" >"$WORLD_RUN/$1.said" 2>&1 &
	running[$1]=$!
}

# NAME...: these parts end, in this order.
parts_end() {
	local name status
	for name; do
		[ -n "${running[$name]:-}" ] || continue
		status=0
		wait "${running[$name]}" || status=$?
		cut -c1-600 "$WORLD_RUN/$name.said"
		is "$name: status" "$status" 0
	done
}

world_setup
part rsa rsa.py check tests/vectors/rsa.txt /usr/libexec/keyaudit/authkeys-vet
part bits bits.py "$full"
part vectors check.py
part honest silent.py "$full"
part differential differ.py "${VECTORS_MUTATIONS:-5000}" build/tests/tools/keygendiff
parts_end rsa bits vectors honest differential
world_finish
