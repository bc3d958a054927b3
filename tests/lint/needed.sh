#!/bin/sh
# Which libraries each program links, exactly: the command none (a static-pie file; with STATIC=no libc and libsodium),
# the fetcher alone libcurl, the vetter alone libcrypto, the module, which lives inside sshd, libc and libpam.
set -u
cd "$(dirname "$0")/../.." || exit 1
failed=0 n=0

needs() { # FILE LIBRARY...: the names without version
	file=$1
	shift
	n=$((n + 1))
	if [ ! -e "$file" ]; then
		echo "needed: $file is not built"
		failed=1
		return
	fi
	have=$(readelf -dW "$file" | sed -n 's/.*(NEEDED).*\[\([^]]*\)\.so.*/\1/p' | sort | tr '\n' ' ')
	want=$([ $# = 0 ] || printf '%s\n' "$@" | sort | tr '\n' ' ')
	if [ "$have" != "$want" ]; then
		echo "needed: $file links: ${have:-nothing}"
		echo "needed: it should link: ${want:-nothing}"
		failed=1
	fi
}

dynamic=build/dynamic/bin/authkeys-cmd
[ -e "$dynamic" ] || make -s DEPS=no STATIC=no O=build/dynamic "$dynamic" >/dev/null
if grep -qs 'KA_STATIC_PIE := yes' build/flags.mk && [ "$(cat build/lib/cmd.link)" = -static-pie ]; then
	needs build/bin/authkeys-cmd
	if readelf -lW build/bin/authkeys-cmd | grep -q INTERP || ! readelf -hW build/bin/authkeys-cmd | grep -q 'Type: *DYN'; then
		echo "needed: build/bin/authkeys-cmd is not a static-pie file"
		failed=1
	fi
fi
needs "$dynamic" libc libsodium
# libcurl with one TLS library or the other: Debian names them differently
curl=libcurl
! readelf -dW build/bin/authkeys-fetch 2>/dev/null | grep -q 'libcurl-gnutls\.so' || curl=libcurl-gnutls
needs build/bin/authkeys-fetch libc "$curl" libjansson libsodium
needs build/bin/authkeys-vet libc libcrypto libsodium
needs build/bin/keyaudit libc libjansson libsodium
needs build/lib/pam_keyaudit.so libc libpam
echo "needed: $n programs"
exit "$failed"
