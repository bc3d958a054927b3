#!/bin/bash
# SPDX-License-Identifier: ISC
# depstest.sh: mk/deps.sh with an invented system (apt-get, dpkg-query and id are stubs in PATH): policy-rc.d is
# ours while apt-get runs and afterwards as it was, also after TERM, after a failure and after a SIGKILL.
# Touches nothing but its scratch directory and needs no root.
# shellcheck disable=SC2016 # the stubs expand
set -u

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
# a stub that waits for ever must not outlive us
[ -n "${KA_LEASH:-}" ] || exec "$top/tests/leash.sh" "$top/tests/world/depstest.sh"
# shellcheck source=tests/world/count.sh
. "$top/tests/world/count.sh"
scratch=$(mktemp -d) || exit 1
check_shows=$scratch/out
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/bin"
export KA_POLICY_RC_D=$scratch/policy-rc.d KA_DEPS_LOCK=$scratch/lock SCRATCH=$scratch
export PATH=$scratch/bin:$PATH

stub() {
	printf '#!/bin/sh\n%s\n' "$2" >"$scratch/bin/$1"
	chmod 0755 "$scratch/bin/$1"
}
stub id 'echo "${FAKE_UID:-0}"'
stub dpkg-query 'cat "$SCRATCH/installed"'
# an installation: notes what policy-rc.d says, waits if told to, then everything is installed; like the real one
# it does not mind Ctrl-C while packages are set up
stub apt-get 'sh "$KA_POLICY_RC_D"; echo "$? $*" >>"$SCRATCH/apt"
case " $* " in *" update "*) exit 0 ;; esac
trap "" INT
while [ -e "$SCRATCH/wait" ]; do sleep 0.02; done
[ ! -e "$SCRATCH/fail" ] || { echo "E: no such package"; exit 100; }
cp "$SCRATCH/all" "$SCRATCH/installed"'
# notes what is asked, and whether a daemon could be started at that moment
stub systemctl 'sh "$KA_POLICY_RC_D"; echo "$? $*" >>"$SCRATCH/rested"'
stub update-rc.d 'sh "$KA_POLICY_RC_D"; echo "$? $*" >>"$SCRATCH/rested"; [ ! -e "$SCRATCH/fail-boot" ]'

for package in gcc libc6-dev pkg-config libsodium-dev libjansson-dev libpam0g-dev openssh-server openssh-client \
	iproute2 util-linux procps libcmocka-dev clang lld libclang-rt-14-dev libclang-rt-dev mandoc shellcheck acl systemd libseccomp2 \
	nginx etcd-server libssl-dev openssl strace python3 curl jq rsyslog nftables; do
	echo "installed $package "
done >"$scratch/all"
echo 'installed libcurl4-gnutls-dev libcurl-dev, libcurl-ssl-dev' >>"$scratch/all"

deps() {
	sh "$top/mk/deps.sh" "${1:-check}" >"$scratch/out" 2>&1
}

# A fresh system that lacks two packages, or $2 (alternatives of a regular expression); $1 is the text of its own
# policy-rc.d, empty for none.
system() {
	rm -rf "$KA_POLICY_RC_D"* "$scratch/apt" "$scratch/wait" "$scratch/fail"* "$scratch/rested"
	grep -vE " (${2:-openssh-server|libsodium-dev}) " "$scratch/all" >"$scratch/installed"
	own=$1
	[ -z "$own" ] || printf '%s\n' "$own" >"$KA_POLICY_RC_D"
}

# policy-rc.d is as `system` made it, with nothing beside it.
as_before() {
	[ "$(cat "$KA_POLICY_RC_D" 2>/dev/null)" = "$own" ] && [ ! -e "$KA_POLICY_RC_D.keyaudit-saved" ] &&
		[ "$(find "$scratch" -name 'policy-rc.d*' | wc -l)" = "$([ -z "$own" ] && echo 0 || echo 1)" ]
}

says() {
	grep -qE -e "$1" "$scratch/out"
}

# Waits until the installation has begun.
installing() {
	for _ in $(seq 250); do
		! grep -qs ' install ' "$scratch/apt" || return 0
		sleep 0.02
	done
	return 1
}

debian=no
! grep -qsE '^ID=(debian|ubuntu)$' /etc/os-release || debian=yes

system ''
cp "$scratch/all" "$scratch/installed"
check "nothing missing: success" deps
check "nothing missing: not a word" test ! -s "$scratch/out"
system ''
FAKE_UID=1000 deps
check "not root: an error" test $? = 1
check "not root: the packages are named" says 'missing packages:.* openssh-server'
check "not root: apt-get is not called" test ! -e "$scratch/apt"
check "an unknown goal is an error" sh -c '! sh "$1" nonsense 2>/dev/null' sh "$top/mk/deps.sh"

