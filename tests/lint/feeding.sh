#!/bin/sh
# SPDX-License-Identifier: ISC
# feeding.sh: the alert rules and the dashboard speak only of metrics that keyaudit prints, or that the node exporter is known
# for; the dashboard is JSON; the fail2ban jail is off. Whether the rules are right is asked by `make check-feeding`.
set -u
cd "$(dirname "$0")/../.." || exit 1
failed=0
complain() { echo "feeding: $*"; failed=1; }

printed=$(grep -hoE '"keyaudit_[a-z_]+"' keyaudit/metrics/metricstext.c | tr -d '"' | sort -u)
n=0
for file in conf/prometheus/keyaudit.rules.yml conf/prometheus/keyaudit.test.yml conf/grafana/keyaudit.json; do
	names=$(grep -oE '(keyaudit|node)_[a-z_]+' "$file" | sort -u)
	[ -n "$names" ] || complain "$file names no metric"
	for name in $names; do
		n=$((n + 1))
		case $name in
		node_textfile_scrape_error | node_textfile_mtime_seconds) continue ;;
		esac
		printf '%s\n' "$printed" | grep -qx "$name" || complain "$file speaks of $name, which the program does not print"
	done
done
jq -e '.title == "keyaudit" and (.panels | length > 0) and all(.panels[]; (.targets | length > 0) and (.title | length > 0))' \
	conf/grafana/keyaudit.json >/dev/null || complain "conf/grafana/keyaudit.json is no dashboard"
grep -qx 'enabled = false' conf/fail2ban/jail.d/keyaudit.conf || complain "the fail2ban jail is not off"
# each alert has a test that sees it
# shellcheck disable=SC2013 # names without blanks
for alert in $(sed -n 's/^ *- alert: //p' conf/prometheus/keyaudit.rules.yml); do
	grep -q "alertname: $alert\$" conf/prometheus/keyaudit.test.yml || complain "$alert has no test"
done
echo "feeding: $n names of metrics"
exit "$failed"
