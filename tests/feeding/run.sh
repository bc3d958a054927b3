#!/bin/bash
# SPDX-License-Identifier: ISC
# run.sh: what others read of us, read by their own programs: promtool on the metrics, on the alert rules and their tests, and
# fail2ban-regex on lines that our writer made. Nothing is started. Packages: mk/deps.sh feeding.
set -u
cd "$(dirname "$0")/../.." || exit 1
tool=${KEYAUDIT:-build/bin/keyaudit} lines=${TEXTLINES:-build/tests/tools/textlines} maker=${FORMMAKE:-build/tests/tools/formmake}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
checks=0 failed=0
ok() { # WHAT COMMAND...
	local what=$1
	shift
	checks=$((checks + 1))
	"$@" >"$tmp/out" 2>&1 && return
	failed=$((failed + 1))
	echo "not ok: $what"
	sed 's/^/    | /' "$tmp/out"
}

for program in promtool fail2ban-regex rsyslogd; do
	command -v "$program" >/dev/null || { echo "feeding: $program is missing (mk/deps.sh feeding)" && exit 1; }
done

# a filter stands beside the common one that it takes in
mkdir "$tmp/filter.d" && cp /etc/fail2ban/filter.d/common.conf conf/fail2ban/filter.d/keyaudit.conf "$tmp/filter.d/" || exit 1

# a trail of every action, full of hostile text
metrics() {
	"$tool" metrics --textfile - --state "$tmp/none" --trail "$tmp/trail.jsonl" -c /nonexistent 2>/dev/null >"$tmp/keyaudit.prom"
	promtool check metrics <"$tmp/keyaudit.prom" && ! grep -vE '^(# .*|keyaudit_[a-z_]+(\{([a-z]+="[A-Za-z0-9.+_-]+",?)+\})? [0-9.]+)$' "$tmp/keyaudit.prom" &&
		grep -q '^keyaudit_refusals_total{.*} [1-9]' "$tmp/keyaudit.prom"
}
# matched FILE: how many lines the filter takes; hosts FILE: whom it would ban
matched() { fail2ban-regex "$1" "$tmp/filter.d/keyaudit.conf" | sed -n 's/.* \([0-9]*\) matched, .*/\1/p'; }
hosts() { fail2ban-regex -v "$1" "$tmp/filter.d/keyaudit.conf" | grep -oE '^\|[[:space:]]+[0-9a-f.:]+  ' | tr -d '| \t' | sort -u; }

"$maker" "$tmp/trail.jsonl" >/dev/null || failed=1
ok "the metrics are well-formed, of a hostile trail too" metrics
ok "the alert rules" promtool check rules conf/prometheus/keyaudit.rules.yml
# Grafana puts its own words in before it asks: so do we
dashboard() {
	jq '{groups: [{name: "dashboard", rules: [.panels[] | .targets[] | {record: "x:y", expr: (.expr | gsub("\\$__rate_interval"; "5m"))}]}]}' \
		conf/grafana/keyaudit.json >"$tmp/dashboard.yml" && promtool check rules --lint=none "$tmp/dashboard.yml"
}
ok "the dashboard's questions" dashboard
ok "their tests" promtool test rules conf/prometheus/keyaudit.test.yml
"$lines" ban >"$tmp/ban" && "$lines" keep >"$tmp/keep" || failed=1
ok "there are lines" test -s "$tmp/ban" -a -s "$tmp/keep"
ok "every hostile reason matches" test "$(matched "$tmp/ban")" = "$(wc -l <"$tmp/ban")"
ok "only the real address would be banned, whatever a user is called" test "$(hosts "$tmp/ban")" = 203.0.113.7
ok "no mistake of a user's own, and no line without an address, matches" test "$(matched "$tmp/keep")" = 0
# the example for rsyslog, with its second half and a folder to work in, as Debian's rsyslog.conf names one
rsyslog() {
	{ echo "global(workDirectory=\"$tmp\")" && sed 's/^#\(module\|input\|ruleset\|\t\|}\)/\1/' conf/rsyslog.d/30-keyaudit.conf; } >"$tmp/rsyslog.conf" &&
		grep -q '^ruleset' "$tmp/rsyslog.conf" && rsyslogd -N1 -f "$tmp/rsyslog.conf"
}
ok "the example for rsyslog" rsyslog

# and of lines that a real sshd, rsyslogd and collector have written: a world is root's
if [ "$(id -u)" = 0 ]; then
	ok "real lines" tests/world/enter.sh -- tests/feeding/real.sh
	grep '^real: ' "$tmp/out"
else
	echo "feeding: real lines: skipped, not root"
fi
echo "feeding: $checks checks, $failed failed; $(wc -l <"$tmp/ban") lines that ban, $(wc -l <"$tmp/keep") that do not"
[ "$failed" = 0 ]
