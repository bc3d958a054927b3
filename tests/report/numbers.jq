# The numbers of the page of `keyaudit report`, counted by jq from the trail: `jq -rs -f numbers.jq TRAIL`, lines as rows.py prints them.
# The trail is that of trail.py, asked for from 2026-07-01 to 2026-08-31; its reasons about a key itself stand here by name.
def of_key: IN("key.rsa-too-short", "key.type-dsa", "revoked.store");
def known: IN("perm.home-writable", "no.such-reason") | not;
def is_refusal: .event.action | IN("ssh-key-refused", "ssh-login-denied", "ssh-key-refused-summary");
def stands_for: .keyaudit.count // 1;
def day: .["@timestamp"][0:10];
def minute: .["@timestamp"][0:16] | sub("T"; " ");
def cell(name; value): "\(name)=\(value)";
# the keys that one event speaks of: fingerprint, type, reason
def keys_of:
  . as $e
  | [(.keyaudit.offers // [])[] | split(" ") | select(length == 3)] as $offers
  | [$offers[] | select(.[2] | of_key) | { fp: .[1], type: .[0], reason: .[2] }] as $said
  | if ($said | length) > 0 then $said[]
    elif $e.keyaudit.key != null and ($offers | all(.[1] == $e.keyaudit.key.fingerprint)) then
      (first(([$e.event.code] + ($e.keyaudit.also // []))[] | select(of_key)) // empty)
      | { fp: $e.keyaudit.key.fingerprint, type: $e.keyaudit.key.type, reason: . }
    else empty end;

[.[] | select(.["@timestamp"] >= "2026-07-01T00:00:00.000000Z" and .["@timestamp"] <= "2026-08-31T00:00:00.000000Z")] as $all
| [$all[] | select(is_refusal)] as $refused
| [$refused | group_by(.event.code)[] | { code: .[0].event.code, n: (map(stands_for) | add), last: (.[-1] | minute) } | select(.code | known)]
  as $causes
| ([$causes | sort_by(-.n)[] | .code][0:5]) as $top
| (reduce $all[] as $e ({};
    if $e.event.action == "ssh-login-accepted" then del(.[$e.user.name])
    elif ($e | is_refusal) and $e.user.name != null and $e.event.code != "account.unknown" then
      .[$e.user.name] |= { n: ((.n // 0) + ($e | stands_for)), last: ($e | minute), at: $e["@timestamp"], code: $e.event.code }
    else . end)) as $waiting
| [$all[] | select(is_refusal or (.event.action | IN("ssh-login-accepted", "ssh-key-offered"))) as $e | keys_of as $k | $k + { at: ($e | minute), user: $e.user.name }]
  as $keys
| ("figures\t" + cell("Refusals"; $refused | map(stands_for) | add)),
  ("figures\t" + cell("Logins"; [$all[] | select(.event.action == "ssh-login-accepted")] | length)),
  ("figures\t" + cell("Users waiting"; $waiting | length)),
  ("figures\t" + cell("Keys to rotate"; [$keys[].fp] | unique | length)),
  ($refused | group_by(day)[] | . as $of_day
    | (["Refusals by day and reason", cell("Day"; .[0] | day)]
       + [$top[] as $c | cell($c; [$of_day[] | select(.event.code == $c) | stands_for] | add // 0)]
       + [cell("others"; [$of_day[] | select(.event.code as $c | $top | index($c) | not) | stands_for] | add // 0),
          cell("all"; map(stands_for) | add)]) | join("\t")),
  ($causes[] | ["Causes by number of refusals", cell("Cause"; .code), cell("Refusals"; .n), cell("Last (UTC)"; .last)] | join("\t")),
  ($waiting | to_entries[] | ["Users waiting", cell("User"; .key), cell("Refusals"; .value.n), cell("Last (UTC)"; .value.last),
    cell("Reason"; if .value.code | known then .value.code else "-" end)] | join("\t")),
  ($keys | group_by(.fp)[] | ["Keys to rotate", cell("Key"; .[0].fp), cell("Seen"; length), cell("Last (UTC)"; .[-1].at), cell("User"; .[-1].user),
    cell("Reason"; .[-1].reason)] | join("\t"))
