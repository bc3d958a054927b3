#!/bin/bash
# SPDX-License-Identifier: ISC
# cases.sh [N]: print the combinations that run.sh tries, one per line: all, or N of them evenly spread.
#
#	USER LAYOUT TOP DIR FILE      each of the three as OWNER,GROUP,MODE
#
# USER    pu private group; px private group with an extra member; pn private group that lists the user;
#         ps primary group shared with another user; root
# LAYOUT  where the file lies and which links lead to it: see lay_out in run.sh. TOP and DIR are the two
#         directories above it that vary.
# OWNER   U the user, R root, O somebody else
# GROUP   P the user's primary one, S shared by others, E without members, M its only member is the user,
#         A its only member is another name of the same uid, B another user's private one, X no such group
# Always the same list: chance comes from a generator with a fixed seed.
set -u

top=U,P,0755 dir=U,P,0700 file=U,P,0600
dir_modes='0700 0750 0755 0711 0775 0770 0777 1777 2775 0757 0733 1755 0500 0600 0720'
file_modes='0600 0644 0660 0664 0666 0620 0602 0640 0400 0200 0000 4644 0622'
layouts='deep linkin linkout linkaway linkother dirlink dirlinkaway homelink opt etc'

# USER LAYOUT SLOT ATTRIBUTES: a good case but for one slot
vary() {
	local t=$top d=$dir f=$file
	case $3 in
	top) t=$4 ;;
	dir) d=$4 ;;
	file) f=$4 ;;
	esac
	echo "$1 $2 $t $d $f"
}

# one slot at a time, in the plainest layout
each_slot() {
	local o m g
	for o in U R O; do
		for m in $dir_modes; do
			vary pu home top "$o,P,$m"
			vary pu home dir "$o,P,$m"
		done
		for m in $file_modes; do vary pu home file "$o,P,$m"; done
	done
	for o in U R; do
		for g in S E M A B X; do
			vary pu home top "$o,$g,0775"
			vary pu home dir "$o,$g,0770"
			vary pu home dir "$o,$g,2755"
			vary pu home file "$o,$g,0664"
			vary pu home file "$o,$g,0640"
		done
	done
}

# other kinds of users: what their primary group may do
each_user() {
	local u
	for u in px pn ps root; do
		vary "$u" home top U,P,0775
		vary "$u" home dir U,P,2770
		vary "$u" home file U,P,0660
		vary "$u" home file R,P,0664
		vary "$u" home file U,M,0620
		vary "$u" home file U,P,0644
		vary "$u" opt top R,P,0775
		vary "$u" deep dir O,P,0755
	done
}

# the way to the file
each_layout() {
	local l
	for l in $layouts; do
		vary pu "$l" file U,P,0644
		vary pu "$l" file R,P,0664
		vary pu "$l" file R,S,0640
		vary pu "$l" file O,P,0644
		vary pu "$l" top U,P,0775
		vary pu "$l" top R,S,0775
		vary pu "$l" top O,P,0755
		vary pu "$l" top R,E,1777
		vary pu "$l" dir U,P,2775
		vary pu "$l" dir U,S,0770
		vary pu "$l" dir O,P,0755
		vary pu "$l" dir R,P,0700
	done
}

# what is no file, and what has an ACL (bob may write; the mask shows as the group's bits)
each_oddity() {
	local l
	for l in notfile fifo dangling; do
		vary pu "$l" file U,P,0600
		vary pu "$l" dir U,P,0777
	done
	command -v setfacl >/dev/null || return 0
	vary pu acl file U,P,0600
	vary pu acl file U,S,0600
	vary px acl file U,P,0600
	vary pu acl file R,P,0644
}

seed=20221103
# WORD...: one of them, by a linear congruential generator
pick() {
	seed=$(((seed * 1103515245 + 12345) % 2147483648))
	shift $((seed / 65536 % $#))
	picked=$1
}

# three slots at once; good values come often, or nothing would ever log in
by_chance() {
	local i u l attributes slot o g m
	for ((i = 0; i < 120; i++)); do
		pick pu pu px pn
		u=$picked
		pick home home home deep linkin linkaway linkother dirlink dirlinkaway homelink opt etc
		l=$picked
		attributes=''
		for slot in top dir file; do
			pick U U U U U U R R R O
			o=$picked
			pick P P P P P P P M M S E A B X
			g=$picked
			if [ "$slot" = file ]; then
				pick 0600 0644 0664 0660 0640 0444 0644 0666 0620
			else
				pick 0755 0755 0711 0775 0770 2775 0775 0777 0750
			fi
			m=$picked
			attributes="$attributes $o,$g,$m"
		done
		echo "$u $l$attributes"
	done
}

{
	each_user
	each_layout
	each_oddity
	each_slot
	by_chance
} | awk '!seen[$0]++' | awk -v want="${1:-0}" '
	{ line[NR] = $0 }
	END {
		n = want > 0 && want < NR ? want : NR
		for (i = 0; i < n; i++)
			print line[int(i * NR / n) + 1]
	}'
