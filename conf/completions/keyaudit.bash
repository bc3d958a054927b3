# bash completion for keyaudit(8)
_keyaudit()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} verb=${COMP_WORDS[1]-} words=''
	COMPREPLY=()
	if [ "$COMP_CWORD" = 1 ]; then
		words='doctor explain log keys vet config version record collect help'
	elif [ "$prev" = --key ] || [ "$prev" = --trail ] || [ "$prev" = -c ]; then
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
	else
		case $verb in
		doctor) words="--key --from --json -c --help $(compgen -u)" ;;
		keys) words="--json -c --help $(compgen -u)" ;;
		explain) words="--json --list --help $(keyaudit explain --list 2>/dev/null | cut -d' ' -f1)" ;;
		log) words='--json -n --user --source --reason --since --follow --color= --trail -c --help' ;;
		vet)
			mapfile -t COMPREPLY < <(compgen -f -- "$cur")
			words='--json --strict -c --help'
			;;
		config) words='check show --effective --json -c --help' ;;
		collect) words='--watch --verbose -c --help' ;;
		esac
	fi
	mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -W "$words" -- "$cur")
}
complete -F _keyaudit keyaudit
