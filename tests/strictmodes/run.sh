#!/bin/bash
# SPDX-License-Identifier: ISC
# run.sh [N|full]: does ka_permcollect + ka_permjudge say what the real sshd says about key files? Tries all
# combinations of cases.sh, or N of them (60): real files, one login each over a fresh connection, one key,
# one AuthorizedKeysFile, StrictModes. Compares who gets in, and on which path a refusal falls.
# Prints every difference with its facts and "strictmodes: N agree of N"; status 1 on any difference.
# Needs build/tests/tools/strictmodes (make testtools) and nothing that is installed.
if [ -z "${KA_WORLD:-}" ]; then
	exec "$(dirname "$0")/../world/enter.sh" --no-install -- tests/strictmodes/run.sh "$@"
fi
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"

tool=$KA_SRC/build/tests/tools/strictmodes
workers=2
work=/run/world/strictmodes

[ -x "$tool" ] || world_die "$tool is missing: make testtools"

# The users of worker $1: they share nothing with those of the other one.
add_users() {
	local w=$1 uid=$((61200 + $1 * 20)) name
	for name in pu px pn ps pt; do
		_world_user "$name$w" "$uid" "/home/$name$w" /bin/sh
		uid=$((uid + 1))
	done
	sed -i "s/^px$w:.*/&bob/; s/^pn$w:.*/&pn$w/" /etc/group
	sed -i "s/^\\(pt$w:x:[0-9]*:\\)[0-9]*/\\1$(id -g "ps$w")/" /etc/passwd # shares the primary group of ps
	echo "pa$w:x:$(id -u "pu$w"):$(id -g "pu$w")::/home/pu$w:/bin/sh" >>/etc/passwd # another name for pu
	echo "pa$w:*:19700:0:99999:7:::" >>/etc/shadow
	{
		echo "empty$w:x:$((61210 + w * 20)):"
		for name in pu px pn ps; do
			echo "only-$name$w:x:$((uid + 5)):$name$w"
			uid=$((uid + 1))
		done
		echo "only-root$w:x:$((uid + 5)):root"
		echo "alias$w:x:$((uid + 6)):pa$w"
	} >>/etc/group
}

# One sshd for each worker, with a log of its own (-E lines do not say whose they are). The port decides
# where keys are looked for.
start_sshd() {
	local w=$1 port=$((2200 + $1 * 10))
	WORLD_PORT=$port WORLD_LOG='file' WORLD_LOGLEVEL=INFO WORLD_FILELOG=$work/sshd$w.log
	world_sshd_start "StrictModes yes" "AuthorizedKeysCommand none" "AuthorizedKeysCommandUser nobody" \
		"AuthorizedKeysFile .ssh/authorized_keys" "PermitRootLogin prohibit-password" \
		"Port $((port + 1))" "Port $((port + 2))" "Port $((port + 3))" \
		"Match LocalPort $((port + 1))" "AuthorizedKeysFile .ssh/deep/authorized_keys" \
		"Match LocalPort $((port + 2))" "AuthorizedKeysFile /opt/%u/keys/ak" \
		"Match LocalPort $((port + 3))" "AuthorizedKeysFile /etc/ssh/keys$w/%u"
	for port in "$port" $((port + 1)) $((port + 2)) $((port + 3)); do
		world_wait_line 5 "$WORLD_FILELOG" "^Server listening on 127.0.0.1 port $port\\." ||
			world_die "sshd does not listen on port $port"
	done
}

# USER LAYOUT: remove what an earlier case left, make the new tree. Sets home; asked, the path that sshd asks
# for; port_offset; and the three objects top, dir, file. A link's own directory is 0777 and /home as well:
# neither lies on a real path, so neither may matter.
lay_out() {
	local user=$1 away=/mnt/away/$1
	home=/home/$user
	rm -rf -- "/home/${user:?}" "$away" "/opt/$user" "/tmp/$user" "/home/x-$user" "/etc/ssh/keys${w:?}"
	if [ "$user" = root ]; then
		home=/root
		rm -rf /root/.ssh
	fi
	mkdir -p "$away"
	[ "$2" = homelink ] || mkdir -p "$home"
	asked=$home/.ssh/authorized_keys port_offset=0 top=$home dir=$home/.ssh file=''
	case $2 in
	home | notfile | fifo | dangling | acl) ;;
	deep) top=$home/.ssh dir=$home/.ssh/deep asked=$home/.ssh/deep/authorized_keys port_offset=1 ;;
	linkin) dir=$home/keys file=$home/keys/ak && lead "$asked" ../keys/ak ;;
	linkout) top=/tmp/$user dir=$top/d file=$dir/ak && lead "$asked" "$file" ;;
	linkaway) top=$away dir=$top/d file=$dir/ak && lead "$asked" "$file" ;;
	linkother) top=/home/x-$user dir=$top/d file=$dir/ak && lead "$asked" "$file" ;;
	dirlink) dir=$home/dotssh && lead "$home/.ssh" dotssh ;;
	dirlinkaway) top=$away dir=$top/d && lead "$home/.ssh" "$dir" ;;
	homelink) top=$away dir=$top/.ssh && ln -s "$away" "$home" ;;
	opt) top=/opt/$user dir=$top/keys asked=$dir/ak port_offset=2 ;;
	etc) top='' dir=/etc/ssh/keys$w asked=$dir/$user port_offset=3 ;;
	esac
	mkdir -p "$dir"
	file=${file:-$dir/${asked##*/}}
	world_pub alice >"$file"
	case $2 in
	notfile) rm "$file" && mkdir "$file" ;;
	fifo) rm "$file" && mkfifo "$file" ;;
	dangling) mv "$file" "$file.away" && ln -s nowhere "$file" && file=$file.away ;;
	esac
	chown "$user:" "$home"
}

