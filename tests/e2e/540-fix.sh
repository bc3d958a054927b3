#!/bin/bash
# SPDX-License-Identifier: ISC
# `keyaudit doctor USER --fix` and `--undo`: each cause that has a change of modes, owners, a name or a line is mended on
# the real files, the login then works, nothing else is touched, and undo puts everything back.
# The setups are called by name.
# shellcheck disable=SC2317,SC2088
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"
# shellcheck source=tests/e2e/lib/userhome.sh
. "$(dirname "$0")/lib/userhome.sh"

fresh() { bare_home; }

B() { world_pub bob; }
login() { world_ssh alice alice; }

# etc: everything that a mend of a user's files must leave alone.
etc() { picture /etc /var/spool/cron /root 2>/dev/null | sha256sum; }

fix() { # [OPTION...]
	keyaudit doctor alice --key "$WORLD_RUN/keys/alice.pub" --from 127.0.0.1 --fix --yes "$@"
}

# mends WHAT SETUP...: the doctor sees it (that sshd refuses it is shown by causes); --fix; the login works; --undo; as before to the last bit.
mends() {
	local what=$1 before after id out status=0
	shift
	fresh
	"$@"
	before=$(picture /home/alice)
	not_ok "$what: the doctor sees it" keyaudit doctor alice --key "$WORLD_RUN/keys/alice.pub" --from 127.0.0.1
	out=$(fix "${TRUST[@]}" 2>&1) || status=$?
	printf '%s\n' "$out" >"$WORLD_RUN/out"
	is "$what: status of --fix" "$status" 0
	like "$what: says that nothing stands against it" "$out" 'nothing stands against a login any more'
	ok "$what: the login works" login
	id=$(sed -n 's/^ undo  keyaudit doctor --undo //p' <<<"$out")
	is "$what: an undo note" "$(stat -c '%a %u' "$NOTES/$id")" '600 0'
	ok "$what: undo" keyaudit doctor --undo "$id" --yes
	after=$(picture /home/alice)
	is "$what: everything as before" "$after" "$before"
	is "$what: the note is gone" "$(ls "$NOTES")" ''
}

world_setup
for k in alice bob; do world_key "$k" ed25519; done
world_sshd_start
key64=$(A | cut -d' ' -f2)
TRUST=()
system=$(etc)

wrong_name() { write '%s\n' "$(A)" && mv "$FILE" "${FILE%s}"; }
mends "a wrong name" wrong_name
roots_file() { write '%s\n' "$(A)" && chown root:root "$FILE"; }
mends "root's file, 0600" roots_file
roots_dir() { write '%s\n' "$(A)" && chown root:root /home/alice/.ssh; }
mends "root's ~/.ssh" roots_dir
closed() { write '%s\n' "$(A)" && chmod 0000 "$FILE"; }
mends "a file with no mode at all" closed
mends "joined lines" write '%s%s\n' "$(B)" "$(A)"
mends "a byte order mark" write '\xef\xbb\xbf%s\n' "$(A)"
mends "a no-break space" write '# c\n%s\n' "$(A | sed 's/ /\xc2\xa0/')"
utf16() { A | iconv -t UTF-16 >"$WORLD_RUN/w" && write '' && cat "$WORLD_RUN/w" >"$FILE"; }
mends "UTF-16" utf16
mends "the wrong type word" write 'ssh-rsa %s\n' "$key64"
mends "no type word" write '%s\n' "$key64"
mends "a misspelt option" write '# a\n\nfromm="127.0.0.0/8" %s\n# z' "$(A)"

# ---- somebody else could have written it ----
mode() { write '%s\n' "$(A)" && chown "${3:-alice:alice}" "$2" && chmod "$1" "$2"; }
TRUST=(--trust-content)
mends "0666" mode 0666 "$FILE"
mends "0660 for a shared group" mode 0660 "$FILE" alice:staff2
mends "~/.ssh 0777" mode 0777 /home/alice/.ssh
mends "the home 0777" mode 0777 /home/alice
mends "bob's file" mode 0644 "$FILE" bob:bob

# ---- one behind the other: each can be mended only when the one before is ----
edit_in_open_file() { write 'ssh-rsa %s\n' "$key64" && chmod 0666 "$FILE"; }
mends "an edit in a file that must be closed first" edit_in_open_file
utf16_behind() { utf16 && chmod 0777 /home/alice/.ssh && mv "$FILE" "${FILE%s}"; }
mends "UTF-16, under a wrong name, in an open directory" utf16_behind
closed_in_roots() { roots_file && chown root:root /home/alice/.ssh; }
mends "root's file in root's ~/.ssh" closed_in_roots
TRUST=()

# what is left to do by hand is shown, and what was done stays
fresh && write '%s\n' "$(A | fold -w 60)" && chmod 0777 /home/alice/.ssh
status=0
out=$(fix --trust-content 2>&1) || status=$?
is "behind it something for hands: no success" "$status" 1
like "behind it something for hands: said" "$out" 'by hand'
is "behind it something for hands: the first is done" "$(stat -c %a /home/alice/.ssh)" 755
ok "behind it something for hands: undo" keyaudit doctor --undo "$(ls "$NOTES")" --yes
is "behind it something for hands: undone" "$(stat -c %a /home/alice/.ssh)" 777

# twice the same question is not asked
fresh && edit_in_open_file
out=$(fix 2>&1)
is "what nobody vouched for is asked once" "$(grep -c 'line 1 ' <<<"$out")" 1

is "nothing else was touched by any of them" "$(etc)" "$system"

world_finish
