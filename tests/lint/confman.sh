#!/bin/sh
# Every key of conf.def stands in keyaudit.conf(5) under its section, and every key of the page stands in conf.def;
# short defaults are the same in both. usage: confman.sh
set -eu
LC_ALL=C
export LC_ALL
cd "$(dirname "$0")/../.."

page=docs/man/keyaudit.conf.5
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
def=$tmp/table
cat common/conf/*.def >"$def"
trap 'exit 1' HUP INT TERM
failed=0
bad() {
	echo "confman: $*"
	failed=1
}

# "section key", one a line, from the table and from the page
sed -n 's/^K([A-Z_]*, \([A-Z]*\), "\([a-z_.]*\)".*/\1 \2/p' "$def" | tr '[:upper:]' '[:lower:]' |
	sed 's/^\(file\|command\|http\|signed\|lines\|json\) /source /' | sort >"$tmp/def"
awk '
	/^\.Ss \[/ { section = $2; gsub(/[][]/, "", section); next }
	/^\.(Ss|Sh)/ { section = "" }
	section != "" && /^\.It Ic / {
		for (i = 3; i <= NF && $i != "Ns"; i++)
			if ($i != ",") print section, $i
	}
' "$page" | sort >"$tmp/page"

[ -s "$tmp/def" ] || bad "found no key in common/conf/*.def"
comm -23 "$tmp/def" "$tmp/page" >"$tmp/missing"
comm -13 "$tmp/def" "$tmp/page" >"$tmp/surplus"
while read -r key; do bad "[$key] is not in $page"; done <"$tmp/missing"
while read -r key; do bad "[$key] stands in $page, but not in common/conf/*.def"; done <"$tmp/surplus"

# defaults that are one short text in the table
tr '\n' ' ' <"$def" | sed 's/ K(/\nK(/g' |
	sed -n 's/^K([A-Z_]*, [A-Z]*, "\([a-z_]*\)", [A-Z]*, [a-z_]*, [A-Za-z0-9_]*, [A-Za-z0-9_]*, "\([^"]\{1,\}\)",.*/\1 \2/p' >"$tmp/defaults"
while read -r key value; do
	# a long list; and what must be given has none
	[ "$key" != types ] && [ "$value" != '!' ] || continue
	grep -qF -e "$value" "$page" || bad "the default of $key, \"$value\", is not in $page"
done <"$tmp/defaults"

mandoc -T lint -W warning "$page" || bad "$page does not pass mandoc"
[ "$failed" -eq 0 ] || exit 1
echo "confman: $(wc -l <"$tmp/def") keys, $(wc -l <"$tmp/defaults") defaults, page and table agree"
