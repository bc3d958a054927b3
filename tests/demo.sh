#!/bin/bash
# SPDX-License-Identifier: ISC
# demo.sh: the main job of keyaudit, shown and checked against the distribution's own sshd in a throw-away
# world. Each step says what it shows, runs it, and checks it. Last line: "demo: N checks, M failed".
if [ -z "${KA_WORLD:-}" ]; then
	[ "$(id -u)" = 0 ] || {
		echo "demo: only root can make the private world that the demo runs in" >&2
		exit 77
	}
	DEMO_COLOUR=no
	if [ -t 1 ] && [ -z "${NO_COLOR:-}" ] && [ "${TERM:-dumb}" != dumb ]; then DEMO_COLOUR=yes; fi
	export DEMO_COLOUR
fi
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/world/lib.sh"

bold='' dim='' green='' red='' plain=''
if [ "${DEMO_COLOUR:-no}" = yes ]; then
	bold=$'\e[1m' dim=$'\e[2m' green=$'\e[32m' red=$'\e[31m' plain=$'\e[0m'
fi
steps=0

# ---- how it looks ----

# step TITLE [LINE...]: a headline, and what the reader should know.
step() {
	steps=$((steps + 1))
	printf '\n%s%d. %s%s\n' "$bold" "$steps" "$1" "$plain"
	shift
	[ $# = 0 ] || printf '   %s\n' "$@"
}

# typed TEXT...: the command as a person would type it.
typed() {
	printf '   %s$ %s%s\n' "$dim" "$*" "$plain"
}

# Output of a command, below it; what comes from outside loses its control bytes.
quoted() {
	LC_ALL=C tr -d '\000-\010\013-\037\177' | sed 's/^/     /'
}

# Checks of lib.sh in this script's clothes.
world_print_ok() {
	printf '   %sok%s  %s\n' "$green" "$plain" "$1"
}

world_print_fail() {
	printf '   %sFAILED%s  %s\n' "$red" "$plain" "$1"
	shift
	printf '           %s\n' "$@"
	tail -n 20 "$WORLD_RUN/out" | sed 's/^/           | /'
}

# login USER KEY: one login as a script makes it, shown with what the client says. Sets `came_in`.
login() {
	typed "ssh -o BatchMode=yes -i $2 $1@server"
	came_in=no
	if world_ssh "$1" "$2" -- "echo $1 is in" >"$WORLD_RUN/client" 2>&1; then came_in=yes; fi
	sed "s/127\.0\.0\.1/server/" "$WORLD_RUN/client" | quoted
}

# logs_in NAME USER KEY and is_refused NAME USER KEY: such a login, and the check.
logs_in() {
	login "$2" "$3"
	is "$1" "$came_in" yes
}

is_refused() {
	login "$2" "$3"
	is "$1" "$came_in" no
}

# run NAME COMMAND...: a command and its output, both shown, and the check that it succeeds. The output stays
# in WORLD_RUN/shown for further checks.
run() {
	local name=$1 status=0
	shift
	typed "$*"
	"$@" >"$WORLD_RUN/shown" 2>&1 || status=$?
	quoted <"$WORLD_RUN/shown"
	is "$name" "$status" 0
}

# ---- what it shows ----

prepare() {
	printf '%skeyaudit%s - vetted keys in, refused keys explained\n\n' "$bold" "$plain"
	world_setup
	world_key alice ed25519
	world_key bob ed25519
	world_key stranger ed25519
	if world_has_command; then
		world_serve alice alice
	else
		world_authorize alice alice
	fi
	world_authorize bob bob
	world_sshd_start
	printf '   server   %s, the one of this system, UsePAM yes\n' "$(ssh -V 2>&1 | cut -d, -f1 | tr _ ' ')"
	printf '   world    private mounts, network and processes; of this machine nothing is touched\n'
	part 'authkeys-cmd answers which keys a user may log in with' world_has_command
	part 'pam_keyaudit.so sees what PAM sees' world_has_module
	part 'keyaudit collect writes the audit trail' world_has_tool
}

# TEXT COMMAND: a line about a part of the project that is there or not.
part() {
	if "$2"; then
		printf '   running  %s\n' "$1"
	else
		printf '   %sabsent%s   %s\n' "$red" "$plain" "$1"
	fi
}

step_good_key() {
	if world_has_command; then
		step "A vetted key logs in" "It stands in /etc/keyaudit/keys.d/alice; alice's home holds no key."
	else
		step "A listed key logs in"
	fi
	logs_in "alice's key is accepted" alice alice
}

step_unknown_key() {
	step "An unknown key is refused" "sshd tells the client nothing more than this."
	is_refused "a stranger's key is refused" alice stranger
}

step_writable_file() {
	step "A key file that others may write is refused" "bob ran chmod 666 on ~/.ssh/authorized_keys."
	chmod 0666 /home/bob/.ssh/authorized_keys
	is_refused "the right key is refused" bob bob
	run "the fix is applied" chmod 600 /home/bob/.ssh/authorized_keys
	logs_in "after the fix the same key is accepted" bob bob
}

prepare
step_good_key
step_unknown_key
step_writable_file
echo
world_finish
