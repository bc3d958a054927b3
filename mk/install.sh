#!/bin/sh
# SPDX-License-Identifier: ISC
# install.sh install|uninstall|list: what `make install` puts where. One list serves all three.
#
# Everything goes below DESTDIR; owners are left to whoever runs this. keyaudit.conf is never overwritten, and
# taken away only when nobody has changed it. The files carry the default paths; other ones are written in here.
set -eu
cd "$(dirname "$0")/.."

: "${O:=build}" "${DESTDIR=}" "${PREFIX:=/usr}" "${SYSCONFDIR:=/etc}" "${RUNDIR:=/run}" "${LOGDIR:=/var/log}"
: "${CACHEDIR:=/var/cache}" "${STATEDIR:=/var/lib}"
: "${BINDIR:=$PREFIX/bin}" "${LIBEXECDIR:=$PREFIX/libexec}" "${DATADIR:=$PREFIX/share}" "${MANDIR:=$PREFIX/share/man}"
: "${PAMDIR:=$PREFIX/lib/security}" "${UNITDIR:=$PREFIX/lib/systemd/system}"
: "${SYSUSERSDIR:=$PREFIX/lib/sysusers.d}" "${TMPFILESDIR:=$PREFIX/lib/tmpfiles.d}" "${CATALOGDIR:=$PREFIX/lib/systemd/catalog}"
# Debian's zsh looks below /usr in a folder of its own, and not in the one that zsh itself would
if [ "$DATADIR" = /usr/share ] && [ -e /etc/debian_version ]; then
	: "${ZSHDIR:=$DATADIR/zsh/vendor-completions}"
fi
: "${ZSHDIR:=$DATADIR/zsh/site-functions}"
doc=$DATADIR/doc/keyaudit
conf=$SYSCONFDIR/keyaudit/keyaudit.conf

# KIND SOURCE DESTINATION. KIND: b program, m module, t text with paths in it, c the configuration.
files() {
	echo "b $O/bin/authkeys-cmd $LIBEXECDIR/keyaudit/authkeys-cmd"
	echo "b $O/bin/authkeys-fetch $LIBEXECDIR/keyaudit/authkeys-fetch"
	echo "b $O/bin/authkeys-vet $LIBEXECDIR/keyaudit/authkeys-vet"
	echo "b $O/bin/keyaudit $BINDIR/keyaudit"
	echo "m $O/lib/pam_keyaudit.so $PAMDIR/pam_keyaudit.so"
	for page in docs/man/*.[578]; do
		echo "t $page $MANDIR/man${page##*.}/${page##*/}"
	done
	echo "c conf/keyaudit.conf $conf"
	for unit in conf/systemd/*; do
		echo "t $unit $UNITDIR/${unit##*/}"
	done
	echo "t conf/sysusers.d/keyaudit.conf $SYSUSERSDIR/keyaudit.conf"
	echo "t conf/tmpfiles.d/keyaudit.conf $TMPFILESDIR/keyaudit.conf"
	echo "t conf/keyaudit.catalog $CATALOGDIR/keyaudit.catalog"
	echo "t conf/keyaudit.conf $doc/examples/keyaudit.conf"
	echo "t conf/sshd_config.d/10-keyaudit.conf $doc/examples/10-keyaudit.conf"
	echo "t conf/pam.d/sshd.example $doc/examples/pam.d-sshd"
	echo "t conf/systemd.dropin/keyaudit-collect-audit.conf $doc/examples/systemd-keyaudit-collect-audit.conf"
	echo "t conf/logrotate.d/keyaudit $doc/examples/logrotate-keyaudit"
	echo "t conf/prometheus/keyaudit.rules.yml $doc/examples/keyaudit.rules.yml"
	echo "t conf/prometheus/keyaudit.test.yml $doc/examples/keyaudit.test.yml"
	echo "t conf/grafana/keyaudit.json $doc/examples/grafana-keyaudit.json"
	echo "t conf/fail2ban/filter.d/keyaudit.conf $doc/examples/fail2ban-filter-keyaudit.conf"
	echo "t conf/fail2ban/jail.d/keyaudit.conf $doc/examples/fail2ban-jail-keyaudit.conf"
	echo "t conf/rsyslog.d/30-keyaudit.conf $doc/examples/rsyslog-30-keyaudit.conf"
	echo "t conf/journald.conf.d/30-keyaudit.conf $doc/examples/journald-30-keyaudit.conf"
	echo "t conf/completions/keyaudit.bash $DATADIR/bash-completion/completions/keyaudit"
	echo "t conf/completions/_keyaudit $ZSHDIR/_keyaudit"
	echo "t conf/completions/keyaudit.fish $DATADIR/fish/vendor_completions.d/keyaudit.fish"
	for text in README.md SECURITY.md CHANGELOG.md LICENSE docs/*.md; do
		echo "t $text $doc/${text##*/}"
	done
}

