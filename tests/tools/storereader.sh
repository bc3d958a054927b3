#!/bin/bash
# SPDX-License-Identifier: ISC
# A reader of signed documents that shares nothing with ours: docs/store-protocol.md, ssh-keygen -Y and a shell. Where it and
# keyaudit do not agree, one of them or the page is wrong.
# usage: storereader.sh [NAME=VALUE...] DOCUMENT           "- SIGNER..." or the reason of the refusal, with status 1
#        storereader.sh --cases DIR                        every case of tests/cases/signed; says which differ
# NAME: signers (a file), kind (keys, revoked, index), user, host, now, threshold, verify (yes, no), memory ("SERIAL SHA512")
# shellcheck disable=SC2053,SC2086 # patterns are wanted, and words
set -u
export LC_ALL=C TZ=UTC
begin='-----BEGIN SSH SIGNATURE-----' end='-----END SSH SIGNATURE-----'
tmp=$(mktemp -d) && trap 'rm -rf "$tmp"' EXIT

refuse() { printf '%s\n' "$1"; exit 1; }
bad() { refuse store.bad-answer; }

# ---- a block ----
u32() { [ $((at + 8)) -le ${#hex} ] && n=$((16#${hex:at:8})) && at=$((at + 8)); }
string() { u32 && [ $((at + 2 * n)) -le ${#hex} ] && value=${hex:at:2*n} && at=$((at + 2 * n)); }
hex_of() { od -An -v -tx1 | tr -d ' \n'; }
is() { string && [ "$value" = "$(printf %s "$1" | hex_of)" ]; }

# BASE64: sets key and sig; not of a form that may be: false
take_apart() {
	printf %s "$1" | base64 -d >"$tmp/bytes" 2>/dev/null && [ "$(base64 -w 0 "$tmp/bytes")" = "$1" ] || return 1
	hex=$(hex_of <"$tmp/bytes") at=20
	[ "${hex:0:20}" = 53534853494700000001 ] && string && key=$value && is keyaudit && is '' && string || return 1
	case $value in 736861353132 | 736861323536) ;; *) return 1 ;; esac
	string && sig=$value && [ "$at" = ${#hex} ] || return 1
	hex=$key at=0
	string && type=$(printf %s "$value" | sed 's/../\\x&/g' | xargs -0 printf %b | tr -d '\000') && [[ $type != *-cert-v0[01]@openssh.com ]]
}
# a security key's: touched, and verified where that is demanded
has_flags() {
	local flags mask=1
	[ "$verify" = no ] || mask=5
	hex=$sig at=0
	string && string && flags=$((16#${hex:at:2})) && [ $((flags & mask)) = $mask ]
}
# BASE64: refuses, counts its signer in names, or leaves it out
take_block() {
	local who
	take_apart "$1" || refuse store.signature-bad
	case $type in ssh-ed25519 | sk-ssh-ed25519@openssh.com) ;; *) return ;; esac
	{ echo "$begin"; fold -w 70 <<<"$1"; echo "$end"; } >"$tmp/block"
	who=$(ssh-keygen -Y find-principals -O "verify-time=$stamp" -s "$tmp/block" -f "$tmp/signers" 2>"$tmp/said") || {
		! grep -q 'bad options' "$tmp/said" || refuse conf.invalid
		return
	}
	ssh-keygen -Y verify -O "verify-time=$stamp" -n keyaudit -I "$who" -s "$tmp/block" -f "$tmp/signers" <"$tmp/text" >/dev/null 2>&1 ||
		refuse store.signature-bad
	[ "$type" = ssh-ed25519 ] || has_flags || refuse store.signature-bad
	case " $names " in *" $who "*) ;; *) names="$names $who" ;; esac
}
# what stands behind the signed text
take_blocks() {
	local line cut joined='' inside=no
	while cut=yes; IFS= read -r line && cut=no || [ -n "$line" ]; do
		if [ $inside = no ]; then
			[ "$line" != "$begin" ] || { inside=yes joined=''; continue; }
			[[ $line =~ ^[[:blank:]]*$ ]] || bad
		elif [ "$line" = "$end" ] && [ $cut = no ]; then
			inside=no
			blocks+=("$joined")
		else
			[[ $cut = no && $line =~ ^[A-Za-z0-9+/=]{1,76}$ ]] || refuse store.signature-bad
			joined+=$line
		fi
	done
	[ $inside = no ] || refuse store.signature-bad
}
# those lines of the signer file that are about us
our_signers() {
	local name rest list one ours
	while read -r name rest; do
		[[ $name != '#'* && -n $name && ! $rest =~ ^[^\ ]*cert-authority ]] || continue
		ours=yes
		if [[ $rest =~ namespaces=\"([^\"]*)\" ]]; then
			ours=no
			IFS=, read -ra list <<<"${BASH_REMATCH[1]}"
			for one in "${list[@]}"; do
				[[ $one != '!'* || keyaudit != ${one#!} ]] || { ours=no; break; }
				[[ keyaudit != $one ]] || ours=yes
			done
		fi
		[ $ours = no ] || printf '%s %s\n' "$name" "$rest"
	done <"$signers" >"$tmp/signers"
	[ "$(cut -d' ' -f1 "$tmp/signers" | sort -u | wc -l)" -ge "$threshold" ] || refuse conf.invalid
}
# ---- a document ----
is_time() { [[ $1 =~ ^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$ ]] && date -d "$1" >/dev/null 2>&1; }
header() { [[ -v head[$1] ]] && value=${head[$1]}; }
check() { # DOCUMENT
	local line names='' found=no max=262144 want=5 one globs; local -a blocks=(); local -A head=()
	[ "$kind" = keys ] || max=4194304 want=4
	[ "$(wc -c <"$1")" -le $max ] || refuse store.too-large
	line=$(grep -anxm1 -e "$begin" "$1" | cut -d: -f1)
	head -n $((${line:-2147483648} - 1)) "$1" >"$tmp/text"
	[ "$(tr -cd '\000\r' <"$tmp/text" | wc -c)" = 0 ] || bad
	! awk -v most="$([ "$kind" = keys ] && echo 1000)" '/^[ \t]*[^# \t]/ {n++} length > 16384 || (most && n > most) {exit 1}' "$tmp/text" &&
		refuse store.too-large
	exec <"$tmp/text"
	IFS= read -r one && [ "$one" = "# keyaudit-$kind-v1" ] || bad
	while IFS= read -r one && [[ $one =~ ^'# '([A-Za-z0-9_-]+)': '(.*)$ ]]; do
		[[ ! -v head[${BASH_REMATCH[1]}] ]] || bad
		head[${BASH_REMATCH[1]}]=${BASH_REMATCH[2]}
	done
	[ ${#head[@]} = $want ] || bad
	[ "$kind" != keys ] || header user && [[ $kind != keys || $value =~ ^[A-Za-z0-9_][A-Za-z0-9_.@+-]{0,254}[$]?$ ]] || bad
	header hosts && [[ " $value" =~ ^(' '[A-Za-z0-9*?._-]+){1,64}$ ]] && globs=$value || bad
	header serial && [[ $value =~ ^[1-9][0-9]{0,18}$ ]] && [ "$value" -le 9223372036854775807 ] 2>/dev/null || bad
	header issued && is_time "$value" && header expires && is_time "$value" && [[ ${head[issued]} < $value ]] || bad
	[ -n "$line" ] || refuse store.signature-missing
	take_blocks < <(tail -n "+$line" "$1" | tr '\000' '\001')
	our_signers
	for one in "${blocks[@]}"; do take_block "$one"; done
	[ -n "$names" ] || refuse store.signer-unknown
	[ "$(wc -w <<<"$names")" -ge "$threshold" ] || refuse store.threshold
	[ "$kind" != keys ] || [ "${head[user]}" = "$user" ] || refuse store.wrong-user
	set -f
	for one in $globs; do [[ ${host,,} != ${one,,} ]] || found=yes; done
	[ $found = yes ] || refuse store.wrong-host
	[ $(($(date -d "${head[issued]}" +%s) - 300)) -le "$(date -d "$now" +%s)" ] || refuse store.not-yet-valid
	[[ $now < ${head[expires]} ]] || refuse store.expired
	set -- ${memory:-0 -}
	[ "${head[serial]}" -ge "$1" ] || refuse store.serial-lower
	[ "${head[serial]}" -gt "$1" ] || [ "$2" = "$(sha512sum <"$tmp/text" | cut -d' ' -f1)" ] || refuse store.serial-reused
	printf -- '-%s\n' "$names"
}

# NAME=VALUE or "NAME VALUE"...: what is asked
ask() {
	local one
	signers='' kind=keys user='' host=$(uname -n) now=$(date +%Y-%m-%dT%H:%M:%SZ) threshold=1 verify=no memory=''
	for one; do printf -v "${one%%[= ]*}" %s "${one#*[= ]}"; done
	stamp=${now//[-:TZ]/}
}
one_case() { # DIR: what that case answers
	local -a lines
	mapfile -t lines <"$1/ask"
	ask "${lines[@]}" "signers=$1/signers"
	case $memory in
	none) memory='' ;;
	*:same) memory="${memory%:*} $(sed "/^$begin\$/,\$d" "$1/document" | sha512sum | cut -d' ' -f1)" ;;
	*) memory="${memory%:*} other" ;;
	esac
	check "$1/document"
}
cases() { # DIR
	local dir got n=0 wrong=0
	for dir in "$1"/*/; do
		n=$((n + 1))
		got=$(one_case "$dir")
		[ "$got" = "$(cat "$dir/expected")" ] || { echo "storereader: $dir: $got, not $(cat "$dir/expected")"; wrong=$((wrong + 1)); }
	done
	echo "storereader: $n cases, $wrong read otherwise by ssh-keygen and a shell"
	[ $wrong = 0 ] && [ $n -gt 0 ]
}
if [ "${1:-}" = --cases ]; then
	cases "$2"
else
	ask "${@:1:$#-1}"
	check "${!#}"
fi
