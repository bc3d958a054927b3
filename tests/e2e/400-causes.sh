#!/bin/bash
# SPDX-License-Identifier: ISC
# 400-causes.sh: each cause of a refused key, provoked on the real sshd with the real client. For each: the
# login is refused, the diagnosis names the right reason first and shows where, the event in the trail has
# it too, and where the fix is a command it is run as it is printed and the same login then works.
# And the neighbours: what looks odd and lets people in must not be called a cause.
# The setups are called by name.
# shellcheck disable=SC2317,SC2088
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"

FILE=/home/alice/.ssh/authorized_keys
PUB=$WORLD_RUN/keys/alice.pub
DIAGNOSE=$KA_SRC/build/tests/tools/diagnose
logins=0

# A home as after useradd, and nothing anywhere else.
fresh() {
	rm -rf /home/alice /home/alice.away /var/keys /etc/keyaudit/keys.d/* /etc/keyaudit/disabled /tmp/keys
	install -d -m 0700 -o alice -g alice /home/alice /home/alice/.ssh
}

# write FORMAT [ARG...]: printf into the user's key file.
# shellcheck disable=SC2059
write() {
	printf "$@" >"$FILE"
	chown alice:alice "$FILE"
	chmod 0600 "$FILE"
}

A() { world_pub alice; }
B() { world_pub bob; }
login() {
	logins=$((logins + 1))
	world_ssh alice "${1:-alice}"
}

# The code of the event of the last login; every connection gives exactly one event.
last_code() {
	world_trail_wait 10 "$logins" || echo "no event"
	tail -n 1 "$WORLD_TRAIL" | sed -n 's/.*"code":"\([^"]*\)".*/\1/p'
}

# cause ID WHAT EVIDENCE fix|advice SETUP...: EVIDENCE is a regex for a line of the tool's output.
cause() {
	local id=$1 what=$2 evidence=$3 kind=$4 out line
	shift 4
	fresh
	"$@"
	not_ok "$id: $what: refused" login "${KEY:-alice}"
	[ "$collect" = no ] || is "$id: the event names it" "$(last_code)" "$id"
	out=$("$DIAGNOSE" alice 127.0.0.1 "$WORLD_RUN/keys/${KEY:-alice}.pub")
	is "$id: named first" "$(sed -n 's/^primary //p' <<<"$out")" "$id"
	like "$id: the evidence" "$out" "$evidence"
	case $kind in
	advice)
		like "$id: advice" "$(sed -n '/^finding/,/^advice/p' <<<"$out")" '^advice .'
		;;
	fix)
		sed -n '/^finding/{:a;n;/^finding/q;s/^fix //p;ba}' <<<"$out" >"$WORLD_RUN/fix"
		is "$id: there is a command" "$([ -s "$WORLD_RUN/fix" ] && echo yes)" yes
		while read -r line; do
			ok "$id: fix runs: $line" sh -c "$line"
		done <"$WORLD_RUN/fix"
		ok "$id: mended: the same login works" login "${KEY:-alice}"
		;;
	esac
}

# fine WHAT SETUP...: sshd lets it in, and so do we.
fine() {
	local what=$1
	shift
	fresh
	"$@"
	ok "fine: $what" login
	is "fine: $what: nothing is called a cause" "$("$DIAGNOSE" alice 127.0.0.1 "$PUB" | sed -n 's/^primary //p')" -
}

world_setup
for k in alice bob stranger; do world_key "$k" ed25519; done
world_key alice-rsa rsa2048
world_key short rsa1024
world_sshd_start
collect=no
if world_has_tool && keyaudit collect --help >/dev/null 2>&1 && world_collect_start; then collect=yes; fi
[ "$collect" = yes ] || note "no collector: events are not checked"
key64=$(A | cut -d' ' -f2)

