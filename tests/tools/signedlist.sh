# SPDX-License-Identifier: ISC
# shellcheck shell=bash disable=SC2154 # the cases of signedcases.sh, which sources this: first what is accepted, then every
# refusal beside the neighbour that is not

# ---- accepted --------------------------------------------------------------------------------------------------------
text | signed ops | case_ good '- ops' ops
text | with sign ops sha256 | case_ good-sha256 '- ops' ops
text | with sk | case_ good-sk '- touch' sk
text | with sk --flags 5 | case_ good-sk-verified '- touch' sk verify=yes
text | signed ops sec | case_ good-two-of-two '- ops sec' 'ops sec' threshold=2
text | signed stranger ops | case_ good-beside-stranger '- ops' ops
text | signed rsa ops | case_ good-beside-rsa '- ops' 'rsa ops'
text | signed ops ops | case_ good-twice '- ops' ops
text | with made --wrap 76 | case_ good-wide-lines '- made' made
{ text | signed ops && echo && echo '  '; } | case_ good-blank-lines '- ops' ops
text hosts='db* WEB?.example.com' | signed ops | case_ good-host '- ops' ops host=web1.EXAMPLE.com
text issued=2026-11-23T12:05:00Z | signed ops | case_ good-issued-soon '- ops' ops
text | signed ops | case_ good-last-second '- ops' ops now=2026-11-29T09:59:59Z
text | signed ops | case_ good-serial-same '- ops' ops memory=42:same
text | signed ops | case_ good-serial-higher '- ops' ops memory=41:other
text serial=9223372036854775807 | signed ops | case_ good-serial-highest '- ops' ops memory=9223372036854775806:other
head_ | signed ops | case_ good-no-keys '- ops' ops
{ head_ && printf '\n# Note: a free comment\n%s' "$alice"$'\n'; } | signed ops | case_ good-comment '- ops' ops
text user=bob_2.x@example.com | signed ops | case_ good-user '- ops' ops user=bob_2.x@example.com
echo "ops valid-after=\"20261123120000Z\",valid-before=\"20261123120000Z\" $(pub ops)" >"$tmp/signers" # refused: no window
text | signed ops | case_ signers-no-window conf.invalid '-'
echo "ops Valid-After=\"20261123120000Z\",NAMESPACES=\"*,!git\" $(pub ops)" >"$tmp/signers"
text | signed ops | case_ good-signer-from-now '- ops' '-'
echo "ops valid-before=\"20261123120000Z\" $(pub ops)" >"$tmp/signers"
text | signed ops | case_ good-signer-until-now '- ops' '-'

# ---- no signature that counts ----------------------------------------------------------------------------------------
text | case_ no-block store.signature-missing ops
{ text | tr '\n' '|' | sed 's/|$//' | tr '|' '\n' && text | sign ops; } | case_ block-glued store.signature-missing ops
text | signed stranger | case_ stranger store.signer-unknown ops
text | signed rsa | case_ rsa-alone store.signer-unknown 'ops rsa'
echo "ops valid-after=\"20261123120001Z\" $(pub ops)" >"$tmp/signers"
text | signed ops | case_ signer-not-yet store.signer-unknown '-'
echo "ops valid-before=\"20261123115959Z\" $(pub ops)" >"$tmp/signers"
text | signed ops | case_ signer-expired store.signer-unknown '-'
{ echo "ops namespaces=\"git,file\" $(pub ops)" && signers sec; } >"$tmp/signers"
text | signed ops | case_ signer-of-git store.signer-unknown '-'
{ echo "ops cert-authority,namespaces=\"keyaudit\" $(pub ops)" && signers sec; } >"$tmp/signers"
text | signed ops | case_ signer-is-ca store.signer-unknown '-'
text | signed ops | case_ one-of-two store.threshold 'ops sec' threshold=2
text | signed ops ops | case_ one-key-twice store.threshold 'ops sec' threshold=2
text | signed ops ops-new | case_ one-name-twice store.threshold 'ops ops-new sec' threshold=2
text | signed ops stranger | case_ one-and-stranger store.threshold 'ops sec' threshold=2
text | signed ops ops | case_ signers-too-few conf.invalid ops threshold=2
text | signed ops ops-new | case_ signers-one-name conf.invalid 'ops ops-new' threshold=2

