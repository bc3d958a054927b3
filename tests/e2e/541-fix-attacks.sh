#!/bin/bash
# SPDX-License-Identifier: ISC
# Each rule of `keyaudit doctor --fix` and `--undo` has its attack here: on the real files, by users who swap, link and
# write while root is asked, and each time what is not theirs stays as it was. Then the terminal and the dry run.
# The attacks are called by name.
# shellcheck disable=SC2317,SC2088
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"
# shellcheck source=tests/e2e/lib/userhome.sh
. "$(dirname "$0")/lib/userhome.sh"

fresh() {
	rm -rf /home/bob/.ssh/authorized_keys /home/alice.away
	bare_home
}

system() { picture /etc /root /home/bob /home/.system /srv | sha256sum; }
fix() { keyaudit doctor "${WHO:-alice}" --key "$WORLD_RUN/keys/alice.pub" --from 127.0.0.1 --fix "$@"; }

# is_left WHAT REGEX SETUP...: --fix --yes --trust-content leaves every bit as it is, says why, and is no success.
is_left() {
	local what=$1 why=$2 before out status=0
	shift 2
	fresh
	"$@"
	before=$(picture /home/alice /srv /home/bob /home/.system /etc)
	out=$(fix --yes --trust-content 2>&1) || status=$?
	is "$what: no success" "$status" 1
	is "$what: everything is as it was" "$(picture /home/alice /srv /home/bob /home/.system /etc)" "$before"
	like "$what: why" "$out" "$why"
	is "$what: no note" "$(ls "$NOTES")" ''
}

world_setup
for k in alice bob; do world_key "$k" ed25519; done
world_sshd_start
# what could be linked from a home, were it on the same file system
install -d -m 0755 /srv /home/.system && cp -p /etc/shadow /home/.system/shadow && chmod 0600 /home/.system/shadow

# ---- what root is not to be led to ----
# (root makes the links, as a user could where fs.protected_hardlinks is off)
hard_secret() { ln /home/.system/shadow "$FILE"; }
is_left "a hard link to a secret of root's" 'more than one name' hard_secret
hard_bob() {
	install -m 0644 -o bob -g bob "$WORLD_RUN/keys/alice.pub" /home/.system/bobs && ln /home/.system/bobs "$FILE"
}
is_left "a hard link to bob's file" 'more than one name' hard_bob
rm -f /home/.system/bobs
moved_secret() { # on alice's own file system and in a directory of hers: she may move it, but not read it
	printf 'db_password = hunter2\n' >/home/alice/.ssh/authorized_keys && chmod 0600 "$FILE" && chown root:root "$FILE"
}
is_left "root's secret under the name of a key file" 'holds more than key lines' moved_secret
link_dir() { rmdir /home/alice/.ssh && ln -s /srv/keys /home/alice/.ssh && chown -h alice: /home/alice/.ssh; }
install -d -m 0777 /srv/keys && install -m 0666 "$WORLD_RUN/keys/alice.pub" /srv/keys/authorized_keys
is_left "~/.ssh is a link to an open directory" '.' link_dir
link_etc() { rmdir /home/alice/.ssh && ln -s /etc /home/alice/.ssh; }
is_left "~/.ssh is a link to /etc" '.' link_etc
link_file() { ln -s /srv/keys/authorized_keys "$FILE" && chown -h alice: "$FILE"; }
is_left "the file is a link to an open one" 'by hand' link_file
rm -rf /srv/keys
is_fifo() { mkfifo -m 0666 "$FILE" && chown alice: "$FILE"; }
is_left "a fifo" 'by hand' is_fifo
is_device() { mknod -m 0666 "$FILE" c 1 5; }
is_left "/dev/zero" 'by hand' is_device
is_huge() { A >"$FILE" && truncate -s 1100000 "$FILE" && chmod 0666 "$FILE" && chown alice: "$FILE"; }
is_left "a file too long to be looked through" 'too long' is_huge
setgid_dir() { write '%s\n' "$(A)" && chmod 2777 /home/alice/.ssh; }
is_left "a set-group-ID directory" 'set-group-ID' setgid_dir
bobs_home() { write '%s\n' "$(A)" && chown bob: /home/alice && chmod 0755 /home/alice; }
is_left "a home that is not the user's" 'by hand' bobs_home
mounted() {
	mount -n -t tmpfs -o mode=0700,uid=0 none /home/alice/.ssh && A >"$FILE"
}
is_left "something is mounted at ~/.ssh" 'mounted there' mounted
umount /home/alice/.ssh

# ---- whose home it is ----
home_of() { sed -i "s|^alice:\([^:]*:[^:]*:[^:]*:[^:]*\):[^:]*:|alice:\1:$1:|" /etc/passwd; }
cp /etc/passwd "$WORLD_RUN/passwd"
odd_home() { # HOME: alice's, and a key file that the diagnosis finds at fault there
	home_of "$1"
	mkdir -p "$1/.ssh" && A >"$1/.ssh/authorized_keys" && chmod 0600 "$1/.ssh/authorized_keys" && chown root: "$1/.ssh/authorized_keys"
	chmod 0755 "$1/.ssh"
}
no_home() { # HOME
	[ "$1" = /home/bob ] || rm -rf "${1%/}/.ssh"
	cp "$WORLD_RUN/passwd" /etc/passwd
}
for home in /etc / /usr/local /home; do
	is_left "the home is $home" '(directory of the system|by hand)' odd_home $home
	no_home $home
