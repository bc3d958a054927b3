# fish completion for keyaudit(8)
set -l verbs doctor explain log keys vet config version record collect
complete -c keyaudit -f
complete -c keyaudit -n "not __fish_seen_subcommand_from $verbs" -a "$verbs"
complete -c keyaudit -n "__fish_seen_subcommand_from doctor keys" -a "(__fish_complete_users)"
complete -c keyaudit -n "__fish_seen_subcommand_from explain" -a "(keyaudit explain --list 2>/dev/null | string split -f1 ' ')"
complete -c keyaudit -n "__fish_seen_subcommand_from config" -a "check show"
complete -c keyaudit -n "__fish_seen_subcommand_from vet" -F -l strict
complete -c keyaudit -n "__fish_seen_subcommand_from doctor" -l key -r -F
complete -c keyaudit -n "__fish_seen_subcommand_from doctor" -l from -x
complete -c keyaudit -n "__fish_seen_subcommand_from explain" -l list
complete -c keyaudit -n "__fish_seen_subcommand_from config" -l effective
complete -c keyaudit -n "__fish_seen_subcommand_from log" -l user -x -a "(__fish_complete_users)"
complete -c keyaudit -n "__fish_seen_subcommand_from log" -l reason -x -a "(keyaudit explain --list 2>/dev/null | string split -f1 ' ')"
complete -c keyaudit -n "__fish_seen_subcommand_from log" -s n -l since -l source -x
complete -c keyaudit -n "__fish_seen_subcommand_from log" -s f -l follow
complete -c keyaudit -n "__fish_seen_subcommand_from log" -l trail -r -F
complete -c keyaudit -n "__fish_seen_subcommand_from log" -l color -x -a "auto always never"
complete -c keyaudit -n "__fish_seen_subcommand_from collect" -l watch
complete -c keyaudit -n "__fish_seen_subcommand_from collect" -l verbose
complete -c keyaudit -n "__fish_seen_subcommand_from doctor keys log vet config collect" -s c -r -F
complete -c keyaudit -n "__fish_seen_subcommand_from doctor explain log keys vet config" -l json
complete -c keyaudit -n "__fish_seen_subcommand_from $verbs" -l help
