# fish completion for keyaudit(8)
function __keyaudit_reasons
    keyaudit explain --list 2>/dev/null | string replace -r '^(\S+)\s+' '$1\t'
end

# the verb that stands on the line is one of these
function __keyaudit_verb
    set -l words (commandline -opc)
    for word in $words[2..]
        string match -q -- '-*' $word; and continue
        contains -- $word $argv
        return
    end
    return 1
end

function __keyaudit_no_verb
    for word in (commandline -opc)[2..]
        string match -q -- '-*' $word; or return 1
    end
end

complete -c keyaudit -f
complete -c keyaudit -l color -x -a "auto always never" -d "When to colour"
complete -c keyaudit -l help -d "What it does"
complete -c keyaudit -n __keyaudit_no_verb -l version -d "The version"
complete -c keyaudit -n __keyaudit_no_verb -a doctor -d "What keeps USER from logging in with a key, and how to mend it"
complete -c keyaudit -n __keyaudit_no_verb -a explain -d "What a reason id, or a line of sshd's log, means"
complete -c keyaudit -n __keyaudit_no_verb -a log -d "The audit trail as a table or JSON"
complete -c keyaudit -n __keyaudit_no_verb -a metrics -d "Counters of the audit trail for Prometheus"
complete -c keyaudit -n __keyaudit_no_verb -a report -d "The audit trail as one page to read in a browser"
complete -c keyaudit -n __keyaudit_no_verb -a verify -d "Whether the audit trail is what was written"
complete -c keyaudit -n __keyaudit_no_verb -a keys -d "Which keys would be served for USER, and why not the others"
complete -c keyaudit -n __keyaudit_no_verb -a vet -d "Judge the keys of a file"
complete -c keyaudit -n __keyaudit_no_verb -a blocklist -d "Lists of keys whose private half is known"
complete -c keyaudit -n __keyaudit_no_verb -a cache -d "What key stores have answered, and how old it is"
complete -c keyaudit -n __keyaudit_no_verb -a sign -d "Sign documents with keys for a key store"
complete -c keyaudit -n __keyaudit_no_verb -a publish -d "Make a key store of signed documents from a folder of key files"
complete -c keyaudit -n __keyaudit_no_verb -a config -d "Check or show the configuration"
complete -c keyaudit -n __keyaudit_no_verb -a refresh -d "Ask the key stores now for what is no longer fresh"
complete -c keyaudit -n __keyaudit_no_verb -a version -d "Versions of keyaudit and what it found here"
complete -c keyaudit -n __keyaudit_no_verb -a record -d "For pam_keyaudit.so"
complete -c keyaudit -n __keyaudit_no_verb -a collect -d "Write events for connections that have ended"
complete -c keyaudit -n __keyaudit_no_verb -a help -d "The verbs"

