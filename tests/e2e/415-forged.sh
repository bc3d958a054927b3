#!/bin/bash
# SPDX-License-Identifier: ISC
# 415-forged.sh: why keys are judged. Signatures that nobody needed a secret for pass the check of the distribution's own
# ssh-keygen and sshd; with keyaudit such a key logs nobody in. The forger is an ssh agent that knows public halves only
# (tests/vectors/forge.py), used by the real client.
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"

export PYTHONDONTWRITEBYTECODE=1
FORGE=$KA_SRC/tests/vectors/forge.py
KEYS=$WORLD_RUN/keys
AGENT=$WORLD_RUN/agent
agent_pid=''

# KEY: a login by the forging agent that holds this key; nothing but the public half is on this side.
forged_login() {
	timeout -k 2 "$WORLD_SSH_TIMEOUT" setsid -w ssh -F none -p "$WORLD_PORT" -i "$KEYS/$1.pub" -o IdentitiesOnly=yes \
		-o IdentityAgent="$AGENT" -o StrictHostKeyChecking=yes -o UserKnownHostsFile="$WORLD_RUN/known_hosts" \
		-o GlobalKnownHostsFile=/dev/null -o BatchMode=yes -o LogLevel=ERROR -l alice 127.0.0.1 id -un </dev/null
}

# shellcheck disable=SC2317 # called by ok
# KEY: is a forged signature of that key one for ssh-keygen?
forged_signature() {
	echo "alice $(world_pub "$1")" >"$WORLD_RUN/signers"
	echo "whatever $1 never said" >"$WORLD_RUN/message"
	"$FORGE" sign "$KEYS/$1.pub" file <"$WORLD_RUN/message" >"$WORLD_RUN/message.sig" || return 1
	ssh-keygen -Y verify -f "$WORLD_RUN/signers" -I alice -n file -s "$WORLD_RUN/message.sig" <"$WORLD_RUN/message"
}

world_setup
names=() reasons=()
while read -r name reason; do
	names+=("$name") reasons+=("$reason")
	"$FORGE" key "$name" >"$KEYS/$name.pub" || world_die "no key"
	chmod 0600 "$KEYS/$name.pub"
done <<-LIST
	e1 key.rsa-e-invalid
	prime key.rsa-n-prime
	identity key.ed25519-low-order
	zero key.ed25519-low-order
	sound -
	sound-ed25519 -
LIST
files=()
for name in "${names[@]}"; do files+=("$KEYS/$name.pub"); done
"$FORGE" agent "$AGENT" "${files[@]}" &
agent_pid=$!
world_wait 5 test -S "$AGENT" || world_die "the agent does not start"

# ---- ssh-keygen, which checks signatures by the same functions as sshd
for name in "${names[@]}"; do
	case $name in
	sound*) not_ok "ssh-keygen: nobody signs for $name without its secret" forged_signature "$name" ;;
	*) ok "ssh-keygen: anybody signs for $name" forged_signature "$name" ;;
	esac
done

# ---- sshd alone
world_authorize alice "${names[@]}"
world_sshd_start "AuthorizedKeysCommand none" "AuthorizedKeysCommandUser nobody"
for name in "${names[@]}"; do
	case $name in
	sound*) not_ok "sshd alone: nobody logs in by $name" forged_login "$name" ;;
	*) is "sshd alone: anybody logs in by $name" "$(forged_login "$name" 2>&1)" alice ;;
	esac
done
is "sshd alone took those keys" "$(grep -c 'Accepted publickey for alice' "$WORLD_SSHDLOG")" 4

# ---- with keyaudit: the same lines, listed by its source
rm -f /home/alice/.ssh/authorized_keys
world_key good ed25519
world_serve alice "${names[@]}" good
world_sshd_start "AuthorizedKeysFile none"
world_collect_start || world_die "the collector does not start"
events=$(world_events)
for i in "${!names[@]}"; do
	name=${names[i]} reason=${reasons[i]}
	events=$((events + 1))
	not_ok "with keyaudit: $name logs nobody in" forged_login "$name"
	ok "with keyaudit: $name has an event" world_trail_wait 5 "$events"
	[ "$reason" = - ] || like "with keyaudit: the event says why" "$(world_last_event)" "\"code\":\"$reason\""
done
ok "with keyaudit: a good key beside them logs in" world_ssh alice good
kill "$agent_pid"
world_finish