done
is_left "the home is bob's" '(another account|by hand)' odd_home /home/bob
rm -f /home/bob/.ssh/authorized_keys
chmod 0700 /home/bob/.ssh && chown bob: /home/bob/.ssh
no_home /home/bob
low_uid() {
	sed -i 's|^alice:x:61101:|alice:x:611:|' /etc/passwd && write '%s\n' "$(A)"
	chown -R 611 /home/alice && chown root: "$FILE"
}
is_left "a uid below UID_MIN" 'UID_MIN' low_uid
cp "$WORLD_RUN/passwd" /etc/passwd

# ---- content that others could have written ----
open_file() { write '%s\n' "$(A)" && chmod 0666 "$FILE"; }
fresh && open_file
before=$(picture /home/alice)
status=0
out=$(fix --yes 2>&1) || status=$?
is "0666, --yes alone: no success" "$status" 1
is "0666, --yes alone: nothing is done" "$(picture /home/alice)" "$before"
like "0666, --yes alone: the key is listed" "$out" "line 1 +ssh-ed25519 +$(world_fingerprint alice | sed 's/[+]/\\+/g') +alice@world"
like "0666, --yes alone: and the time" "$out" 'was written at 20[0-9-]*T[0-9:]*Z'
like "0666, --yes alone: what is needed" "$out" '--trust-content'
hidden() { # sshd does not mind what stands in a comment
	write '%s\n%s a\033[2Kb\n' "$(A)" "$(world_pub bob | cut -d' ' -f1,2)" && chmod 0666 "$FILE"
}
fresh && hidden
out=$(fix --yes 2>&1)
like "a key with escapes in its comment is listed, escaped" "$out" "line 2 .*a.x1b.2Kb"
unlike "and no escape gets out" "$out" $'\033'
holder() {
	open_file
	exec 9>>"$FILE"
}
is_left "somebody holds the file open for writing" 'open for writing' holder
exec 9>&-

