#!/bin/bash
# SPDX-License-Identifier: ISC
# The ground that every other scenario stands on: the distribution's own sshd lets a listed key in and
# nobody else, with and without our command, and its log can be read.
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"

world_setup
world_key alice ed25519
world_key bob ed25519
world_key stranger ed25519
world_key alice-rsa rsa3072

# Prints the number of sshd's log lines that match.
logged() {
	grep -cE -e "$1" "$WORLD_SSHDLOG"
}

# sshd alone: keys from the user's own file
world_authorize bob bob alice-rsa
world_authorize expired bob
world_sshd_start "AuthorizedKeysCommand none" "AuthorizedKeysCommandUser nobody"
not_ok "a user without a key file is refused" world_ssh alice alice
not_ok "an unlisted key is refused" world_ssh bob stranger
not_ok "no key at all is refused" world_ssh bob none
not_ok "an unknown user is refused" world_ssh nobody-at-all bob
not_ok "an expired account is refused" world_ssh expired bob
ok "a listed key logs in" world_ssh bob bob
ok "a listed RSA key logs in" world_ssh bob alice-rsa
is "the command runs as the user" "$(world_ssh bob bob -- 'id -un; pwd')" $'bob\n/home/bob'
is "the status of the command comes back" "$(
	world_ssh bob bob -- 'exit 7'
	echo $?
)" 7
not_ok "a person without a key is refused too" world_ssh_interactive bob stranger
chmod 0666 /home/bob/.ssh/authorized_keys
not_ok "a key file that others may write is refused" world_ssh bob bob
is "each login stands in the log once" "$(logged 'Accepted publickey for bob from 127.0.0.1 ')" 4
ok "log lines carry the ident and the monitor's pid" grep -qE ' world sshd\[[0-9]+\]: Accepted publickey' "$WORLD_AUTHLOG"
ok "log lines carry facility and severity" grep -qE '^auth\.info sshd\[[0-9]+\]: Accepted publickey' "$WORLD_PRILOG"
world_sshd_stop
not_ok "a stopped sshd answers nobody" world_ssh bob alice-rsa

# the other way to log
WORLD_LOG='file'
chmod 0600 /home/bob/.ssh/authorized_keys
world_sshd_start "AuthorizedKeysCommand none" "AuthorizedKeysCommandUser nobody"
ok "sshd with a log file of its own lets the same key in" world_ssh bob bob
ok "its log file has the login" world_wait_line 5 "$WORLD_FILELOG" '^Accepted publickey for bob'

# our command: the same from the project's key file, nothing in the user's home
WORLD_LOG='syslog'
if world_has_command; then
	rm -f /home/bob/.ssh/authorized_keys
	world_serve alice alice
	world_sshd_start
	ok "a key of the file source logs in" world_ssh alice alice
	not_ok "a key that is served to another user is refused" world_ssh bob alice
	not_ok "a key that nobody lists is refused" world_ssh alice stranger
	ok "and the good key still logs in" world_ssh alice alice
	is "sshd never complains about the command" "$(logged 'AuthorizedKeysCommand .*(failed|returned status)|Unsafe')" 0
else
	note "authkeys-cmd is not built: its part is left out"
fi
world_finish
