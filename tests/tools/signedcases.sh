#!/bin/bash
# SPDX-License-Identifier: ISC
# Make the signed documents of tests/cases/signed again, with stock ssh-keygen -Y sign wherever that can make them; the same
# bytes every time. usage: signedcases.sh [--check]
#   --check   make them elsewhere, compare, and ask ssh-keygen -Y verify about every signature of the accepted ones;
#             and does a reader that has nothing but ssh-keygen and a shell (storereader.sh) answer the same?
#
# tests/cases/signed/ID/document   what the store sends
# tests/cases/signed/ID/signers    the signer file of the host
# tests/cases/signed/ID/ask        what is asked: kind user host now threshold verify memory
# tests/cases/signed/ID/expected   reason id ("-": accepted), and who signed; written here by hand, never taken from a run
#
# The keys of tests/data/signers sign nothing but tests. tests/unit/test_signedcheck.c reads the cases.
set -eu
export LC_ALL=C TZ=UTC
cd "$(dirname "$0")/../.."
sigmake=$PWD/build/tests/tools/sigmake
[ -x "$sigmake" ] || { echo "signedcases: build it first: make testtools" >&2; exit 2; }
cases=$PWD/tests/cases/signed
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
check=no
[ "${1:-}" != --check ] || { check=yes cases=$tmp/cases; }

keys=$tmp/keys # ssh-keygen wants private keys to be private
mkdir -m 700 "$keys"
cp tests/data/signers/* "$keys"
chmod 600 "$keys"/*
seed_ops=1111111111111111111111111111111111111111111111111111111111111111 # of keys that sigmake signs with
seed_sk=2222222222222222222222222222222222222222222222222222222222222222

pub() { cut -d' ' -f1,2 "$keys/$1.pub"; }
alice='ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIP4c0dsOHq5vBNwtKeroAvBjRTyCtcz7jgy5OCu3feNl alice@laptop'
fp='SHA256:lPnmAAbrNMYg4YQtud9EaR2o2sWlA3V8Th96QOOebF8'

# ---- pieces ----------------------------------------------------------------------------------------------------------
head_() { # NAME=VALUE...: the headers of alice's document, with these instead; NAME= leaves one out
	local name value
	declare -A h=([user]=alice [hosts]='*' [serial]=42 [issued]=2026-11-22T10:00:00Z [expires]=2026-11-29T10:00:00Z)
	for name; do h[${name%%=*}]=${name#*=}; done
	echo '# keyaudit-keys-v1'
	for name in user hosts serial issued expires; do
		value=${h[$name]}
		[ -z "$value" ] || echo "# $name: $value"
	done
}
text() { head_ "$@" && echo "$alice"; }
sign() { # KEY [HASH [NAMESPACE]]: a block over stdin by stock ssh-keygen
	ssh-keygen -q -Y sign -n "${3:-keyaudit}" -O "hashalg=${2:-sha512}" -f "$keys/$1"
}
made() { "$sigmake" --seed "$seed_ops" "$@"; }
sk() { "$sigmake" --seed "$seed_sk" --sk ssh: "$@"; }

signers() { # NAME...: lines of the signer file
	for name; do
		case $name in
		sk) echo "touch namespaces=\"keyaudit\" $(sk --public)" ;;
		made) echo "made namespaces=\"keyaudit\" $(made --public)" ;;
		rsa) echo "bot namespaces=\"keyaudit\" $(pub rsa) one of another type" ;;
		*) echo "${name%%-*} namespaces=\"keyaudit\" $(pub "$name") $name@example.com" ;;
		esac
	done
}

# one case: its document on stdin. case_ ID EXPECTED "SIGNERS" [ASK...]
case_() {
	local dir=$cases/$1
	mkdir -p "$dir"
	cat >"$dir/document"
	if [ -e "$tmp/signers" ]; then
		mv "$tmp/signers" "$dir/signers"
	else
		# shellcheck disable=SC2086 # names
		signers $3 >"$dir/signers"
	fi
	(
		kind=keys user=alice host=web1.example.com now=2026-11-23T12:00:00Z threshold=1 verify=no memory=none
		shift 3
		for one; do declare "${one%%=*}=${one#*=}"; done
		printf 'kind %s\nuser %s\nhost %s\nnow %s\nthreshold %s\nverify %s\nmemory %s\n' \
			"$kind" "$user" "$host" "$now" "$threshold" "$verify" "$memory"
	) >"$dir/ask"
	printf '%s\n' "$2" >"$dir/expected"
}
signed() { # KEY... : the text on stdin and a block by each
	local key
	cat >"$tmp/text"
	cat "$tmp/text"
	for key; do sign "$key" <"$tmp/text" || return 1; done
}
with() { # COMMAND...: the text on stdin and the block that the command makes of it
	cat >"$tmp/text"
	cat "$tmp/text"
	"$@" <"$tmp/text"
}

rm -rf "$cases"
mkdir -p "$cases"
# shellcheck source=tests/tools/signedlist.sh
. tests/tools/signedlist.sh
n=$(find "$cases" -name document | wc -l)

# ---- --check ---------------------------------------------------------------------------------------------------------
if [ "$check" = no ]; then
	echo "signedcases: $n cases in tests/cases/signed"
	exit 0
fi
failed=0 blocks=0
diff -r "$cases" tests/cases/signed || failed=1
for dir in "$cases"/*; do
	grep -q '^- ' "$dir/expected" || continue
	now=$(sed -n 's/^now //p' "$dir/ask" | tr -d ':T-')
	sed '/^-----BEGIN SSH SIGNATURE-----$/,$d' "$dir/document" >"$tmp/text"
	# shellcheck disable=SC2013 # words are wanted
	for name in $(sed 's/^- //' "$dir/expected"); do
		found=no
		csplit -q -z -f "$tmp/block" "$dir/document" '/^-----BEGIN SSH SIGNATURE-----$/' '{*}'
		for block in "$tmp"/block*; do
			ssh-keygen -Y verify -f "$dir/signers" -I "$name" -n keyaudit -O "verify-time=$now" -s "$block" <"$tmp/text" \
				>"$tmp/log" 2>&1 && found=yes
		done
		rm -f "$tmp"/block*
		if [ "$found" = yes ]; then
			blocks=$((blocks + 1))
		else
			echo "signedcases: $dir: ssh-keygen knows no signature of $name"
			cat "$tmp/log"
			failed=1
		fi
	done
done
tests/tools/storereader.sh --cases tests/cases/signed || failed=1
echo "signedcases: $n cases made again, $blocks signers of accepted documents verified by ssh-keygen"
exit "$failed"