if [ "$debian" = yes ]; then
	for text in '' 'exit 0 # the owner wants daemons'; do
		name=${text:+"with an own policy-rc.d: "}
		system "$text"
		check "${name}what is missing gets installed" deps
		check "${name}no daemon may start meanwhile" sh -c '! grep -v "^101 " "$SCRATCH/apt"'
		check "${name}only what is missing" grep -q 'install --no-install-recommends libsodium-dev openssh-server$' "$scratch/apt"
		check "${name}policy-rc.d is as before" as_before

		system "$text"
		touch "$scratch/fail"
		deps
		check "${name}a failing apt-get is an error" test $? != 0
		check "${name}and its words are shown" says 'E: no such package'
		check "${name}policy-rc.d is as before after the failure" as_before

		system "$text"
		touch "$scratch/wait"
		sh "$top/mk/deps.sh" >"$scratch/out" 2>&1 &
		installing
		kill -TERM $!
		check "${name}TERM waits for apt-get" sh -c 'sh "$KA_POLICY_RC_D"; test $? = 101'
		rm "$scratch/wait"
		wait $!
		check "${name}TERM ends it with 143" test $? = 143
		check "${name}policy-rc.d is as before after TERM" as_before

		system "$text"
		touch "$scratch/wait"
		sh "$top/mk/deps.sh" >"$scratch/out" 2>&1 &
		installing
		kill -KILL $!
		wait $! 2>/dev/null
		cp "$scratch/all" "$scratch/installed"
		deps # somebody else, who needs nothing, must not interfere while the orphaned apt-get works
		check "${name}after SIGKILL it stays while apt-get works" sh -c 'sh "$KA_POLICY_RC_D"; test $? = 101'
		rm "$scratch/wait"
		flock -w 5 "$KA_DEPS_LOCK" true
		check "${name}the next run succeeds" deps
		check "${name}and has put policy-rc.d back" as_before
	done

	system ''
	check "no server among them: boot is not looked at" sh -c 'sh "$1" && ! test -e "$SCRATCH/rested"' sh "$top/mk/deps.sh"
	system '' 'nginx|etcd-server|jq|rsyslog|nftables'
	check "servers for the tests get installed" deps
	check "only those are kept from starting at boot, while nothing may start" \
		sh -c 'test "$(cat "$SCRATCH/rested")" = "101 nginx disable
101 etcd disable
101 disable rsyslog.service
101 disable nftables.service"'
	system '' 'etcd-server'
	deps
	check "a server that was here before starts at boot as it did" sh -c '! grep -q nginx "$SCRATCH/rested"'
	system '' 'nginx'
	touch "$scratch/fail-boot"
	check "it cannot be kept from that: said, and no failure" deps
	check "what to do is said" says 'update-rc.d nginx disable'

	system '' 'libcurl4-gnutls-dev'
	deps
	check "no libcurl: the one with GnuTLS" grep -q 'install .* libcurl4-gnutls-dev$' "$scratch/apt"
	system '' 'libcurl4-gnutls-dev|jq'
	echo 'installed libcurl4-openssl-dev libcurl-dev, libcurl-ssl-dev' >>"$scratch/installed"
	deps
	check "another libcurl stays" sh -c '! grep -q libcurl "$SCRATCH/apt"'
	check "beside what is missing" grep -q 'install --no-install-recommends jq$' "$scratch/apt"
	system '' 'rsyslog|jq'
	echo 'installed syslog-ng-core system-log-daemon, linux-kernel-log-daemon' >>"$scratch/installed"
	deps
	check "another log daemon stays" grep -q 'install --no-install-recommends jq$' "$scratch/apt"
fi
# what demo builds, without building it: the packages of check alone are not there then. A make -n writes its included files
# all the same: they go elsewhere, or all that stands in build/ would be of other flags
built() { find "$top/build" -maxdepth 1 -printf '%f %T@\n' 2>/dev/null | sort; }
built >"$scratch/before"
# shellcheck disable=SC2046 # goals are words
make --no-print-directory -C "$top" -n O="$scratch/build" DEPS=no \
	$(sed -n 's/^demo:.*-directory \(.*\) && exec .*/\1/p' "$top/Makefile") >"$scratch/out" 2>&1
built >"$scratch/after"
check "what is built stays" cmp "$scratch/before" "$scratch/after"
check "demo builds the command and what a world needs" grep -q 'tests/syslogcat' "$scratch/out"
check "and nothing with OpenSSL, which it does not install" sh -c '! grep -qE "lssl|faultwire|openssl" "$1"' sh "$scratch/out"
check_sum deps
