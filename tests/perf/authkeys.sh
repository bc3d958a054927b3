#!/bin/bash
# What stands in many an AuthorizedKeysCommand today: a user's keys from a JSON API. The yardstick of a cold lookup.
#	authkeys.sh URL CA-FILE
set -euo pipefail
curl -sf --max-time 5 --cacert "$2" "$1" | jq -r '.[].key'