# ---- the file ----
cause file.missing "no key file" "$FILE" advice true
dangling() { runuser -u alice -- ln -s /nonexistent/x "$FILE"; }
cause file.missing "a link that leads nowhere" 'link that leads nowhere' advice dangling
wrong_name() { write '%s\n' "$(A)" && mv "$FILE" "${FILE%s}"; }
cause file.wrong-name "authorized_key" "/authorized_key\$" fix wrong_name
wrong_british() { write '%s\n' "$(A)" && mv "$FILE" /home/alice/.ssh/authorised_keys; }
cause file.wrong-name "authorised_keys" "/authorised_keys\$" fix wrong_british
wrong_pub() { write '%s\n' "$(A)" && mv "$FILE" "$FILE.pub"; }
cause file.wrong-name "authorized_keys.pub" "authorized_keys.pub\$" fix wrong_pub
wrong_beside() { wrong_name && write '%s\n' "$(B)"; }
cause file.wrong-name "authorized_key beside a right one" "/authorized_key\$" advice wrong_beside
no_home() { mv /home/alice /home/alice.away; }
cause file.home-missing "the home is away" ' /home/alice$' advice no_home
roots_file() { write '%s\n' "$(A)" && chown root:root "$FILE"; }
cause file.unreadable "root's, 0600" '0600 root:root .*authorized_keys' fix roots_file
roots_dir() { write '%s\n' "$(A)" && chown root:root /home/alice/.ssh; }
cause file.dir-unsearchable "~/.ssh is root's" '0700 root:root .*/\.ssh$' fix roots_dir
roots_home() { write '%s\n' "$(A)" && chown root:root /home/alice; }
cause file.dir-unsearchable "the home is root's" '0700 root:root  /home/alice$' fix roots_home
is_dir() { mkdir "$FILE"; }
cause file.not-regular "a directory" "$FILE" advice is_dir
is_fifo() { runuser -u alice -- mkfifo "$FILE"; }
cause file.not-regular "a fifo" "$FILE" advice is_fifo
cause file.no-usable-line "an empty file" '0 lines, no usable key' advice write ''
cause file.no-usable-line "comments only" '2 lines, no usable key' advice write '# one\n\n'

# ---- StrictModes ----
mode() { # MODE PATH [OWNER:GROUP]
	write '%s\n' "$(A)" && chown "${3:-alice:alice}" "$2" && chmod "$1" "$2"
}
cause perm.group-writable "the file, a shared group" '0660 alice:staff2 .*authorized_keys' fix mode 0660 "$FILE" alice:staff2
cause perm.group-writable "the home, a shared group" 'group staff2 has 2 other members' fix mode 0775 /home/alice alice:staff2
cause perm.world-writable "the file, 0666" '0666 alice:alice .*authorized_keys' fix mode 0666 "$FILE"
cause perm.world-writable "~/.ssh, 0777" '0777 alice:alice .*/\.ssh$' fix mode 0777 /home/alice/.ssh
cause perm.world-writable "the home, 0777" '0777 alice:alice  /home/alice$' fix mode 0777 /home/alice
cause perm.wrong-owner "the file is bob's, readable" '0644 bob:bob .*authorized_keys' fix mode 0644 "$FILE" bob:bob
cause perm.wrong-owner "the home is bob's" '0755 bob:bob  /home/alice$' fix mode 0755 /home/alice bob:bob
to_tmp() {
	install -d -m 0755 -o alice -g alice /tmp/keys && A >/tmp/keys/ak && chown alice:alice /tmp/keys/ak
	runuser -u alice -- ln -s /tmp/keys/ak "$FILE"
}
cause perm.link-target "a link into /tmp" 'target /tmp/keys/ak' fix to_tmp

