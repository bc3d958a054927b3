# shellcheck shell=bash
# shellcheck disable=SC2034 # for who sources it
# SPDX-License-Identifier: ISC
# userhome.sh: alice's home and key file as the scripts about --fix break and compare them. Sourced after world/lib.sh.

FILE=/home/alice/.ssh/authorized_keys
NOTES=/var/lib/keyaudit/private/undo

# bare_home: it has an empty ~/.ssh
bare_home() {
	rm -rf /home/alice
	install -d -m 0700 -o alice -g alice /home/alice /home/alice/.ssh
}

# write FORMAT [ARG...]: the key file, as ssh-copy-id would leave it
# shellcheck disable=SC2059
write() {
	printf "$@" >"$FILE"
	chown alice:alice "$FILE"
	chmod 0600 "$FILE"
}

A() { world_pub alice; }

# picture WHERE...: mode, owner, type, name and content of everything there; times are not in it.
picture() {
	find "$@" -printf '%m %U:%G %y %p %l\n' -type f -exec sha256sum {} + 2>/dev/null | sort
}
