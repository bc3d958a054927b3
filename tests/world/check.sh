# shellcheck shell=bash
# SPDX-License-Identifier: ISC
# check.sh: waiting with a deadline, and checks that count themselves. Part of lib.sh, which sources it.

_world_checks=0 _world_failed=0 _world_finished=no
_world_name=$(basename "$0" .sh)

# world_wait SECONDS COMMAND...: run COMMAND every 20 ms until it succeeds; status 1 at the deadline. SECONDS are those of a
# machine that has nothing else to do; where a machine is slow or shared, what comes late has come all the same.
_WORLD_PATIENCE=3
world_wait() {
	local end=$(($(_world_ms) + $1 * 1000 * _WORLD_PATIENCE))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$(_world_ms)" -lt "$end" ] || return 1
		sleep 0.02
	done
}

# world_wait_line SECONDS FILE REGEX: wait until a line of FILE matches (grep -E).
world_wait_line() {
	world_wait "$1" grep -qE -e "$3" "$2"
}

# world_wait_gone SECONDS PID: wait until the process has ended (a zombie has).
world_wait_gone() {
	world_wait "$1" _world_is_gone "$2"
}

_world_is_gone() {
	! grep -q '^State:[[:space:]]*[^ZX]' "/proc/$1/status" 2>/dev/null
}

# Milliseconds of a clock that nobody sets.
_world_ms() {
	local up
	read -r up _ </proc/uptime
	echo "$((10#${up/./}))0"
}

# ok NAME COMMAND...: one check; COMMAND must succeed. Its output is shown when it does not.
ok() {
	local name=$1
	shift
	if "$@" >"$WORLD_RUN/out" 2>&1; then
		_world_pass "$name"
	else
		_world_fail "$name" "status $? of: $*"
	fi
}

# not_ok NAME COMMAND...: one check; COMMAND must fail (but not with 124, a deadline that passed).
not_ok() {
	local name=$1 status=0
	shift
	"$@" >"$WORLD_RUN/out" 2>&1 || status=$?
	case $status in
	0) _world_fail "$name" "unexpected success of: $*" ;;
	124 | 137) _world_fail "$name" "time limit reached by: $*" ;;
	*) _world_pass "$name" ;;
	esac
}

# is NAME GOT WANTED: one check; two texts are equal.
is() {
	: >"$WORLD_RUN/out"
	if [ "$2" = "$3" ]; then
		_world_pass "$1"
	else
		_world_fail "$1" "got:    $(printf '%q' "$2")" "wanted: $(printf '%q' "$3")"
	fi
}

# like NAME TEXT REGEX: one check; some line of TEXT matches (grep -E).
like() {
	printf '%s\n' "$2" >"$WORLD_RUN/out"
	if grep -qE -e "$3" "$WORLD_RUN/out"; then
		_world_pass "$1"
	else
		_world_fail "$1" "no line matches: $3"
	fi
}

# unlike NAME TEXT REGEX: one check; no line of TEXT matches.
unlike() {
	printf '%s\n' "$2" >"$WORLD_RUN/out"
	if grep -qE -e "$3" "$WORLD_RUN/out"; then
		_world_fail "$1" "a line matches: $3"
	else
		_world_pass "$1"
	fi
}

_world_pass() {
	_world_checks=$((_world_checks + 1))
	world_print_ok "$1"
}

# NAME DETAIL...
_world_fail() {
	_world_checks=$((_world_checks + 1))
	_world_failed=$((_world_failed + 1))
	world_print_fail "$@"
}

# world_print_ok NAME, world_print_fail NAME DETAIL...: how a check is shown; a script may define its own.
# A failure comes with what was wrong and at most 20 lines of what was printed.
world_print_ok() {
	printf 'ok %d - %s\n' "$_world_checks" "$1"
}

world_print_fail() {
	printf 'not ok %d - %s\n' "$_world_checks" "$1"
	shift
	printf '#   %s\n' "$@"
	tail -n 20 "$WORLD_RUN/out" | sed 's/^/#   | /'
}

# note TEXT...: a comment in the output.
note() {
	printf '# %s\n' "$*"
}

# world_finish: print "NAME: N checks, M failed" and end the script; the status is 1 when a check failed
# or when there was none. On failure the last log lines are shown.
world_finish() {
	_world_finished=yes
	if [ "$_world_failed" -gt 0 ]; then
		world_show_logs
	fi
	printf '%s: %d checks, %d failed\n' "$_world_name" "$_world_checks" "$_world_failed"
	[ "$_world_failed" = 0 ] && [ "$_world_checks" -gt 0 ]
	exit
}

# A script that ends in any other way has failed.
_world_at_exit() {
	local status=$?
	[ "$_world_finished" = no ] || return "$status"
	echo "not ok - $_world_name ended early, status $status"
	world_show_logs
	printf '%s: %d checks, %d failed\n' "$_world_name" "$_world_checks" $((_world_failed + 1))
	exit 1
}

# world_die TEXT...: the script cannot go on; it has failed.
world_die() {
	printf '# cannot go on: %s\n' "$*"
	exit 1
}

# world_show_logs: the last lines of what sshd and the project said, as comments.
world_show_logs() {
	local file
	for file in "$WORLD_PRILOG" "$WORLD_FILELOG" /var/log/collect.log "$WORLD_TRAIL"; do
		[ -s "$file" ] || continue
		echo "# --- $file"
		tail -n "${WORLD_LOG_LINES:-25}" "$file" | cut -c1-300 | sed 's/^/# /'
	done
}

trap _world_at_exit EXIT
