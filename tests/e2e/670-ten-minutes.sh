#!/bin/bash
# SPDX-License-Identifier: ISC
# What README.md says about central distribution, and the recipe with stock tools of docs/store-protocol.md, word by word:
# the commands are taken out of the pages and run. Only what a world has not is stood in for: a name server, packages,
# systemd, and a second machine.
# shellcheck source=tests/world/lib.sh
. "$(dirname "$0")/../world/lib.sh"
# shellcheck source=tests/world/store.sh
. "$WORLD_LIB/store.sh"

# step N: the commands of that step
step() {
	awk -v n="$1" '/^## /{inside = $0 == "## Central distribution in ten minutes"} !inside {next}
		/^[0-9]+\. /{step = $1 + 0} step == n && /^       /{print substr($0, 8)} step == n && /^$/{print ""}' "$KA_SRC/README.md"
}
# recipe NAME: the commands behind <!-- recipe: NAME -->
recipe() {
	awk -v mark="<!-- recipe: $1 -->" '$0 == mark {found = 1} found && /^```sh$/ {inside = 1; next}
		inside && /^```$/ {exit} inside' "$KA_SRC/docs/store-protocol.md"
}
# run NAME COMMANDS: as somebody who pastes them and stops at the first that fails
run() {
	printf '%s\n' "$2" >"$WORLD_RUN/commands"
	ok "$1 ($(grep -c . <<<"$2") lines)" bash -euo pipefail "$WORLD_RUN/commands"
	sed 's/^/# | /' "$WORLD_RUN/out"
}
# stand_in NAME LINE...: a program of the world
stand_in() {
	local name=$1
	shift
	printf '%s\n' '#!/bin/sh' "$@" >"/usr/local/bin/$name"
	chmod 0755 "/usr/local/bin/$name"
}

world_setup
world_key alice ed25519
world_key bob ed25519
world_authorize alice alice
world_serve alice alice
echo '127.0.0.1 keys.example.com' >>/etc/hosts
mkdir -p /etc/cron.d /var/log/nginx
mount -n -t tmpfs -o mode=0755 srv /srv # of the host it is read-only
stand_in apt-get 'for p; do case $p in install | cron) ;; *) command -v "$p" || exit 1 ;; esac; done'
# shellcheck disable=SC2016 # the other shell expands
stand_in scp 'for last; do :; done; exec cp "${1#*:}" "$last"'
# shellcheck disable=SC2016
stand_in systemctl 'case "$*" in "reload nginx") pkill -x nginx && sleep 0.3; exec nginx ;; "start nginx") exec nginx ;;
	"stop nginx") exec nginx -s stop ;;
	"enable --now keyaudit-refresh.timer") exec test -e /usr/lib/systemd/system/keyaudit-refresh.timer ;; esac; exit 1'
world_sshd_start
ok "the collector starts" world_collect_start

# ---- README.md ----
for n in 1 2 3 4; do run "step $n" "$(step $n)"; done
ok "alice logs in" world_ssh alice alice
not_ok "bob's key does not" world_ssh alice bob
run "step 5" "$(step 5 | sed '/start nginx/d')"
not_ok "nothing but the store has her key" sh -c 'grep -rqs "$(cut -d" " -f2 "$1")" /etc/keyaudit/keys.d /home/alice/.ssh/authorized_keys' sh "$WORLD_RUN/keys/alice.pub"
ok "alice logs in while the store is stopped" world_ssh alice alice
run "and it is started again" "$(step 5 | grep 'start nginx')"
run "step 6" "$(step 6)"
ok "the log knows where she was served" world_wait 10 grep -q '"sources":\["local no-keys store.no-keys","corp found' "$WORLD_TRAIL"
ok "and shows it" sh -c 'keyaudit log --source corp | grep -q accepted'
job=$(cut -d' ' -f7- /etc/cron.d/keyaudit-publish)
like "the job of cron is one command" "$job" '^/usr/bin/keyaudit publish '
world_pub bob >>/srv/keys/alice
run "another key is published by it" "$job"
ok "the hosts are told" keyaudit refresh
ok "what is fresh is fresh" keyaudit cache expire corp
ok "another look" keyaudit refresh
ok "bob's key logs in" world_ssh alice bob
ssh-keygen -lf "$WORLD_RUN/keys/alice.pub" | cut -d' ' -f2 >>/srv/revoked
run "a lost key is revoked" "$job"
is "and left out, where it is still listed" "$(grep -c '^ssh-' /srv/keys/alice) $(grep -c '^ssh-' /var/www/keys/alice.keys)" '2 1'
ok "and the hosts hear of it" sh -c 'keyaudit cache expire corp && keyaudit refresh'
world_serve alice alice
not_ok "no file of theirs helps it" world_ssh alice alice
ok "the other one works" world_ssh alice bob

# ---- keyaudit.conf(5) ----
sed -n '/^\.Sh EXAMPLES/,$p' "$KA_SRC/docs/man/keyaudit.conf.5" |
	awk -v out="$WORLD_RUN/example" '/^\.Bd/ {n++; file = out n ".conf"; next} /^\.Ed/ {file = ""} file {print >file}'
examples=("$WORLD_RUN"/example*.conf)
ok "the page has examples: ${#examples[@]}" test "${#examples[@]}" -gt 3
for one in "${examples[@]}"; do
	like "which are configurations: $(tail -n 1 "$one")" "$(keyaudit config check -c "$one" 2>&1)" "${one##*/}: no errors"
done

# ---- docs/store-protocol.md ----
mkdir "$WORLD_RUN/recipe" && cd "$WORLD_RUN/recipe" || exit 1
world_pub alice >alice.pub
world_pub bob >lost.pub
for name in signer document verify second lists verify; do run "recipe: $name" "$(recipe $name)"; done
like "ssh-keygen says so" "$(cat "$WORLD_RUN/out")" '^Good "keyaudit" signature for ops'
is "hosts can believe all of it" "$("$KA_SRC/build/tests/tools/storecheck" www signers)" 'users 1, listed 1'
rm -rf /var/www/keys && cp -r www /var/www/keys && chmod 0755 www
install -m 0644 signers /etc/keyaudit/signers
store_forget
rm /etc/keyaudit/keys.d/alice
ok "a host takes it" keyaudit refresh
ok "alice logs in with what stock tools have made" world_ssh alice alice
sed -i '/^index_url/d;/^revoked_url/d;/^users/d' /etc/keyaudit/conf.d/50-corp.conf
echo 'threshold = 2' >>/etc/keyaudit/conf.d/50-corp.conf
store_forget
ok "also when two signers are demanded" world_ssh alice alice
echo 'threshold = 3' >>/etc/keyaudit/conf.d/50-corp.conf
sed -i '/^threshold = 2/d' /etc/keyaudit/conf.d/50-corp.conf
not_ok "but not with three" world_ssh alice alice
world_finish