# ---- signatures that are not genuine ---------------------------------------------------------------------------------
text | signed ops | sed 's/alice@laptop/alice@lapton/' | case_ changed-text store.signature-bad ops
text | signed ops | sed 's/^# serial: 42$/# serial: 43/' | case_ changed-header store.signature-bad ops
text | signed ops | head -n 9 | case_ block-cut store.signature-bad ops
text | signed ops | head -c -1 | case_ block-without-end-of-line store.signature-bad ops
text | signed ops | sed '/^-----BEGIN/q' | case_ block-begins-only store.signature-bad ops
text | signed ops | awk '{ print } /^-----BEGIN/ { print "" }' | case_ block-empty-line store.signature-bad ops
text | signed ops | sed '/^-----END/i AAAA' | case_ block-longer store.signature-bad ops
text | signed ops sec | sed '$d' | case_ second-block-cut store.signature-bad ops
{ text | signed ops && text user=bob | sign sec; } | case_ second-block-of-other-text store.signature-bad 'ops sec'
{ text | signed ops && text user=bob | sign stranger; } | case_ good-stranger-of-other-text '- ops' ops
text | with sign ops sha512 git | case_ namespace-git store.signature-bad ops
text | with sign ops sha512 file | case_ namespace-file store.signature-bad ops
text | with sign stranger sha512 git | case_ namespace-git-stranger store.signature-bad ops
text | with made --reserved x | case_ reserved store.signature-bad made
text | with made --reserved x | case_ reserved-stranger store.signature-bad ops
text | with made --version 2 | case_ version-two store.signature-bad made
text | with made --hash sha384 | case_ other-hash store.signature-bad made
text | with made --behind x | case_ bytes-behind store.signature-bad made
text | with made --wrap 77 | case_ line-too-wide store.signature-bad made
text | with made --type ssh-ed25519-cert-v01@openssh.com | case_ certificate store.signature-bad made
text | with made --type ssh-ed448 | case_ other-type store.signer-unknown made
text | with sk --flags 0 | case_ sk-not-touched store.signature-bad sk
text | with sk --flags 4 | case_ sk-verified-not-touched store.signature-bad sk
text | with sk | case_ sk-not-verified store.signature-bad sk verify=yes

# ---- genuine, and not for here and now -------------------------------------------------------------------------------
text user=bob | signed ops | case_ other-user store.wrong-user ops
text user=Alice | signed ops | case_ other-case store.wrong-user ops
text hosts='db* mail?' | signed ops | case_ other-host store.wrong-host ops
text hosts='web1' | signed ops | case_ host-without-domain store.wrong-host ops
text issued=2026-11-23T12:05:01Z | signed ops | case_ issued-later store.not-yet-valid ops
text | signed ops | case_ expired store.expired ops now=2026-11-29T10:00:00Z
text | signed ops | case_ serial-lower store.serial-lower ops memory=43:other
text | signed ops | case_ serial-lower-same-text store.serial-lower ops memory=43:same
text | signed ops | case_ serial-reused store.serial-reused ops memory=42:other

# ---- the first question that fails answers ---------------------------------------------------------------------------
text user=bob hosts=db serial=1 expires=2026-11-22T11:00:00Z | signed stranger | case_ order-signature store.signer-unknown ops memory=9:other
text user=bob hosts=db serial=1 expires=2026-11-22T11:00:00Z | signed ops | case_ order-user store.wrong-user ops memory=9:other
text hosts=db serial=1 expires=2026-11-22T11:00:00Z | signed ops | case_ order-host store.wrong-host ops memory=9:other
text serial=1 expires=2026-11-22T11:00:00Z | signed ops | case_ order-time store.expired ops memory=9:other

