#!/bin/bash
# SPDX-License-Identifier: ISC
# completions.sh: the completions of bash, zsh and fish offer each verb and exactly the options that its --help has. bash
# is always asked itself; zsh and fish where they are installed, else their files are only searched for the names.
set -u
cd "$(dirname "$0")/../.." || exit 1
PATH=$PWD/build/bin:$PATH
bad=0 asked='' n=0
verbs=(doctor explain log metrics keys vet cache sign publish config refresh version record collect)

wrong() {
	echo "$*"
	bad=1
}

# options_of VERB: of its help
options_of() {
	{
		keyaudit "$1" --help | sed '/^examples:/,$d' | grep -oE '(^|[][ |,(])(-P|--?[a-z][a-z-]*)' | sed 's/^[^-]*//'
		echo --help
	} | sort -u
}

# from_bash LINE: what is offered behind it, a word per line
from_bash() {
	# shellcheck source=/dev/null
	(
		. conf/completions/keyaudit.bash
		read -ra COMP_WORDS <<<"$1"
		[[ $1 != *' ' ]] || COMP_WORDS+=('')
		COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
		_keyaudit
		printf '%s\n' "${COMPREPLY[@]%=}"
	)
}

from_fish() {
	fish -N -c "source conf/completions/keyaudit.fish; complete -C'$1'" | cut -f1
}

from_zsh() {
	rm -f "$tmp"/*
	zsh -f tests/lint/completions.zsh "$tmp" "$1" >/dev/null 2>&1
	cat "$tmp/1"
}

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# compare SHELL VERB: in both directions; --color may stand behind every verb
compare() {
	local told
	told=$("from_$1" "keyaudit $2 -" | grep '^-' | sort -u)
	n=$((n + 1))
	[ "$(grep -vx -e --color <<<"$told")" = "$(options_of "$2" | grep -vx -e --color)" ] ||
		wrong "$1: keyaudit $2 - offers: $(tr '\n' ' ' <<<"$told"); its help has: $(options_of "$2" | tr '\n' ' ')"
}

all() {
	local verb told
	asked="$asked $1"
	told=$("from_$1" 'keyaudit ')
	for verb in "${verbs[@]}"; do
		grep -qx "$verb" <<<"$told" || wrong "$1: the verb $verb is not offered"
		compare "$1" "$verb"
	done
	grep -qx 'perm.world-writable' <<<"$("from_$1" 'keyaudit explain perm.wo')" || wrong "$1: explain does not offer reasons"
	grep -qE '^(/etc/)?hostname$' <<<"$("from_$1" 'keyaudit vet /etc/hostn')" || wrong "$1: vet does not offer files"
	[ "$("from_$1" 'keyaudit config sh')" = show ] || wrong "$1: config does not offer show"
}

# search FILE: the names at least
search() {
	local verb option name
	for verb in "${verbs[@]}"; do
		grep -q "\b$verb\b" "$1" || wrong "$1: the verb $verb is missing"
		for option in $(options_of "$verb"); do
			name=${option#-} name=${name#-}
			grep -qE -e "(^|[^a-z-])${option}([^a-z-]|\$)" -e "-[ls] ${name}( |\$)" "$1" || wrong "$1: $verb: $option is missing"
		done
	done
}

bash -n conf/completions/keyaudit.bash || bad=1
all bash
if command -v fish >/dev/null; then
	fish --no-execute conf/completions/keyaudit.fish || bad=1
	all fish
else
	search conf/completions/keyaudit.fish
fi
if command -v zsh >/dev/null; then
	zsh -n conf/completions/_keyaudit || bad=1
	all zsh
else
	search conf/completions/_keyaudit
fi
[ "$bad" != 0 ] || echo "completions: $n verbs, asked:$asked"
exit "$bad"
