# shellcheck shell=bash
# SPDX-License-Identifier: ISC
# count.sh: checks that count themselves, for scripts that run outside of a world; those inside have check.sh.

_checks=0 _failed=0
# a script may name a file here: what it holds is shown when a check fails
check_shows=/dev/null

# check NAME COMMAND...: one check; COMMAND must succeed.
check() {
	local name=$1
	shift
	_checks=$((_checks + 1))
	if "$@"; then
		echo "ok $_checks - $name"
	else
		_failed=$((_failed + 1))
		echo "not ok $_checks - $name"
		sed 's/^/#   | /' "$check_shows"
	fi
}

# within SECONDS COMMAND...: until COMMAND succeeds
within() {
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		[ $SECONDS -le $end ] || return 1
		sleep 0.05
	done
}

# over PID: it has ended, waited for or not
over() {
	case $(ps -o stat= -p "$1") in '' | Z*) ;; *) return 1 ;; esac
}

# check_sum NAME: print "NAME: N checks, M failed"; status 1 when a check failed or when there was none.
check_sum() {
	echo "$1: $_checks checks, $_failed failed"
	[ "$_failed" = 0 ] && [ "$_checks" -gt 0 ]
}