# ---- the lines ----
cause key.not-listed "another key is listed" '1 other key is listed' advice write '%s\n' "$(B)"
cause line.commented-out "behind a #" ' 2:' advice write '%s\n# %s\n' "$(B)" "$(A)"
wrapped() { A | fold -w 60 >"$WORLD_RUN/w" && write '%s\n' "$(cat "$WORLD_RUN/w")"; }
cause line.wrapped "broken over two lines" ' 1:13 ' advice wrapped
cause line.joined "behind another key" ' 1:' fix write '%s%s\n' "$(B)" "$(A)"
cause line.joined "with options of its own: no command" ' 1:' advice write '%sfrom="127.0.0.0/8" %s\n' "$(B)" "$(A)"
cause line.bad-base64 "a star in the key" ' 1:57 ' advice write '%s\n' "$(A | sed 's/./*/57')"
cause line.bad-base64 "the last character is lost" ' 1:' advice write 'ssh-ed25519 %s\n' "${key64%?}"
cause key.blob-truncated "the first 60 characters" ' 1:' advice write '%s\n' "$(A | cut -c1-60)"
private() { write '%s\n' "$(cat "$WORLD_RUN/keys/alice")"; }
cause line.private-key "the private key was copied" ' 1:1 ' advice private
foreign() { write '%s\n' "$(ssh-keygen -e -f "$PUB")"; }
cause line.foreign-format "RFC 4716" 'RFC 4716' advice foreign
pem() { write '%s\n' "$(ssh-keygen -e -m PKCS8 -f "$WORLD_RUN/keys/alice-rsa.pub")"; }
KEY=alice-rsa cause line.foreign-format "PEM" 'PEM block' advice pem
cause line.not-ascii "a byte order mark" 'byte order mark' fix write '\xef\xbb\xbf%s\n' "$(A)"
cause line.not-ascii "a no-break space" 'no-break space' fix write '%s\n' "$(A | sed 's/ /\xc2\xa0/')"
utf16() { A | iconv -t UTF-16 >"$WORLD_RUN/w" && write '' && cat "$WORLD_RUN/w" >"$FILE"; }
cause line.not-ascii "UTF-16" 'UTF-16' fix utf16
cause line.control "a carriage return as line end" ' 1:' advice write '# c\r%s\r' "$(A)"
nul() { write '' && printf 'x\0%s\n' "$(A)" >"$FILE"; }
cause line.nul "a NUL byte" ' 1:2 ' advice nul
cause key.type-mismatch "the wrong type word" 'detail ssh-rsa' fix write 'ssh-rsa %s\n' "$key64"
cause key.type-unknown "letters of the type lost" 'detail sh-ed25519' fix write 'sh-ed25519 %s\n' "$key64"
cause key.type-unknown "no type word" ' 1:1 ' fix write '%s\n' "$key64"
cause key.blob-trailing "bytes behind the key" ' 1:' advice write 'ssh-ed25519 %sAAAA\n' "$key64"

# ---- the options ----
cause option.unknown "misspelt" 'detail fromm' fix write 'fromm="127.0.0.0/8" %s\n' "$(A)"
cause option.unknown "nothing like it" 'detail no-such-thing' advice write 'no-such-thing %s\n' "$(A)"
cause option.bad-quoting "no closing quote" 'never closed' advice write 'command="foo %s\n' "$(A)"
cause option.bad-quoting "a blank in the list" ' 1:8 ' advice write 'no-pty, no-X11-forwarding %s\n' "$(A)"
cause option.bad-quoting "text behind a quote" ' 1:' advice write 'command="a"x %s\n' "$(A)"
cause option.bad-value "a date with dashes" ' 1:' advice write 'expiry-time="2020-01-01" %s\n' "$(A)"
cause option.bad-value "host bits in from=" ' 1:' advice write 'from="127.0.0.1/8" %s\n' "$(A)"
cause option.bad-value "no quotes" ' 1:' advice write 'command=foo %s\n' "$(A)"
cause option.repeated "command twice" ' 1:' advice write 'command="a",command="b" %s\n' "$(A)"
cause option.expired "expiry-time has passed" 'detail 20200101' advice write 'expiry-time="20200101" %s\n' "$(A)"
cause option.from-mismatch "another network" 'client came from 127.0.0.1' advice write 'from="10.0.0.0/8" %s\n' "$(A)"
cause option.principals-without-ca "no CA line" ' 1:1 ' advice write 'principals="x" %s\n' "$(A)"
cause option.cert-authority "a CA line, a plain key" ' 1:1 ' advice write 'cert-authority %s\n' "$(A)"

