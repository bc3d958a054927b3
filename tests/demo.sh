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
steps=0 logins=0

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

# login USER KEY [OPTION...]: one login as a script makes it, shown with what the client says. Sets `came_in`.
login() {
	local user=$1 key=$2
	shift 2
	typed "ssh -o BatchMode=yes -i $key $user@server"
	came_in=no
	logins=$((logins + 1))
	if world_ssh "$user" "$key" "$@" -- "echo $user is in" >"$WORLD_RUN/client" 2>&1; then came_in=yes; fi
	sed "s/127\.0\.0\.1/server/" "$WORLD_RUN/client" | quoted
}

# logs_in NAME USER KEY [OPTION...] and is_refused NAME USER KEY [OPTION...]: such a login, and the check.
logs_in() {
	login "${@:2}"
	is "$1" "$came_in" yes
}

is_refused() {
	login "${@:2}"
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

# explained NAME REASON: the newest event of the trail says why, from where and how to mend it.
explained() {
	local event
	world_wait 10 trail_grew || true
	event=$(tail -n 1 "$WORLD_TRAIL" 2>/dev/null)
	events=$(trail_lines)
	like "$1" "$event" "\"code\":\"$2\""
	like "  with the client's address" "$event" '"source":{"ip":"127.0.0.1"'
	printf '   %sevent%s  %s\n' "$dim" "$plain" "$(field message "$event")"
	if [ -n "$(field fix "$event")" ]; then printf '   %sfix%s    %s\n' "$dim" "$plain" "$(field fix "$event")"; fi
}

events=0
trail_lines() { if [ -e "$WORLD_TRAIL" ]; then wc -l <"$WORLD_TRAIL"; else echo 0; fi; }
# shellcheck disable=SC2317 # called through world_wait
trail_grew() { [ "$(trail_lines)" -gt "$events" ]; }

# field NAME EVENT: one string field; our events are one line each and escape every quote.
field() {
	printf '%s\n' "$2" | sed -n 's/.*"'"$1"'":"\(\([^"\\]\|\\.\)*\)".*/\1/p' | sed 's/\\\(.\)/\1/g'
}

# seen_login: the accepted login stands in the trail as well.
seen_login() {
	world_wait 10 trail_grew || true
	like "  and the trail says so" "$(tail -n 1 "$WORLD_TRAIL" 2>/dev/null)" '"action":"ssh-login-accepted"'
	events=$(trail_lines)
}

prepare() {
	printf '%skeyaudit%s - vetted keys in, refused keys explained\n\n' "$bold" "$plain"
	world_setup
	world_key alice ed25519
	world_key alice-rsa rsa1024
	world_key bob ed25519
	world_key stranger ed25519
	world_serve alice alice alice-rsa
	world_authorize bob bob
	world_sshd_start
	ok "the collector watches" world_collect_start
	printf '   server   %s, the one of this system, UsePAM yes\n' "$(/usr/sbin/sshd -V 2>&1 | grep -o '^OpenSSH[^,]*' | tr _ ' ')"
	printf '   command  %s\n   module   pam_keyaudit.so     collector  keyaudit collect --watch\n' "$WORLD_COMMAND"
	printf '   world    private mounts, network and processes; of this machine nothing is touched\n'
}

step_good_key() {
	step "A vetted key logs in" "It stands in /etc/keyaudit/keys.d/alice; alice's home holds no key."
	logs_in "alice's key is accepted" alice alice
	seen_login
}

step_unknown_key() {
	step "An unknown key is refused, and explained" \
		"A BatchMode client, as git, rsync or a cron job: PAM is never called, and sshd's log says nothing." \
		"The command was asked, the collector saw the connection end, and looked at bob's files as bob."
	is_refused "a stranger's key is refused" bob stranger
	explained "and the event says why" key.not-listed
}

step_writable_file() {
	step "A key file that others may write" "bob ran chmod 666 on ~/.ssh/authorized_keys; his key is in it."
	chmod 0666 /home/bob/.ssh/authorized_keys
	is_refused "the right key is refused" bob bob
	explained "and the event says why" perm.world-writable
	typed "keyaudit doctor bob"
	keyaudit doctor bob >"$WORLD_RUN/shown" 2>&1
	quoted <"$WORLD_RUN/shown"
	fix=$(sed -n 's/^ *fix *//p' "$WORLD_RUN/shown" | head -n 1)
	like "the doctor prints the command that mends it" "$fix" 'chmod go-w .*authorized_keys$'
	typed "$fix"
	ok "the fix is applied as it was printed" sh -c "$fix"
	logs_in "the same key logs in" bob bob
	seen_login
}

step_weak_key() {
	step "An RSA key of 1024 bits" "This sshd would take it; it stands in alice's key file. keyaudit does not serve it."
	is_refused "the weak key is refused" alice alice-rsa -o RequiredRSASize=1024
	explained "and named" key.rsa-too-short
	typed "keyaudit keys alice"
	keyaudit keys alice >"$WORLD_RUN/shown" 2>&1
	quoted <"$WORLD_RUN/shown"
	printf '   the same key, the same sshd, but from a key file that keyaudit does not judge:\n'
	world_authorize carol alice-rsa
	logs_in "stock sshd lets it in from a file" carol alice-rsa -o RequiredRSASize=1024
	seen_login
}

step_trail() {
	step "The trail" "One event per connection, written by root only, readable with jq or as a table."
	run "keyaudit log shows it" keyaudit log --color=never
	is "one event for each of the logins" "$(grep -cE '"action":"ssh-(key|login)' "$WORLD_TRAIL")" "$logins"
}

prepare
step_good_key
step_unknown_key
step_writable_file
step_weak_key
step_trail
echo
world_finish
