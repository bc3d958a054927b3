#!/bin/bash
# SPDX-License-Identifier: ISC
# 440-sshd-rules.sh: sshd's lists of users and groups, its methods, algorithms, root and chroot. For each line of sshd_config
# below: what the diagnosis says beforehand, from `sshd -T` and the name service alone, is what the real sshd does. Each line
# stands in a Match block of its own and is tried from an address of its own, so one sshd serves them all.
# The setups are called by name.
# shellcheck disable=SC2317
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"

DIAGNOSE=$KA_SRC/build/tests/tools/diagnose

# what is written, and who comes: USER KEY REASON|- LINE[;LINE...]. Alice is in alice and crew, bob in bob, staff2 and "the team".
# The generated part below adds what sshd and we must say alike, whatever it is.
cases=(
	'alice alice sshd.user-denied DenyUsers alice'
	'alice alice - DenyUsers bob'
	'alice alice sshd.user-denied DenyUsers alice@127.*'
	'alice alice - DenyUsers alice@10.*'
	'alice alice sshd.user-not-allowed AllowUsers bob'
	'alice alice - AllowUsers bob alice'
	'alice alice sshd.user-denied AllowUsers alice;DenyUsers al?ce'
	'alice alice sshd.group-denied DenyGroups crew'
	'alice alice - DenyGroups staff2'
	'alice alice sshd.group-not-allowed AllowGroups staff2'
	'alice alice - AllowGroups cre?'
	'bob bob - AllowGroups "the team"'
	'bob bob sshd.user-not-allowed AllowUsers alice;AllowGroups crew'
	'alice alice sshd.pubkey-disabled PubkeyAuthentication no;PasswordAuthentication yes'
	'alice alice sshd.methods-exclude-key PasswordAuthentication yes;AuthenticationMethods password'
	'alice alice - PasswordAuthentication yes;AuthenticationMethods password publickey'
	'alice alice sshd.methods-impossible AuthenticationMethods publickey,password'
	'alice alice - AuthenticationMethods publickey,password publickey'
	'alice alice sshd.algorithm-not-accepted PubkeyAcceptedAlgorithms ecdsa-sha2-nistp256'
	'alice alice - PubkeyAcceptedAlgorithms ssh-ed25519'
	'alice alice - PubkeyAcceptedAlgorithms -ecdsa-*'
	'alice rsa sshd.algorithm-not-accepted PubkeyAcceptedAlgorithms ssh-ed25519'
	'alice rsa - PubkeyAcceptedAlgorithms rsa-sha2-512'
	'alice rsa - PubkeyAcceptedAlgorithms +ssh-rsa'
	'root alice sshd.root-login-no PermitRootLogin no'
	'root alice - PermitRootLogin prohibit-password'
	'root alice - PermitRootLogin yes'
	'root alice sshd.root-command-only PermitRootLogin forced-commands-only'
	'root bob - PermitRootLogin forced-commands-only'
	'bob bob - PermitRootLogin no'
	'alice alice sshd.chroot-unsafe ChrootDirectory /srv/open'
	'alice alice sshd.chroot-unsafe ChrootDirectory /srv/bobs/%u'
	'alice alice sshd.chroot-unsafe ChrootDirectory %h'
	'alice alice sshd.chroot-unsafe ChrootDirectory /srv/nothing'
	'alice alice - ChrootDirectory /'
)
[ "$(world_sshd_version)" -lt 901 ] || cases+=(
	'alice rsa sshd.rsa-too-short RequiredRSASize 3072'
	'alice rsa - RequiredRSASize 2048'
	'alice alice - RequiredRSASize 3072'
)
# every shape of entry, alone and behind another one
for entry in 'al*' '*' '?????' '??????' '!alice' '*@127.0.0.0/8' '*@!127.0.0.0/8' '*@*,!127.0.0.0/8' 'alice@localhost' 'a*e@127.0.0.?*' \
	'bob@*' 'alice,bob' 'ALICE' '*alice*' 'alice@::1' 'alice@127.0.0.0/30'; do
	cases+=("alice alice ? AllowUsers $entry" "alice alice ? DenyUsers nobody $entry")
done
for entry in '*' 'crew' '!crew' 'c*' 'CREW' 'alice,crew'; do
	cases+=("alice alice ? AllowGroups wheel $entry" "alice alice ? DenyGroups $entry")
done

# ADDRESS: what sshd's log says of it, as a reason; these lists are the ones that sshd names at INFO
said() {
	sed -n -e "s/.* from $1 not allowed because listed in DenyUsers\$/sshd.user-denied/p" \
		-e "s/.* from $1 not allowed because not listed in AllowUsers\$/sshd.user-not-allowed/p" \
		-e "s/.* from $1 not allowed because a group is listed in DenyGroups\$/sshd.group-denied/p" \
		-e "s/.* from $1 not allowed because none of user's groups are listed in AllowGroups\$/sshd.group-not-allowed/p" "$WORLD_SSHDLOG"
}