# ---- what lets people in ----
fine "CRLF line ends" write '%s\r\n' "$(A)"
fine "a byte order mark before a comment" write '\xef\xbb\xbf# c\n%s\n' "$(A)"
fine "blanks and tabs, no newline at the end" write ' \t%s' "$(A | tr ' ' '\t')"
fine "a long option value" write 'environment="X=%s" %s\n' "$(printf '%020000d' 1)" "$(A)"
fine "garbage on other lines" write 'garbage\nssh-new AAAA\nbad-option %s\ncommand="open %s\n%s\n' "$(B)" "$(B)" "$(A)"
fine "a comma and a blank" write 'pty, %s\n' "$(A)"
fine "empty options" write 'pty,,no-pty %s\n' "$(A)"
fine "root's file, readable" mode 0644 "$FILE" root:root
fine "readable by everybody" mode 0644 "$FILE"
fine "~/.ssh 0755" mode 0755 /home/alice/.ssh
fine "group-writable, the private group" mode 0664 "$FILE"
fine "the home 0775, the private group" mode 0775 /home/alice
second() { write '%s\n' "$(A)" && mv "$FILE" "${FILE}2" && write '%s\n' "$(B)" && chmod 0666 "$FILE"; }
fine "the second file, behind a refused first one" second
label() { write '%s\n' "$(sed 's/^ssh-rsa/rsa-sha2-512/' "$WORLD_RUN/keys/alice-rsa.pub")" && A >>"$FILE"; }
fine "a signature name as type" label

# ---- our own sources ----
if world_has_command; then
	other() { world_serve bob alice; }
	cause key.other-user "listed for bob" 'detail bob' advice other
	unsafe() { world_serve alice alice && chmod 0666 /etc/keyaudit/keys.d/alice; }
	cause conf.unsafe "the source may be written by others" '0666 root:root' fix unsafe
	off() { world_serve alice alice && : >/etc/keyaudit/disabled; }
	cause conf.disabled "the kill switch" '^fix rm' fix off
	world_sshd_start "AuthorizedKeysFile none"
	cause store.no-keys "no source has a key" 'store.no-keys' advice true
	short() { world_serve alice short; }
	KEY=short cause key.rsa-too-short "served by nobody" 'keys.d/alice' advice short
fi

# ---- another place ----
world_sshd_start "AuthorizedKeysFile /var/keys/%u"
above() { install -d -m 0755 /var/keys && A >/var/keys/alice && chmod 0644 /var/keys/alice && chgrp staff2 /var/keys && chmod 0775 /var/keys; }
cause perm.above-home "a directory above may be written" '0775 root:staff2  /var/keys$' fix above
nobody() { rm -f /var/keys/alice; }
cause file.missing "no file in another place" '^advice .* to /var/keys/alice$' advice nobody
elsewhere() { write '%s\n' "$(A)"; }
cause sshd.keys-file-elsewhere "the key is in the home, sshd looks elsewhere" 'target /var/keys/alice' advice elsewhere

# ---- the account ----
out=$("$DIAGNOSE" nosuch 127.0.0.1 "$PUB")
is "account.unknown: named first" "$(sed -n 's/^primary //p' <<<"$out")" account.unknown
# ---- a user name that would be an option or a list for sshd ----
for name in '-x' 'a,host=b' 'a b' $'a\nb' '../x'; do
	is "user $(printf %q "$name"): no crash, no such user" "$("$DIAGNOSE" "$name" 127.0.0.1 "$PUB" | sed -n 's/^primary //p')" account.unknown
done
world_finish