# the paths that an installation may have chosen differently
text() {
	sed -e "s|/usr/bin/keyaudit|$BINDIR/keyaudit|g" -e "s|/usr/libexec/keyaudit|$LIBEXECDIR/keyaudit|g" \
		-e "s|/etc/keyaudit|$SYSCONFDIR/keyaudit|g" -e "s|/run/keyaudit|$RUNDIR/keyaudit|g" \
		-e "s|/var/log/keyaudit|$LOGDIR/keyaudit|g" -e "s|/var/cache/keyaudit|$CACHEDIR/keyaudit|g" \
		-e "s|/var/lib/keyaudit|$STATEDIR/keyaudit|g" "$1"
}

# KIND SOURCE DESTINATION: a new name and a rename, so that a running program is never written into
put() {
	mkdir -p "${3%/*}"
	rm -f "$3.keyaudit-new"
	case $1 in
	[bm])
		cp "$2" "$3.keyaudit-new"
		# packagers split the debug symbols off by themselves, so only on request
		[ "${INSTALL_STRIP:-no}" = no ] || strip --strip-unneeded "$3.keyaudit-new"
		;;
	*) text "$2" >"$3.keyaudit-new" ;;
	esac
	case $1 in
	b) chmod 0755 "$3.keyaudit-new" ;;
	*) chmod 0644 "$3.keyaudit-new" ;;
	esac
	mv -f "$3.keyaudit-new" "$3"
}

umask 022
case ${1:-} in
list)
	files | while read -r _ source to; do [ ! -e "$source" ] || echo "$to"; done
	;;
install)
	files | while read -r kind source to; do
		if [ ! -e "$source" ]; then
			echo "install: $source does not exist and is left out" >&2
		elif [ "$kind" = c ] && [ -e "$DESTDIR$to" ]; then
			echo "install: $DESTDIR$to stays as it is" >&2
		else
			put "$kind" "$source" "$DESTDIR$to"
		fi
	done
	;;
uninstall)
	files | while read -r kind source to; do
		to=$DESTDIR$to
		if [ "$kind" = c ] && [ -e "$to" ] && ! text "$source" | cmp -s - "$to"; then
			echo "uninstall: $to was changed and stays" >&2
		else
			rm -f "$to"
		fi
	done
	# in a staging tree the directories were made by install; in a running system they are everybody's
	[ -z "$DESTDIR" ] || files | while read -r _ _ to; do
		(cd "$DESTDIR/" && rmdir -p --ignore-fail-on-non-empty ".${to%/*}") 2>/dev/null || true
	done
	for dir in "$LIBEXECDIR/keyaudit" "$doc/examples" "$doc" "$SYSCONFDIR/keyaudit"; do
		[ ! -d "$DESTDIR$dir" ] || rmdir "$DESTDIR$dir" 2>/dev/null || echo "uninstall: $DESTDIR$dir is not empty and stays" >&2
	done
	;;
*)
	echo "usage: install.sh install|uninstall|list" >&2
	exit 2
	;;
esac
