# bash completion for keyaudit(8)
_keyaudit()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} verb='' words='' i
	COMPREPLY=()
	# "=" is a word of its own here: --color=auto arrives in three
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		-* | =) ;;
		*)
			[ "${COMP_WORDS[i - 1]}" = = ] && continue
			verb=${COMP_WORDS[i]}
			break
			;;
		esac
	done
	[ "$cur" != = ] || cur=''
	[ "$prev" != = ] || prev=${COMP_WORDS[COMP_CWORD - 2]}
	case $prev in
	--key | --html | --trail | --textfile | --state | -c | --output | --signer-agent | --revoked)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	--color) words='auto always never' ;;
	--format) words='ecs ocsf cef kv' ;;
	--user) words=$(compgen -u) ;;
	--reason) words=$(keyaudit explain --list 2>/dev/null | cut -d' ' -f1) ;;
	-P) words='default strict bsi fips sk-only' ;;
	--phase) words='auth account session' ;;
	--to)
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		return
		;;
	--refused) words='stop leave-out publish' ;;
	--from)
		[ "$verb" != publish ] || mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		return
		;;
	--source | --since | --until | --connection | -n | --hosts | --serial | --expires | --max-removed | --jobs) return ;;
	*)
		case $verb in
		'') words='doctor explain log report verify metrics keys vet blocklist cache sign publish config refresh version record collect help --color= --version' ;;
		doctor) words="--key --from --all-users --strict --watch --json --fix --yes --trust-content --dry-run --undo -c $(compgen -u)" ;;
		keys) words="--json -c -P $(compgen -u)" ;;
		explain) words="--json --list --trail -c $(keyaudit explain --list 2>/dev/null | cut -d' ' -f1)" ;;
		report) words='--html --since --until --trail -c' ;;
		metrics) words='--textfile --state --trail -c' ;;
		verify) words='--anchor --key --strict --json --seals -c' ;;
		log) words='export rotate seal show stats --top --local --utc --no-pager --if-older --if-larger --init --format= --json -n --user --from --key --source --reason --outcome --since --until -f --follow --color= --trail -c' ;;
		vet)
			mapfile -t COMPREPLY < <(compgen -f -- "$cur")
			words='--all --dump --summary --json --strict --user -P -c'
			;;
		blocklist)
			mapfile -t COMPREPLY < <(compgen -f -- "$cur")
			words='update status lookup --to --names --sum --ca-file --pins --allow-shrink --json -c'
			;;
		cache) words="status expire clear forget-serial --verdicts --json -c $(compgen -u)" ;;
		refresh) words='--now --source' ;;
		sign)
			mapfile -t COMPREPLY < <(compgen -f -- "$cur")
			words='--key --signer-agent --user --hosts --serial --expires --output'
			;;
		publish)
			words='--from --to --key --hosts --expires --revoked --refused= --max-removed --serial --jobs
				--signer-agent --dry-run --json -c'
			;;
		config) words='check show --effective --user --source -P --json -c' ;;
		record) words='--connection --phase --enforce' ;;
		collect) words='--watch --verbose -c' ;;
		esac
		words="$words --help"
		;;
	esac
	mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -W "$words" -- "$cur")
	# the value follows at once
	[ "${#COMPREPLY[@]}" != 1 ] || [[ ${COMPREPLY[0]} != *= ]] || compopt -o nospace 2>/dev/null
}
complete -F _keyaudit keyaudit
