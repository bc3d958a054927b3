# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # here, pairs and status are those of bench.sh
# SPDX-License-Identifier: ISC
# doctor.sh: what the doctor costs beside sshd -T; sourced by bench.sh. The yardsticks, for a quiet machine: one user below
# ten times sshd -T, which it runs itself each time here (what it kept is taken away between runs); 1,000 accounts with 10 keys
# each below 20 s. DOCTOR_ACCOUNTS is their number.
accounts=${DOCTOR_ACCOUNTS:-1000}

world_authorize alice alice
world_sshd_start
sshd_t=("$WORLD_SSHD" -T -C "user=alice,host=127.0.0.1,addr=127.0.0.1")
doctor_pairs=$((pairs / 10 > 20 ? pairs / 10 : 20))
install -d -m 0700 /run/keyaudit/sshd
"$here/bench" --cold /run/keyaudit/sshd 'doctor USER' 'sshd -T' "$doctor_pairs" root - -- \
	/usr/bin/keyaudit doctor alice --key "$WORLD_RUN/keys/alice.pub" --from 127.0.0.1 -- "${sshd_t[@]}" || status=1

"$here/bench" --keys 10 >"$WORLD_RUN/ten"
for ((i = 0; i < accounts; i++)); do
	user=bench$i uid=$((70000 + i))
	echo "$user:x:$uid:$uid::/home/$user:/bin/bash" >>/etc/passwd
	echo "$user:*:19700:0:99999:7:::" >>/etc/shadow
	echo "$user:x:$uid:" >>/etc/group
	mkdir -p "/home/$user/.ssh" && cp "$WORLD_RUN/ten" "/home/$user/.ssh/authorized_keys"
	chown -R "$uid:$uid" "/home/$user" && chmod -R go= "/home/$user"
done
all_users() { # WHAT
	local begin=$EPOCHREALTIME out
	out=$(keyaudit doctor --all-users | grep ' accounts: ') || status=1
	echo "bench: doctor --all-users, $accounts accounts with 10 keys each, $1:" \
		"$(awk -v a="$begin" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f s", b - a }') (${out# })"
}
rm -rf /run/keyaudit/sshd
all_users 'no Match'
world_sshd_stop
world_sshd_start 'Match User nobody-at-all' 'X11Forwarding no'
all_users 'with a Match block: sshd -T for each'
world_sshd_stop