# ---- names ----
# shellcheck disable=SC2016
odd_name() { # a key file below a home whose name no terminal should see
	home='/home/al"i'"'"'ce$(touch x); touch x'
	mv /home/alice "$home" && home_of "$home"
	A >"$home/.ssh/authorized_keys" && chown alice: "$home/.ssh/authorized_keys" && chmod 0777 "$home/.ssh"
}
fresh && odd_name
out=$(fix --yes --trust-content 2>&1)
is "quotes and a command in the home's name: mended" "$(stat -c %a "$home/.ssh")" 755
is "and nothing was run" "$(find / -xdev -name x -newer "$home/.ssh/authorized_keys" 2>/dev/null)" ''
rm -rf "$home"
cp "$WORLD_RUN/passwd" /etc/passwd
rm -f "$NOTES"/*

# ---- between question and answer: a terminal by script(1), and the attack while it waits ----
# at_terminal ANSWER ATTACK...: runs --fix on a terminal; when it asks, ATTACK happens, then ANSWER is typed.
at_terminal() {
	local answer=$1 screen=$WORLD_RUN/terminal
	shift
	rm -f "$screen" "$WORLD_RUN/typed"
	mkfifo "$WORLD_RUN/typed"
	script -qefc "keyaudit doctor alice --key $WORLD_RUN/keys/alice.pub --from 127.0.0.1 --fix" "$screen" <"$WORLD_RUN/typed" >/dev/null 2>&1 &
	exec 8>"$WORLD_RUN/typed"
	world_wait 10 grep -q 'y/N/q' "$screen" || note "no question was asked"
	"$@"
	printf '%s\n' "$answer" >&8
	status=0
	wait $! || status=$?
	exec 8>&-
	out=$(cat "$screen")
}
nothing() { :; }

fresh && open_file
at_terminal y nothing
is "a terminal, y: status" "$status" 0
is "a terminal, y: done" "$(stat -c %a "$FILE")" 644
like "a terminal: the command stands before the question" "$(grep -B 6 'y/N/q' <<<"$out")" 'run .*chmod go-w -- '"$FILE"
fresh && open_file
at_terminal n nothing
is "a terminal, n: status" "$status" 1
is "a terminal, n: not done" "$(stat -c %a "$FILE")" 666
at_terminal q nothing
is "a terminal, q: not done" "$(stat -c %a "$FILE")" 666

# swapped WHAT ATTACK: nothing of the system is touched, and it is no success
swapped() {
	local before
	fresh && write '%s\n' "$(A)" && chmod "${3:-0666}" "$FILE" && chown "${4:-alice}": "$FILE"
	before=$(system)
	at_terminal y "$2"
	is "$1, while it asks: no success" "$status" 1
	is "$1, while it asks: nothing of the system's is touched" "$(system)" "$before"
	like "$1, while it asks: says so" "$out" 'not done: '
	rm -f "$NOTES"/*
}
by_shadow_link() { rm "$FILE" && ln -s /etc/shadow "$FILE"; }
by_shadow() { rm "$FILE" && ln /home/.system/shadow "$FILE"; }
by_etc() { mv /home/alice/.ssh /home/alice/old && ln -s /etc /home/alice/.ssh; }
by_another_home() { mv /home/alice /home/alice.away && cp -a /home/alice.away /home/alice; }
by_bobs_home() { mv /home/alice /home/alice.away && ln -s /home/bob /home/alice; }
one_more_key() { world_pub bob >>"$FILE"; }
by_a_fifo() { rm "$FILE" && mkfifo -m 0666 "$FILE"; }
for attack in by_shadow_link by_shadow by_etc by_another_home by_bobs_home one_more_key by_a_fifo; do
	swapped "${attack//_/ }, alice's file" "$attack"
	swapped "${attack//_/ }, bob's file" "$attack" 0644 bob
done
fresh && write 'fromm="127.0.0.0/8" %s\n' "$(A)"
at_terminal y one_more_key
is "an edit of a file that has changed: no success" "$status" 1
is "an edit of a file that has changed: both lines are as they were" "$(cut -c1-6 "$FILE" | tr '\n' ' ')" 'fromm= ssh-ed '
is "an edit that was not done leaves no file behind" "$(ls -A /home/alice/.ssh)" authorized_keys

# ---- no terminal ----
fresh && open_file
status=0
out=$(fix </dev/null 2>&1) || status=$?
is "no terminal, no --yes: usage" "$status" 2
like "no terminal, no --yes: what to do" "$out" 'add --yes.*--dry-run'
is "no terminal, no --yes: nothing is done" "$(stat -c %a "$FILE")" 666
status=0
out=$(runuser -u alice -- keyaudit doctor alice --fix --yes 2>&1) || status=$?
is "not root: no permission" "$status" 77

# ---- a dry run ----
before=$(picture /home/alice /var/lib/keyaudit)
fix --dry-run >"$WORLD_RUN/dry.sh" 2>"$WORLD_RUN/dry.err"
is "dry run: nothing on standard error" "$(cat "$WORLD_RUN/dry.err")" ''
is "dry run: nothing is changed" "$(picture /home/alice /var/lib/keyaudit)" "$before"
ok "dry run: a script" sh -n "$WORLD_RUN/dry.sh"
! command -v shellcheck >/dev/null || ok "dry run: clean under shellcheck" shellcheck "$WORLD_RUN/dry.sh"
sh "$WORLD_RUN/dry.sh"
is "dry run: nobody has vouched, so the command is a comment" "$(stat -c %a "$FILE")" 666
fix --dry-run --trust-content >"$WORLD_RUN/dry.sh"
ok "dry run with --trust-content: runs" sh "$WORLD_RUN/dry.sh"
is "dry run with --trust-content: mends" "$(stat -c %a "$FILE")" 644
ok "and the login works" world_ssh alice alice

# ---- undo ----
fresh && open_file
fix --yes --trust-content >/dev/null
id=$(ls "$NOTES")
like "--undo lists the note" "$(keyaudit doctor --undo)" "^$id  20[0-9-]*T[0-9:]*Z +1 change +alice\$"
mv "$FILE" /home/alice/kept && open_file && chmod 0644 "$FILE"
not_ok "undo after the file was replaced" keyaudit doctor --undo "$id" --yes
is "undo after the file was replaced: it stays" "$(stat -c %a "$FILE")" 644
rm "$FILE" && ln -s /etc/shadow "$FILE"
before=$(system)
not_ok "undo after the file became a link" keyaudit doctor --undo "$id" --yes
is "undo after the file became a link: nothing is touched" "$(system)" "$before"
rm "$FILE" && mv /home/alice/kept "$FILE" && chmod 0600 "$FILE"
not_ok "undo after the mode was changed" keyaudit doctor --undo "$id" --yes
is "undo after the mode was changed: it stays" "$(stat -c %a "$FILE")" 600
chmod 0644 "$FILE"
cp -p "$NOTES/$id" "$WORLD_RUN/note"
sed -i "s|%*/home/alice/.ssh/authorized_keys|/etc/passwd|" "$NOTES/$id"
status=0
out=$(keyaudit doctor --undo "$id" --yes 2>&1) || status=$?
is "a tampered note: could not decide" "$status" 3
like "a tampered note: damaged" "$out" 'damaged, so it is not believed'
cp -p "$WORLD_RUN/note" "$NOTES/$id" && chmod 0666 "$NOTES/$id"
not_ok "a note that others could have written" keyaudit doctor --undo "$id" --yes
chmod 0600 "$NOTES/$id"
is "an unknown note" "$(keyaudit doctor --undo aaaaaaaa --yes >/dev/null 2>&1; echo $?)" 4
is "a path is no id" "$(keyaudit doctor --undo ../../../../etc/passwd --yes >/dev/null 2>&1; echo $?)" 4
ok "and the real one" keyaudit doctor --undo "$id" --yes
is "it is as it was" "$(stat -c %a "$FILE")" 666

world_finish
