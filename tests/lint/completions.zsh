# SPDX-License-Identifier: ISC
# completions.zsh FOLDER LINE...: what zsh offers behind each line, in FOLDER/1, FOLDER/2 ... A zsh on a terminal of its
# own is given the line and a Tab, then a key whose widget says that the Tab has been dealt with: nothing waits for a clock.
emulate -L zsh
zmodload zsh/zpty zsh/zselect
folder=$1
shift
zpty -b inner zsh -f -i
inner() { zpty -w inner "$1"; }
inner "PS1= PS2=; stty -echo; LISTMAX=10000"
inner "fpath=(${(q)PWD}/conf/completions \$fpath); autoload -U compinit && compinit -u -D"
inner "bindkey '^I' complete-word; out=/dev/null"
# what would be added is written down; -O and -A only ask
inner 'compadd() { local -a o; (( ${@[(I)-[OAD]]} )) || { builtin compadd -O o "$@"; (( $#o )) && print -rl -- $o >>$out; }; builtin compadd "$@"; }'
inner 'dealt_with() { : >$out.done; BUFFER= }; zle -N dealt_with; bindkey "^Xq" dealt_with'
n=0
for line in "$@"; do
	(( n++ ))
	: >$folder/$n
	inner "out=${(q)folder}/$n"
	zpty -w -n inner "$line"$'\t\x18q'
	for i in {1..400}; do # the inner shell has 20 s
		[[ ! -e $folder/$n.done ]] || break
		while zpty -r -t inner chunk; do :; done # the terminal must not fill up
		zselect -t 5
	done
	sort -u -o $folder/$n $folder/$n
done
zpty -d inner
