#!/bin/sh
# SPDX-License-Identifier: ISC
# Our reading of lists of revoked keys (KRL) against ssh-keygen's, on lists that it has made out of all its directives, and on
# damaged ones. usage: krl.sh [DAMAGED-FORMS-OF-EACH-LIST, 0: all]
set -eu
cd "$(dirname "$0")/../.." || exit 2
tool=${O:-build}/tests/tools/krldiff
keygen=$(command -v ssh-keygen) || { echo "krl: skipped, there is no ssh-keygen"; exit 77; }
[ -x "$tool" ] || { echo "krl: build it first: make testtools" >&2; exit 2; }
tool=$PWD/$tool data=$PWD/tests/data
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
mkdir secret set

# authorities of three kinds, and their certificates
for kind in ed25519 ecdsa rsa; do
	ssh-keygen -q -t "$kind" -N '' -C "$kind" -f "secret/$kind"
	cp "secret/$kind.pub" "set/ca-$kind.pub"
done
certify() { # NAME AUTHORITY ID SERIAL: of a key of its own
	cp "$data/keys/ed25519.pub" "secret/$1.pub"
	ssh-keygen -q -s "secret/$2" -I "$3" -z "$4" -n alice "secret/$1.pub"
	mv "secret/$1-cert.pub" "set/$1.pub"
}
for serial in 0 1 2 5 63 64 65 1000 1001 4000000000 18446744073709551615; do
	certify "ed-$serial" ed25519 "id $serial" "$serial"
done
for serial in 0 5 64 1001; do
	certify "ec-$serial" ecdsa "id $serial" "$serial"
	certify "rsa-$serial" rsa "id $serial" "$serial"
done
for key in "$data"/keys/*.pub; do
	cp "$key" "set/$(basename "$key")"
done

make_list() { # NAME [OPTIONS]: the directives are on standard input
	name=$1
	shift
	cat >secret/spec
	ssh-keygen -q -k -f "set/$name.krl" "$@" secret/spec
}
printf '' | make_list empty
make_list keys <set/ed25519.pub
cat set/rsa2048.pub set/ecdsa384.pub set/sk-ed25519.pub set/ca-ecdsa.pub | make_list many-keys
sed 's/^/key: /' set/dsa.pub set/rsa3072.pub set/sk-ecdsa256.pub | make_list key
sed 's/^/sha1: /' set/ed25519.pub set/rsa2048.pub set/ecdsa521.pub | make_list sha1
sed 's/^/sha256: /' set/ed25519.pub set/rsa2048.pub set/ca-ed25519.pub set/ecdsa256.pub | make_list sha256
ssh-keygen -lf set/sk-ecdsa256.pub | awk '{ print "hash: " $2 }' | make_list hash
cat set/ed-5.pub set/ed-0.pub set/rsa-64.pub set/ec-0.pub | make_list certificates
for ca in ed25519 ecdsa rsa; do
	printf 'serial: 5\n' | make_list "serial-$ca" -s "set/ca-$ca.pub"
	printf 'id: id 0\nid: id 1000\n' | make_list "id-$ca" -s "set/ca-$ca.pub"
	printf 'serial: 64-1000\nserial: 0xee6b2800\n' | make_list "range-$ca" -s "set/ca-$ca.pub"
done
printf 'serial: 18446744073709551615\nserial: 1\n' | make_list ends -s set/ca-ed25519.pub
# dense enough that ssh-keygen writes bitmaps
awk 'BEGIN { for (i = 1; i < 200; i += 3) print "serial: " i; for (i = 995; i < 1010; i += 2) print "serial: " i }' |
	make_list bitmap -s set/ca-ed25519.pub
printf 'serial: 5\nserial: 63-65\nid: id 1001\n' | make_list every -s none
{
	sed 's/^/sha1: /' set/ecdsa256.pub
	sed 's/^/sha256: /' set/ed25519.pub
	sed 's/^/key: /' set/sk-ed25519.pub
	printf 'serial: 2\nid: id 5\n'
} | make_list all -s set/ca-rsa.pub

"$tool" "$keygen" "${1:-2}" "$dir/set"