# LINK TARGET: a symbolic link, in a directory that anybody may write
lead() {
	local in=${1%/*}
	mkdir -p "$in"
	[ "$in" = "$home" ] || chmod 0777 "$in"
	ln -s "$2" "$1"
}

# USER PATH OWNER,GROUP,MODE
dress() {
	local owner group mode
	[ -n "$2" ] || return 0
	IFS=, read -r owner group mode <<<"$3"
	case $owner in U) owner=$1 ;; R) owner=root ;; O) owner=bob ;; esac
	case $group in
	P) group=$(id -g "$1") ;;
	S) group=staff2 ;;
	E) group=empty$w ;;
	M) if [ "$1" = root ]; then group=only-root$w; else group=only-$1; fi ;;
	A) group=alias$w ;;
	B) group=bob ;;
	X) group=64999 ;;
	esac
	chown "$owner:$group" "$2" && chmod "$mode" "$2" || echo "cannot set up $2 $3" >>"$work/broken"
}

# New lines of this worker's sshd log: sets sshd_at to the path that it refused, "-" when it names none.
read_log() {
	local line
	sshd_at=- sshd_says=''
	while read -r line <&"$log_fd"; do
		line=${line%$'\r'}
		case $line in
		'Authentication refused: bad ownership or modes for '*)
			sshd_at=${line##* } sshd_says=$line
			;;
		'Could not open user '* | *' is not a regular file') sshd_says=$line ;;
		esac
	done
}

# USER LAYOUT TOP DIR FILE: one case; a line "agree|differ|shared" goes to the worker's results
try() {
	local user=$1 theirs ours ours_at status=0
	[ "$user" = root ] || user=$user$w
	lay_out "$user" "$2"
	dress "$user" "$top" "$3"
	dress "$user" "$dir" "$4"
	dress "$user" "$file" "$5"
	[ "$2" != acl ] || setfacl -m u:bob:rw "$file" || echo "no ACL on $file" >>"$work/broken"
	read -r ours reason ours_at facts < <("$tool" "$user" "$asked" "$home" "$rule")
	read_log
	WORLD_PORT=$((2200 + w * 10 + port_offset)) world_ssh "$user" alice >"$work/ssh$w" 2>&1 || status=$?
	case $status in 0) theirs=yes ;; 255) theirs=no ;; *) theirs="status $status" ;; esac
	read_log
	# what could not be opened has no path in sshd's refusal
	case $ours:$reason in yes:*) ours_at=- reason=- ;; no:file.*) ours_at=- ;; esac
	verdict=agree
	[ "$ours" = "$theirs" ] && [ "$ours_at" = "$sshd_at" ] || verdict=differ
	[ "$1" != ps ] || case $* in *,P,??[2367]?*) verdict=shared-$verdict ;; esac
	echo "$verdict $ours $* | sshd: $theirs at $sshd_at; ours: $ours $reason at $ours_at ${facts:-}${sshd_says:+ ($sshd_says)}"
}

# The worker: every case whose turn it is.
work_through() {
	local n=0 line
	w=$1
	exec {log_fd}<"$work/sshd$w.log"
	while read -r line; do
		n=$((n + 1))
		# root has one home only
		case $line in
		root*) [ "$w" = 1 ] || continue ;;
		*) [ $((n % workers + 1)) = "$w" ] || continue ;;
		esac
		# shellcheck disable=SC2086 # five words
		try $line
	done <"$work/cases" >"$work/results$w"
}

# Which rule has this sshd? A home that its private group may write tells.
find_rule() {
	local line
	rule=debian w=1
	exec {log_fd}<"$work/sshd1.log"
	line=$(try pu home U,P,0775 U,P,0700 U,P,0600)
	case $line in *'| sshd: no '*) rule=upstream ;; esac
	echo "strictmodes: this sshd follows the $rule rule"
}

count() {
	cat "$work"/results* | grep -c "^$1 "
}

world_setup
mkdir -p "$work" /mnt/away
mount -n -t tmpfs -o mode=0755 opt /opt || world_die "no private /opt"
world_key alice ed25519
chmod 0777 /home
size=${1:-60}
[ "$size" != full ] || size=0
"$KA_SRC/tests/strictmodes/cases.sh" "$size" >"$work/cases"
for ((i = 1; i <= workers; i++)); do
	add_users "$i"
	start_sshd "$i"
	_world_sshd_pid='' # the next one must not end this one; the world's end does
done
echo "* $(ssh-keygen -yf "$WORLD_RUN/hostkey")" >"$WORLD_RUN/known_hosts" # whatever the port
find_rule
for ((i = 1; i <= workers; i++)); do
	work_through "$i" &
	pids[i]=$!
done
wait "${pids[@]}"

_world_finished=yes
grep -h '^differ' "$work"/results* | head -n 50 | sed 's/^/  /'
[ ! -s "$work/broken" ] || sort -u "$work/broken"
shared=$(($(count shared-agree) + $(count shared-differ)))
if [ "$shared" -gt 0 ]; then
	echo "not counted: $shared with a primary group that two users share, where this sshd contradicts itself" \
		"within a connection ($(count shared-agree) agree at its first check)"
	grep -h '^shared-differ' "$work"/results* | sed 's/^/  /'
fi
agree=$(count agree)
total=$((agree + $(count differ)))
asked_for=$(wc -l <"$work/cases")
echo "strictmodes: $agree agree of $total ($(count 'agree yes') of them log in)"
[ "$total" -gt 0 ] && [ "$agree" = "$total" ] && [ $((total + shared)) = "$asked_for" ] && [ ! -s "$work/broken" ]
exit
