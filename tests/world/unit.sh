# shellcheck shell=bash
# SPDX-License-Identifier: ISC
# unit.sh: the collector with the rights that conf/systemd/keyaudit-collect.service leaves it: its capabilities, groups,
# umask and system calls, no new privileges. For scripts of a world that source lib.sh first; another unit may be named.

WORLD_UNIT=${WORLD_UNIT:-$KA_SRC/conf/systemd/keyaudit-collect.service}

# world_unit NAME: the values of the lines NAME=... of the unit, one per line.
world_unit() {
	sed -n "s/^$1=//p" "$WORLD_UNIT"
}

# CAP_KILL CAP_SETUID -> -all,+kill,+setuid
_world_unit_bounding() {
	local cap set=-all
	for cap in $(world_unit CapabilityBoundingSet); do
		set+=",+${cap#CAP_}"
	done
	echo "${set,,}"
}

# NAME: a system call, or those of a group of systemd's and of the groups in it.
_world_unit_group() {
	local name
	case $1 in @*) ;; *)
		echo "$1"
		return
		;;
	esac
	systemd-analyze syscall-filter "$1" | sed -n 's/^  *\([@a-z0-9_-]*\)$/\1/p' | while read -r name; do
		case $name in
		@*) _world_unit_group "$name" ;;
		*) echo "$name" ;;
		esac
	done
}

# The system calls that the lines SystemCallFilter= allow: each says which as well, those with ~ which not.
_world_unit_calls() {
	local line name list=$WORLD_RUN/calls.$BASHPID # a script may start two units at once
	: >"$list"
	while read -r line; do
		for name in ${line#\~}; do _world_unit_group "$name"; done | sort -u >"$list.line"
		case $line in
		\~*) comm -23 "$list" "$list.line" ;;
		*) sort -u "$list" "$list.line" ;;
		esac >"$list.then"
		mv "$list.then" "$list"
	done < <(world_unit SystemCallFilter)
	cat "$list"
}

# world_as_unit COMMAND [ARGUMENT...]: COMMAND with these rights, in place of this shell (so call it in one of its own).
world_as_unit() {
	local calls number user who
	mapfile -t calls < <(_world_unit_calls)
	number=$(world_unit SystemCallErrorNumber)
	[ "$number" != EPERM ] || number=1
	umask "$(world_unit UMask)"
	user=$(world_unit User)
	if [ -n "$user" ]; then
		who=(--reuid "$user" --regid "$(world_unit Group)" --clear-groups)
	else
		who=(--groups "$(world_unit SupplementaryGroups)")
	fi
	exec setpriv --bounding-set "$(_world_unit_bounding)" --inh-caps -all --no-new-privs "${who[@]}" \
		"$KA_SRC/build/tests/tools/unitcalls" "${number:-kill}" "${calls[@]}" -- "$@"
}

# world_unit_starts: may systemd start the unit's program? It looks at the file as root, with PrivateUsers=yes as root of a
# user namespace that knows root and the unit's user and group: what others may not read or execute and has a group that is
# strange there is nothing for such a root (203/EXEC).
world_unit_starts() {
	local program pid status=0 user group
	program=$(world_unit ExecStart | head -n 1 | cut -d' ' -f1)
	[ "$(world_unit PrivateUsers)" = yes ] || {
		test -x "$program"
		return
	}
	user=$(id -u "$(world_unit User)") && group=$(getent group "$(world_unit Group)" | cut -d: -f3) || return
	unshare --user sleep 60 &
	pid=$!
	world_wait 5 _world_unit_is_apart "$pid" &&
		env printf '%s\n' '0 0 1' "$user $user 1" >"/proc/$pid/uid_map" &&
		env printf '%s\n' '0 0 1' "$group $group 1" >"/proc/$pid/gid_map" &&
		nsenter -t "$pid" --user --setuid 0 --setgid 0 test -x "$program" || status=1
	kill "$pid"
	wait "$pid" 2>/dev/null
	return "$status"
}

_world_unit_is_apart() {
	[ "$(readlink "/proc/$1/ns/user")" != "$(readlink /proc/self/ns/user)" ]
}

# world_collect_start_as_unit: as world_collect_start.
world_collect_start_as_unit() {
	world_collect_stop TERM
	(world_as_unit keyaudit collect --watch "$@" </dev/null >>/var/log/collect.log 2>&1) &
	_world_collect_pid=$!
	world_wait 5 _world_collect_is_up && ! _world_is_gone "$_world_collect_pid"
}

# world_eye: print the process that looks at monitors: the collector's child with an inotify descriptor.
world_eye() {
	local pid
	for pid in $(pgrep -P "$(world_collect_pid)"); do
		! grep -qs '^inotify' "/proc/$pid"/fdinfo/* || echo "$pid"
	done
}
