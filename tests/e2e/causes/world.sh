#!/bin/bash
# SPDX-License-Identifier: ISC
# shellcheck disable=SC2034,SC2154 # shared with ask.sh, lib.sh and the scripts of the cases
# world.sh: one worker of run.sh, in a world of its own. Descriptor 8 is the list of what is to be done, shared by all workers:
# lines "case NAME", "control NAME", "pair NAME NAME". Descriptor 7 takes one line per result. What is printed is for people.
WORLD_PORT=22
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../../world/lib.sh"
# shellcheck source=tests/world/journal.sh
. "$WORLD_LIB/journal.sh"
here=$KA_SRC/tests/e2e/causes
# shellcheck source=tests/e2e/causes/lib.sh
. "$here/lib.sh"
# shellcheck source=tests/e2e/causes/restore.sh
. "$here/restore.sh"
# shellcheck source=tests/e2e/causes/ask.sh
. "$here/ask.sh"

faults=() started=()

fault() {
	faults+=("$*")
}

# ---- a case

# NAME: what holds when its file `case` says nothing else
load() {
	name=$1 id=${1%%~*} folder=$here/cases/$1
	base=file kind=fix role=own static=yes with_primary='' doctor='' event='' advice='' left='' enters=no attempts='person batch' title='' peer=''
	# shellcheck source=/dev/null
	. "$folder/case"
}

# WHAT: its script of that name; every line of it must succeed
script() {
	local wrong=''
	[ -e "$folder/$1" ] || {
		fault "there is no script $1"
		return
	}
	trap 'wrong=$BASH_COMMAND' ERR
	# shellcheck source=/dev/null
	. "$folder/$1" >"$WORLD_RUN/script" 2>&1
	trap - ERR
	[ -z "$wrong" ] || fault "$1: fails: $wrong: $(tail -n 2 "$WORLD_RUN/script")"
}

# The login before anything is broken: for the default base that was seen once and restored exactly
healthy() {
	"base_$base"
	[ "$base" = file ] || attempt batch || fault "the login does not work before it is broken"
}

run_case() {
	fresh_client
	load "$1"
	healthy
	manifest_of_user >"$WORLD_RUN/before"
	[ "$role" != health ] || afresh # a collector says such things once a minute
	script break
	if [ "$static" = yes ]; then
		ask "$user" --key "$(public_key)" --from "$from"
		expect_named "before the attempt"
	fi
	local mode
	for mode in $attempts; do try_refused "$mode"; done
	[ "$role" != health ] || expect_health
	ask "$user" "${again[@]}"
	expect_named "after the attempt"
	expect_evidence
	[ "$role" != secondary ] || expect_health # by the doctor, however often it is asked
	[ ${#faults[@]} = 0 ] && explained=yes
	mend
	try_admitted
	expect_left
	expect_connections
}

# The login is tried and refused, and that is one event with this reason
try_refused() {
	if attempt "$1"; then
		[ "$enters" = yes ] || fault "$1: the login works"
	elif [ "$enters" = yes ]; then
		fault "$1: the login does not work"
	fi
	[ "$client_status" != 124 ] || fault "$1: the client hangs"
	case $role in
	health) connections=$((connections - 1)) ;;
	*) expect_event "$1" ;;
	esac
}

# What is printed is done: commands as they stand, advice by the case's own script
mend() {
	local command
	case $kind in
	fix)
		primary_field '.fix[]' >"$WORLD_RUN/fix"
		[ -s "$WORLD_RUN/fix" ] || fault "no command is printed"
		while IFS= read -r command; do
			grep -qF -e "$command" "$WORLD_RUN/doctor" || fault "the command is not on the screen as it is: $command"
			sh -c "$command" </dev/null >"$WORLD_RUN/out" 2>&1 || fault "the command fails: $command: $(tail -n 3 "$WORLD_RUN/out")"
		done <"$WORLD_RUN/fix"
		;;
	*)
		primary_field '.advice // empty, .fix[]' >"$WORLD_RUN/advice"
		[ -s "$WORLD_RUN/advice" ] || fault "no advice is printed"
		grep -qE -e "${advice:-.}" "$WORLD_RUN/advice" || fault "the advice is not: $advice"
		script mend
		;;
	esac
}

try_admitted() {
	attempt "$as" || fault "mended, and the login does not work: $(tail -n 2 "$WORLD_RUN/client")"
}