complete -c keyaudit -n "__keyaudit_verb doctor explain log verify keys vet blocklist cache publish config" -l json -d JSON
complete -c keyaudit -n "__keyaudit_verb doctor explain log verify metrics keys vet blocklist cache publish config collect report" -s c -r -F -d "Another configuration file"
complete -c keyaudit -n "__keyaudit_verb doctor keys" -a "(__fish_complete_users)"
complete -c keyaudit -n "__keyaudit_verb doctor" -l key -r -F -d "The key in question"
complete -c keyaudit -n "__keyaudit_verb doctor" -l all-users -d "Every account"
complete -c keyaudit -n "__keyaudit_verb doctor" -l watch -d "Explain the user's next attempt"
complete -c keyaudit -n "__keyaudit_verb doctor" -l strict -d "With --all-users: warnings count as well"
complete -c keyaudit -n "__keyaudit_verb doctor" -l fix -d "Mend it, after a question for each change"
complete -c keyaudit -n "__keyaudit_verb doctor" -l yes -d "No questions"
complete -c keyaudit -n "__keyaudit_verb doctor" -l trust-content -d "The keys that others could have written are right"
complete -c keyaudit -n "__keyaudit_verb doctor" -l dry-run -d "What --fix would do, as a shell script"
complete -c keyaudit -n "__keyaudit_verb doctor" -l undo -d "Put back what --fix changed"
complete -c keyaudit -n "__keyaudit_verb doctor" -l from -x -d "As a client with this address"
complete -c keyaudit -n "__keyaudit_verb explain" -a "(__keyaudit_reasons)"
complete -c keyaudit -n "__keyaudit_verb explain log metrics" -l trail -r -F -d "Another trail"
complete -c keyaudit -n "__keyaudit_verb explain" -l list -d "Every id with its meaning"
complete -c keyaudit -n "__keyaudit_verb log" -s n -x -d "Only the last"
complete -c keyaudit -n "__keyaudit_verb log" -l user -x -a "(__fish_complete_users)" -d "Only this user"
complete -c keyaudit -n "__keyaudit_verb log" -l reason -x -a "(__keyaudit_reasons)" -d "Only this reason or family"
complete -c keyaudit -n "__keyaudit_verb log" -l from -x -d "Only from this address or network"
complete -c keyaudit -n "__keyaudit_verb log" -l key -x -d "Only where this key was offered"
complete -c keyaudit -n "__keyaudit_verb log" -l outcome -x -a "success failure unknown" -d "Only this outcome"
complete -c keyaudit -n "__keyaudit_verb log" -l until -x -d "Before that"
complete -c keyaudit -n "__keyaudit_verb log" -l source -x -d "Only where this source was asked"
complete -c keyaudit -n "__keyaudit_verb log" -l since -x -d "Since 15m, 2h, 7d ago or a UTC time"
complete -c keyaudit -n "__keyaudit_verb log" -a export -d "In another form"
complete -c keyaudit -n "__keyaudit_verb log" -a show -d "Everything about one event"
complete -c keyaudit -n "__keyaudit_verb log" -a stats -d "Top reasons, users, clients and hours"
complete -c keyaudit -n "__keyaudit_verb log" -l local -d "Times of this zone"
complete -c keyaudit -n "__keyaudit_verb log" -l utc -d "Times in UTC"
complete -c keyaudit -n "__keyaudit_verb log" -l no-pager -d "No pager"
complete -c keyaudit -n "__keyaudit_verb log" -l top -x -d "Of stats: so many of each"
complete -c keyaudit -n "__keyaudit_verb log" -a rotate -d "Begin a new file of the trail"
complete -c keyaudit -n "__keyaudit_verb log" -l if-older -x -d "Of rotate: only what began before"
complete -c keyaudit -n "__keyaudit_verb log" -l if-larger -x -d "Of rotate: only so many bytes"
complete -c keyaudit -n "__keyaudit_verb log" -a seal -d "End an epoch of the trail"
complete -c keyaudit -n "__keyaudit_verb log" -l init -d "Of seal: make the first key and show K0"
complete -c keyaudit -n "__keyaudit_verb log" -l format -x -a "ecs ocsf cef kv" -d "Of export"
complete -c keyaudit -n "__keyaudit_verb log" -s f -l follow -d "Stay and show what comes"
complete -c keyaudit -n "__keyaudit_verb metrics" -l textfile -r -F -d "Replaced whole; - prints it"
complete -c keyaudit -n "__keyaudit_verb metrics" -l state -r -F -d "What was counted"
complete -c keyaudit -n "__keyaudit_verb report" -l html -r -F -d "Where to, - for standard output"
complete -c keyaudit -n "__keyaudit_verb report" -l since -x -d "Since 12h, 90d ago or a UTC time"
complete -c keyaudit -n "__keyaudit_verb report" -l until -x -d "Until then"
complete -c keyaudit -n "__keyaudit_verb report" -l trail -r -F -d "Another trail"
complete -c keyaudit -n "__keyaudit_verb verify" -l anchor -r -F -d "What somebody else holds"
complete -c keyaudit -n "__keyaudit_verb verify" -l key -r -F -d "K0, - for standard input"
complete -c keyaudit -n "__keyaudit_verb verify" -l strict -d "Nothing behind the last anchor is good enough"
complete -c keyaudit -n "__keyaudit_verb verify" -l seals -r -F -d "Other seals"
complete -c keyaudit -n "__keyaudit_verb vet" -F
complete -c keyaudit -n "__keyaudit_verb vet" -l user -x -a "(__fish_complete_users)" -d "With the profile of this user"
complete -c keyaudit -n "__keyaudit_verb vet" -l strict -d "Warnings count as refusals"
complete -c keyaudit -n "__keyaudit_verb vet" -l all -d "Every file of a directory"
complete -c keyaudit -n "__keyaudit_verb vet" -l dump -d "Files hold keys of many accounts"
complete -c keyaudit -n "__keyaudit_verb vet" -l summary -d "Findings only, and how many there are of what"
complete -c keyaudit -n "__keyaudit_verb blocklist" -l to -r -F -d "Another list"
complete -c keyaudit -n "__keyaudit_verb blocklist" -l names -r -F -d badkeysdata.json
complete -c keyaudit -n "__keyaudit_verb blocklist" -l sum -x -d "SHA-256 of the list"
complete -c keyaudit -n "__keyaudit_verb blocklist" -l ca-file -r -F -d "Of the server"
complete -c keyaudit -n "__keyaudit_verb blocklist" -l pins -x -d "Of the server"
complete -c keyaudit -n "__keyaudit_verb blocklist" -l allow-shrink -d "Also a much smaller list"
complete -c keyaudit -n "__keyaudit_verb blocklist" -a "update status lookup"
complete -c keyaudit -n "__keyaudit_verb cache" -l verdicts -d "Not the stores: what is kept of authkeys-vet's answers"
complete -c keyaudit -n "__keyaudit_verb cache" -a "status expire clear forget-serial (__fish_complete_users)"
complete -c keyaudit -n "__keyaudit_verb refresh" -l now -d "Also what is fresh"
complete -c keyaudit -n "__keyaudit_verb refresh" -l source -x -d "This source alone"
complete -c keyaudit -n "__keyaudit_verb sign" -F
complete -c keyaudit -n "__keyaudit_verb sign publish" -l key -r -F -d "Who signs"
complete -c keyaudit -n "__keyaudit_verb sign publish" -l signer-agent -r -F -d "Another agent"
complete -c keyaudit -n "__keyaudit_verb sign publish" -l hosts -x -d "For which hosts"
complete -c keyaudit -n "__keyaudit_verb sign publish" -l serial -x -d "Higher than every earlier one"
complete -c keyaudit -n "__keyaudit_verb sign publish" -l expires -x -d "How long it is good"
complete -c keyaudit -n "__keyaudit_verb sign" -l user -x -a "(__fish_complete_users)" -d "Whose keys"
complete -c keyaudit -n "__keyaudit_verb sign" -l output -r -F -d "Write there"
complete -c keyaudit -n "__keyaudit_verb publish" -l from -x -a "(__fish_complete_directories)" -d "Key files"
complete -c keyaudit -n "__keyaudit_verb publish" -l to -x -a "(__fish_complete_directories)" -d "What is served"
complete -c keyaudit -n "__keyaudit_verb publish" -l revoked -r -F -d "Fingerprints"
complete -c keyaudit -n "__keyaudit_verb publish" -l refused -x -a "stop leave-out publish" -d "When a key is refused"
complete -c keyaudit -n "__keyaudit_verb publish" -l max-removed -x -d "So many users may vanish"
complete -c keyaudit -n "__keyaudit_verb publish" -l jobs -x -d "ssh-keygen processes at once"
complete -c keyaudit -n "__keyaudit_verb publish" -l dry-run -d "Say what would be done"
complete -c keyaudit -n "__keyaudit_verb config" -a "check show"
complete -c keyaudit -n "__keyaudit_verb config" -l user -x -a "(__fish_complete_users)" -d "The policy for this user"
complete -c keyaudit -n "__keyaudit_verb config" -l source -x -d "The policy for this source"
complete -c keyaudit -n "__keyaudit_verb config keys vet" -s P -x -a "default strict bsi fips sk-only" -d "With this profile"
complete -c keyaudit -n "__keyaudit_verb config" -l effective -d "The values in force"
complete -c keyaudit -n "__keyaudit_verb record" -l connection -x -d "The monitor and its start"
complete -c keyaudit -n "__keyaudit_verb record" -l phase -x -a "auth account session" -d "Of PAM"
complete -c keyaudit -n "__keyaudit_verb record" -l enforce -d "Be a gate"
complete -c keyaudit -n "__keyaudit_verb collect" -l watch -d "Stay and watch"
complete -c keyaudit -n "__keyaudit_verb collect" -l verbose -d "Say what happens"