# N: the address of the client of case N
address() { echo "127.0.$((1 + $1 / 200)).$((1 + $1 % 200))"; }

world_setup
world_conf '[lookup]' 'sources = local' '' '[source local]' 'type = file' 'path = /etc/keyaudit/keys.d/%u' \
	'' '[policy]' 'options = command'
for k in alice bob; do world_key $k ed25519; done
world_key rsa rsa2048
world_authorize alice alice rsa
world_authorize bob bob
world_serve root alice
echo "command=\"true\" $(world_pub bob)" >>/etc/keyaudit/keys.d/root
printf '%s\n' 'crew:x:61130:alice' 'the team:x:61131:bob' >>/etc/group
mount -n -t tmpfs -o mode=0755 srv /srv && mkdir -p /srv/open /srv/bobs/alice && chmod 0755 /srv/* /srv/bobs/alice
chmod g+w /srv/open && chown bob /srv/bobs
lines=()
for i in "${!cases[@]}"; do
	read -r _ _ _ rest <<<"${cases[i]}"
	lines+=("Match Address $(address "$i")")
	while IFS= read -r line; do lines+=("$line"); done < <(tr ';' '\n' <<<"$rest")
done
world_sshd_start "${lines[@]}"

agreed=0 told=() logins=()
for i in "${!cases[@]}"; do
	read -r user key want rest <<<"${cases[i]}"
	from=$(address "$i")
	"$DIAGNOSE" "$user" "$from" "$WORLD_RUN/keys/$key.pub" >"$WORLD_RUN/told.$i"
	told[i]=$(sed -n 's/^primary //p' "$WORLD_RUN/told.$i")
	[ "$want" = '?' ] || is "$user: $rest: the diagnosis" "${told[i]}" "$want"
done
for i in "${!cases[@]}"; do
	read -r user key _ _ <<<"${cases[i]}"
	while [ "$(jobs -rp | wc -l)" -ge 6 ]; do wait -n; done # sshd and the syslog catcher are two of them
	{
		world_ssh "$user" "$key" -b "$(address "$i")" >/dev/null 2>&1
		echo $? >"$WORLD_RUN/real.$i"
	} &
	logins[i]=$!
done
wait "${logins[@]}"
for i in "${!cases[@]}"; do
	read -r user _ want rest <<<"${cases[i]}"
	case $(cat "$WORLD_RUN/real.$i") in
	0) real=- ;;
	124 | 137) real=late ;;
	*)
		real=$(said "$(address "$i")")
		[ -n "$real" ] || real=${told[i]/#-/refused}
		;;
	esac
	if [ "${told[i]}" = "$real" ]; then agreed=$((agreed + 1)); else note "$user: $rest: told ${told[i]}, sshd: $real"; fi
done
is "what is said beforehand is what sshd does" "$agreed" "${#cases[@]}"

# the evidence and the cure
told() { # WHAT-OF-THE-CASE: what was told of it
	local i
	for i in "${!cases[@]}"; do [ "${cases[i]}" != "$1" ] || cat "$WORLD_RUN/told.$i"; done
}
like "the entry that matched" "$(told 'alice alice sshd.user-denied DenyUsers alice@127.*')" '^detail DenyUsers alice@127\.\*$'
like "the line" "$(told 'alice alice sshd.user-denied DenyUsers alice@127.*')" 'decided -?[0-9]+ [0-9]+:0 .* /etc/ssh/sshd_config$'
like "the list" "$(told 'bob bob sshd.user-not-allowed AllowUsers alice;AllowGroups crew')" '^detail AllowUsers alice$'
like "the next one to mend" "$(told 'bob bob sshd.user-not-allowed AllowUsers alice;AllowGroups crew')" 'finding sshd.group-not-allowed secondary'
like "the groups" "$(told 'alice alice sshd.group-not-allowed AllowGroups staff2')" "^note the user's groups: alice crew"
like "the component" "$(told 'alice alice sshd.chroot-unsafe ChrootDirectory /srv/bobs/%u')" ' 0755 bob:root */srv/bobs$'
fix=$(told 'alice alice sshd.group-not-allowed AllowGroups staff2' | sed -n 's/^fix //p')
is "the cure is one command" "$fix" 'usermod -aG staff2 -- alice'
cp /etc/group "$WORLD_RUN/group" && sed -i 's/^staff2:.*/&,alice/' /etc/group
for i in "${!cases[@]}"; do
	[ "${cases[i]}" = 'alice alice sshd.group-not-allowed AllowGroups staff2' ] || continue
	ok "a member is let in at once" world_ssh alice alice -b "$(address "$i")"
	is "and nothing is a cause" "$("$DIAGNOSE" alice "$(address "$i")" "$WORLD_RUN/keys/alice.pub" | sed -n 's/^primary //p')" -
done
cp "$WORLD_RUN/group" /etc/group
world_finish