# home, /etc/ssh and the passwd files are as before, but for what `left` names
expect_left() {
	local found
	manifest_of_user >"$WORLD_RUN/after"
	found=$(manifest_differences "$WORLD_RUN/before" "$WORLD_RUN/after")
	[ "$found" = "$(tr -s ' \t' '\n' <<<"$left" | sed '/^$/d' | sort)" ] ||
		fault "left different: $(paste -sd' ' <<<"$found") (expected: $left)"
}

# ---- a control: odd and fine

run_control() {
	name=$1 folder=$here/controls/$1 base=file
	fresh_client
	# shellcheck source=/dev/null
	[ ! -e "$folder/case" ] || . "$folder/case"
	"base_$base"
	script break
	ask "$user" --key "$(public_key)" --from "$from"
	expect_silent "before the login"
	attempt batch || fault "the login does not work: $(tail -n 2 "$WORLD_RUN/client")"
	wait_event
	[ "$(event_field .event.action)" = ssh-login-accepted ] || fault "event: $(event_field .event.action) $(event_field .event.code)"
	ask "$user"
	expect_silent "after the login"
}

expect_silent() {
	[ "$(named)" = - ] || fault "$1: the doctor names $(named)"
	[ "$doctor_status" = 0 ] || fault "$1: the doctor ends with $doctor_status"
}

# ---- a pair: two causes at once

# NAME: what the doctor names first where only this case is broken
first_named() {
	(load "$1" && echo "${with_primary:-$id}")
}

run_pair() {
	local first=$1 second=$2 open="$1 $2" found next round
	fresh_client
	load "$second"
	load "$first"
	"base_$base"
	script break
	load "$second"
	script break
	for round in 1 2; do
		! attempt batch || break
		wait_event
		ask "$user" "${again[@]}"
		found=$(named) next=''
		for name in $open; do [ "$(first_named "$name")" != "$found" ] || next=$name; done
		[ -n "$next" ] || {
			fault "round $round: the doctor names $found"
			return
		}
		[ "$(event_field .event.code)" = "$found" ] || fault "round $round: doctor $found, event $(event_field .event.code)"
		load "$next"
		mend
		open=${open//$next/}
	done
	attempt batch || fault "after two rounds the login does not work: $(tail -n 2 "$WORLD_RUN/client")"
}

# ---- one after the other

take() {
	flock 8
	read -r what first second <&8
	local status=$?
	flock -u 8
	return $status
}

# Whether the reason is one that this release produces; else its case is run and counted as what it is
is_live() {
	[ "$(keyaudit explain --json "$1" | jq -r .live)" = true ]
}

one() {
	local begin end verdict held=0
	begin=$(_world_ms)
	faults=() started=() explained=no kind=- id=- title=''
	clean_slate
	"run_$what" "$first" "$second"
	[ ${#faults[@]} = 0 ] && verdict=ok || verdict=FAIL
	[ $verdict = ok ] || [ "$what" != case ] || is_live "$id" || verdict=later
	end=$(_world_ms)
	{
		flock 8
		printf '%-5s %3d.%ds  %s %s%s\n' $verdict $(((end - begin) / 1000)) $(((end - begin) / 100 % 10)) "$what" "$first${second:+ + $second}" "${title:+: $title}"
		[ $verdict = ok ] || show_failure
		flock -u 8
	}
	printf '%s\t%s\t%s\t%s\t%s\n' "$what" "$verdict" "$explained" "$kind" "$first${second:++$second}" >&7
	end_started
	restore
}

show_failure() {
	printf '      %s\n' "${faults[@]}"
	[ "$verdict" != later ] || [ -n "${CAUSES_VERBOSE:-}" ] || return 0
	show_text doctor "$WORLD_RUN/doctor"
	show_text event "$WORLD_RUN/events"
	show_text client "$WORLD_RUN/client"
	[ ! -s "$WORLD_RUN/script" ] || show_text script "$WORLD_RUN/script"
	journalctl -q --no-pager -o short-monotonic --since "@$began_at" -n 25 >"$WORLD_RUN/log" 2>/dev/null
	show_text log "$WORLD_RUN/log"
}

show_text() {
	echo "      --- $1"
	tail -n 30 "$2" | cut -c1-400 | sed 's/^/      | /'
}

set_up
while take; do one; done
_world_finished=yes