# ---- no such document ------------------------------------------------------------------------------------------------
printf '<!DOCTYPE html>\n<html><body>It works!</body></html>\n' | case_ html store.bad-answer ops
: | case_ empty store.bad-answer ops
text | sed 's/$/\r/' | signed ops | case_ crlf store.bad-answer ops
text | sed 's/laptop/\x00/' | signed ops | case_ nul store.bad-answer ops
text | sed 1d | signed ops | case_ no-magic store.bad-answer ops
text | sed 's/keys-v1/keys-v2/' | signed ops | case_ magic-v2 store.bad-answer ops
text | sed 's/keys-v1/revoked-v1/' | signed ops | case_ magic-revoked store.bad-answer ops
text | sed '/^# user/a # roles: admin' | signed ops | case_ header-unknown store.bad-answer ops
text | sed '/^# user/a # user: alice' | signed ops | case_ header-twice store.bad-answer ops
text | sed 's/^# serial/# Serial/' | signed ops | case_ header-other-case store.bad-answer ops
text | sed 's/^# serial: /# serial:/' | signed ops | case_ header-no-blank store.bad-answer ops
for h in user hosts serial issued expires; do text $h= | signed ops | case_ "header-no-$h" store.bad-answer ops; done
text user='alice bob' | signed ops | case_ user-two store.bad-answer ops
text user='*' | signed ops | case_ user-glob store.bad-answer ops 'user=*'
text hosts='a  b' | signed ops | case_ hosts-two-blanks store.bad-answer ops
text hosts='*,!web1' | signed ops | case_ hosts-list store.bad-answer ops
text hosts='* ' | signed ops | case_ hosts-blank-behind store.bad-answer ops
text serial=042 | signed ops | case_ serial-leading-zero store.bad-answer ops
text serial=0 | signed ops | case_ serial-zero store.bad-answer ops
text serial=9223372036854775808 | signed ops | case_ serial-too-high store.bad-answer ops
text serial=-1 | signed ops | case_ serial-negative store.bad-answer ops
text expires=2026-11-31T10:00:00Z | signed ops | case_ no-such-day store.bad-answer ops
text expires=2026-11-29T10:00:00+00:00 | signed ops | case_ time-with-offset store.bad-answer ops
text expires=2026-11-22T10:00:00Z | signed ops | case_ expires-as-issued store.bad-answer ops
{ text | signed ops && echo "$alice"; } | case_ key-behind store.bad-answer ops
{ text | signed ops && echo "# comment"; } | case_ comment-behind store.bad-answer ops

# ---- the revoked list and the index ----------------------------------------------------------------------------------
list() { head_ user= "$@" | sed 's/keys-v1/revoked-v1/' && echo "$fp lost laptop"; }
index() { head_ user= "$@" | sed 's/keys-v1/index-v1/' && echo "alice 42 $(text | sha256sum | cut -d' ' -f1)"; }
list | signed ops | case_ good-list '- ops' ops kind=revoked
index | signed ops | case_ good-index '- ops' ops kind=index
{ list && echo '# lost'; } | signed ops | case_ good-list-other '- ops' ops kind=revoked
{ index && echo "bob 42 $(printf '' | sha256sum | cut -d' ' -f1)"; } | signed ops | case_ good-index-other '- ops' ops kind=index
list serial=41 | signed ops | case_ good-list-lower '- ops' ops kind=revoked
index serial=41 | signed ops | case_ good-index-lower '- ops' ops kind=index
list hosts=db | signed ops | case_ list-other-host store.wrong-host ops kind=revoked
list | signed ops | case_ list-expired store.expired ops kind=revoked now=2026-11-29T10:00:00Z
list | sed '/^# hosts/a # user: alice' | signed ops | case_ list-with-user store.bad-answer ops kind=revoked
list | signed ops | case_ list-as-index store.bad-answer ops kind=index
index | signed ops | case_ index-as-keys store.bad-answer ops
list | signed stranger | case_ list-stranger store.signer-unknown ops kind=revoked

# ---- the document of store-formats, signed by somebody whose key nobody here has ---------------------------------------
cat >"$tmp/signers" <<-'END'
	ops namespaces="keyaudit" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKmlSWeSuoQN/PY4fhluYKI02f1AQg4K3x47sDu1SKp/
END
case_ good-published '- ops' '-' <<-'END'
	# keyaudit-keys-v1
	# user: alice
	# hosts: *
	# serial: 42
	# issued: 2026-11-22T10:00:00Z
	# expires: 2026-11-29T10:00:00Z
	ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIP4c0dsOHq5vBNwtKeroAvBjRTyCtcz7jgy5OCu3feNl alice@laptop
	-----BEGIN SSH SIGNATURE-----
	U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAgqaVJZ5K6hA389jh+GW5gojTZ/U
	BCDgrfHjuwO7VIqn8AAAAIa2V5YXVkaXQAAAAAAAAABnNoYTUxMgAAAFMAAAALc3NoLWVk
	MjU1MTkAAABAy5uAQSGk6ylHVbF+ocfpdtPxw0JlmtEIHbaI4QsZ5nOuA5uJ2pp1vgd20Z
	Cm2AQZRlnPVDskxFbaXE/uLM77Ag==
	-----END SSH SIGNATURE-----
END
