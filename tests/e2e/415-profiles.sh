#!/bin/bash
# SPDX-License-Identifier: ISC
# 415-profiles.sh: policy profiles on the real sshd: -P in a Match Group block, user_profiles, and the profile and the options of a
# source. Whoever says what the command would do (doctor, keys) says the same, the doctor also of lines that are none of a source.
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"

COMMAND='/usr/libexec/keyaudit/authkeys-cmd -u %u -U %U -H %h -t %t -f %f -k %k'
KEYS=/etc/keyaudit/keys.d

# conf LINE...: with these lines behind the source's path, and a [policy] if they name one
conf() { world_conf '[lookup]' 'sources = local' '[source local]' 'type = file' "path = $KEYS/%u" "$@"; }
doctor() { keyaudit doctor "$1" --key "$WORLD_RUN/keys/$1.pub" --from 127.0.0.1 2>&1; }

world_setup
world_key alice ecdsa256
world_key bob ecdsa256
world_pub alice >"$KEYS/alice"
world_pub bob >"$KEYS/bob"
chmod 0644 "$KEYS"/*
conf
world_sshd_start 'AuthorizedKeysFile .ssh/own_keys' 'Match Group staff2' "AuthorizedKeysCommand $COMMAND -P strict"

# ---- sshd's Match Group: bob is in it
ok "-P: who is not in the group logs in" world_ssh alice alice
not_ok "-P: who is in it does not, with a NIST curve" world_ssh bob bob
like "-P: the doctor reads it from sshd" "$(doctor bob)" 'policy\.type-not-allowed'
unlike "-P: and not for others" "$(doctor alice)" 'policy\.type-not-allowed'
like "-P: keys has it on request" "$(keyaudit keys -P strict bob)" 'refused .*policy\.type-not-allowed'
like "-P: config show says where it comes from" "$(keyaudit config show --user bob -P strict)" '^-P strict +types = ssh-ed25519'

# ---- user_profiles: the first that matches
conf '[policy]' 'user_profiles = bob:none a*:bsi al*:none'
ok "user_profiles: another profile leaves the curve" world_ssh alice alice
conf '[policy]' 'user_profiles = bob:none a*:sk-only'
not_ok "user_profiles: only security keys" world_ssh alice alice
like "user_profiles: the doctor" "$(doctor alice)" 'policy\.type-not-allowed'
like "user_profiles: keys" "$(keyaudit keys alice)" 'refused .*policy\.type-not-allowed'
not_ok "user_profiles: none does not undo -P" world_ssh bob bob

# ---- of a source
conf 'profile = strict'
not_ok "source: its profile" world_ssh alice alice
like "source: config show has what it changes" "$(keyaudit config show)" '^[^ ]+:6 \(source local: profile strict\) +types = ssh-ed25519'
like "source: and says of whom that is" "$(keyaudit config show)" '^\[policy\]   \(for source local: what it changes\)$'
{ printf 'command="echo forced" '; world_pub alice; } >"$KEYS/alice"
conf
not_ok "source: command= is not allowed by [policy]" world_ssh alice alice
like "source: and it is named" "$(keyaudit keys alice)" '\(command\)'
conf 'options = command'
ok "source: its own list allows it" world_ssh alice alice

# ---- the user's own file, which is none of ours: the doctor says of each line what the command would say of its key
line() { keyaudit doctor "$1" | sed -n "/own_keys/,\$s/^ *[a-zA-Z]* *line $2 *//p"; }
for user in alice bob; do
	{
		world_pub "$user"
		head -n 1 "$KA_SRC/tests/cases/key.rsa-small-factor/input"
	} >"/home/$user/.ssh/own_keys"
	chown "$user:" "/home/$user/.ssh/own_keys"
done
like "own file: arithmetic" "$(line alice 2)" 'key\.rsa-small-factor$'
like "own file: -P of sshd's command line" "$(line bob 1)" 'policy\.type-not-allowed$'
like "own file: and not for others" "$(line alice 1)" '^ecdsa-sha2-nistp256 SHA256:[^ ]*( +[^ ]+)?$'
world_finish
