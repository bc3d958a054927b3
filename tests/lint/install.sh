#!/bin/bash
# SPDX-License-Identifier: ISC
# install.sh: `make install` puts exactly the files below, with their modes; keeps a keyaudit.conf that is there;
# writes other paths into the texts; and `make uninstall` leaves nothing behind.
set -u
export LC_ALL=C
cd "$(dirname "$0")/../.." || exit 1
unset MAKEFLAGS MFLAGS MAKELEVEL DESTDIR PREFIX

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failed=0
bad() {
	echo "install: $*"
	failed=1
}

make_() { # ROOT GOAL [VARIABLE...]
	make -s --no-print-directory DEPS=no DESTDIR="$1" "${@:2}" >"$tmp/log" 2>&1 || {
		bad "make $2 failed"
		cat "$tmp/log"
	}
}
files_of() { (cd "$1" && find . ! -type d -printf '%m %P\n' | sort -k2); }

expected() {
	cat <<-END
		644 etc/keyaudit/keyaudit.conf
		755 usr/bin/keyaudit
		644 usr/lib/security/pam_keyaudit.so
		644 usr/lib/systemd/catalog/keyaudit.catalog
		644 usr/lib/systemd/system/keyaudit-blocklist.service
		644 usr/lib/systemd/system/keyaudit-blocklist.timer
		644 usr/lib/systemd/system/keyaudit-collect.service
		644 usr/lib/systemd/system/keyaudit-metrics.service
		644 usr/lib/systemd/system/keyaudit-metrics.timer
		644 usr/lib/systemd/system/keyaudit-refresh.service
		644 usr/lib/systemd/system/keyaudit-refresh.timer
		644 usr/lib/systemd/system/keyaudit-rotate.service
		644 usr/lib/systemd/system/keyaudit-rotate.timer
		644 usr/lib/systemd/system/keyaudit-seal.path
		644 usr/lib/systemd/system/keyaudit-seal.service
		644 usr/lib/systemd/system/keyaudit-seal.timer
		644 usr/lib/systemd/system/keyaudit-wanted.path
		644 usr/lib/systemd/system/keyaudit-wanted.service
		644 usr/lib/systemd/system/run-keyaudit-phase.mount
		644 usr/lib/systemd/system/run-keyaudit.mount
		644 usr/lib/sysusers.d/keyaudit.conf
		644 usr/lib/tmpfiles.d/keyaudit.conf
		755 usr/libexec/keyaudit/authkeys-cmd
		755 usr/libexec/keyaudit/authkeys-fetch
		755 usr/libexec/keyaudit/authkeys-vet
		644 usr/share/bash-completion/completions/keyaudit
		644 usr/share/doc/keyaudit/examples/10-keyaudit.conf
		644 usr/share/doc/keyaudit/examples/fail2ban-filter-keyaudit.conf
		644 usr/share/doc/keyaudit/examples/fail2ban-jail-keyaudit.conf
		644 usr/share/doc/keyaudit/examples/grafana-keyaudit.json
		644 usr/share/doc/keyaudit/examples/journald-30-keyaudit.conf
		644 usr/share/doc/keyaudit/examples/keyaudit.conf
		644 usr/share/doc/keyaudit/examples/keyaudit.rules.yml
		644 usr/share/doc/keyaudit/examples/keyaudit.test.yml
		644 usr/share/doc/keyaudit/examples/logrotate-keyaudit
		644 usr/share/doc/keyaudit/examples/pam.d-sshd
		644 usr/share/doc/keyaudit/examples/rsyslog-30-keyaudit.conf
		644 usr/share/doc/keyaudit/examples/systemd-keyaudit-collect-audit.conf
		644 usr/share/fish/vendor_completions.d/keyaudit.fish
		644 usr/share/man/man5/keyaudit-keys.5
		644 usr/share/man/man5/keyaudit-spool.5
		644 usr/share/man/man5/keyaudit.conf.5
		644 usr/share/man/man7/keyaudit-reasons.7
		644 usr/share/man/man8/authkeys-cmd.8
		644 usr/share/man/man8/authkeys-fetch.8
		644 usr/share/man/man8/authkeys-vet.8
		644 usr/share/man/man8/keyaudit.8
		644 usr/share/man/man8/pam_keyaudit.8
		644 usr/share/zsh/site-functions/_keyaudit
	END
	for text in README.md SECURITY.md CHANGELOG.md LICENSE docs/*.md; do
		echo "644 usr/share/doc/keyaudit/$(basename "$text")"
	done
}

# the plain way, twice: a second installation is an upgrade
zsh=/usr/share/zsh/site-functions
(umask 077 && make_ "$tmp/a" install PREFIX=/usr PAMDIR=/usr/lib/security ZSHDIR=$zsh)
make_ "$tmp/a" install PREFIX=/usr PAMDIR=/usr/lib/security ZSHDIR=$zsh
files_of "$tmp/a" >"$tmp/got"
expected | sort -k2 >"$tmp/wanted"
diff "$tmp/wanted" "$tmp/got" >"$tmp/diff" || {
	bad "other files than expected (< wanted, > installed):"
	cat "$tmp/diff"
}
make_ "$tmp/a" uninstall PREFIX=/usr PAMDIR=/usr/lib/security ZSHDIR=$zsh
files_of "$tmp/a" >"$tmp/left"
find "$tmp/a" -mindepth 1 >>"$tmp/left"
[ ! -s "$tmp/left" ] || {
	bad "left behind by make uninstall:"
	cat "$tmp/left"
}

# where Debian's zsh looks, which is elsewhere
make_ "$tmp/a" install-list PREFIX=/usr
[ ! -e /etc/debian_version ] || grep -q /usr/share/zsh/vendor-completions/_keyaudit "$tmp/log" || bad "Debian's zsh does not look where _keyaudit goes"
make_ "$tmp/a" install-list PREFIX=/usr/local
grep -q /usr/local/share/zsh/site-functions/_keyaudit "$tmp/log" || bad "no _keyaudit below /usr/local"

# a configuration of the site's own stays, through install and uninstall
mkdir -p "$tmp/b/etc/keyaudit"
echo '# ours' >"$tmp/b/etc/keyaudit/keyaudit.conf"
make_ "$tmp/b" install PREFIX=/usr PAMDIR=/usr/lib/security
make_ "$tmp/b" uninstall PREFIX=/usr PAMDIR=/usr/lib/security
[ "$(cat "$tmp/b/etc/keyaudit/keyaudit.conf")" = '# ours' ] || bad "a changed keyaudit.conf was overwritten"
[ "$(files_of "$tmp/b" | wc -l)" = 1 ] || bad "uninstall left more than the changed keyaudit.conf"

# other paths: in the texts too. The programs are those that are built already.
O=build DESTDIR=$tmp/c PREFIX=/opt/ka SYSCONFDIR=/opt/ka/conf mk/install.sh install >"$tmp/log" 2>&1 || bad "install.sh with PREFIX=/opt/ka failed"
grep -rlE '/usr/(bin|libexec)/keyaudit|/etc/keyaudit' "$tmp/c" --include='*.[578]' --include='*.conf' --include='*.service' \
	>"$tmp/wrong"
[ ! -s "$tmp/wrong" ] || {
	bad "the default paths stand in:"
	cat "$tmp/wrong"
}

echo "install: $(wc -l <"$tmp/wanted") files"
exit "$failed"
