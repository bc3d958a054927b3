#!/bin/sh
# Includes go down the floors of docs/architecture.md: nothing in common/ includes a floor above or a program, a
# program takes only the floors of its line, and programs never include each other.
set -u
cd "$(dirname "$0")/../.." || exit 1

may() { # FOLDER: the folders that it may include besides itself
	case $1 in
	common/base) ;;
	common/reason | common/spool) echo base reason ;;
	common/key | common/conf | common/perm) echo base reason ;;
	# the pure rules; what needs files of the admin's; what is remembered; and the judge over them
	common/vet) echo base reason key conf ;;
	common/verdict) echo base reason ;;
	# of source only the words for a file that is not believed
	common/revoke) echo base reason key conf perm vet source/confwhy.h ;;
	common/blocklist) echo base reason key perm vet ;;
	common/judge) echo base reason key conf perm vet revoke blocklist verdict source/confwhy.h ;;
	# of vet only the judge of Ed25519 points: a signer's key is looked at like a user's
	common/store) echo base reason key conf perm vet/veted25519.h ;;
	common/source) echo base reason key conf perm store ;;
	common/diag) echo base reason key conf perm vet judge source spool ;;
	# of spool only the name of a connection and what its sources said, which are parts of every event
	common/audit) echo base reason diag spool/conn.h spool/recordsrc.h ;;
	# of audit only the syslog line that stands in for a record
	authkeys-cmd) echo base reason key conf vet judge perm store source spool audit/syslogsink.h ;;
	authkeys-cmd/fetch) echo base reason key conf vet perm store source ;;
	authkeys-cmd/vet) echo base reason key verdict/vetanswer.h verdict/sharedanswer.h vet/certsig.h ;;
	pam_keyaudit) echo base reason spool ;;
	# what the verbs print and return; the subjects of the verbs; and the verbs themselves over all of them
	keyaudit/screen) echo base ;;
	keyaudit/sign) echo base key store vet/vetselftest.h ;;
	keyaudit/vet) echo base key conf vet verdict judge source diag keyaudit/screen ;;
	keyaudit/blocklist) echo base reason key conf/confurl.h perm vet blocklist audit/jsonout.h keyaudit/screen keyaudit/cache/fetchuser.h ;;
	keyaudit/publish) echo base key store vet audit/jsonout.h keyaudit/screen keyaudit/sign keyaudit/vet ;;
	# the files of the trail: who belongs to a chain, and their bytes
	keyaudit/trail) echo base audit/chain.h ;;
	keyaudit/log) echo base reason conf source keyaudit/screen keyaudit/trail ;;
	# of audit what names actions and checks addresses, and the JSON writer
	keyaudit/form) echo base audit ;;
	keyaudit/report) echo base reason keyaudit/log ;;
	keyaudit/seal) echo base conf audit ;;
	keyaudit/verify) echo base audit/chain.h audit/jsonout.h keyaudit/screen keyaudit/trail keyaudit/seal/sealkey.h keyaudit/seal/sealline.h ;;
	keyaudit/metrics) echo base reason conf store verdict/verdictlook.h audit/chain.h audit/event.h keyaudit/log keyaudit/trail keyaudit/cache keyaudit/verify keyaudit/seal/sealline.h keyaudit/seal/sealplace.h ;;
	keyaudit/sink) echo base perm conf audit keyaudit/form ;;
	keyaudit/explain) echo base reason keyaudit/log diag/sshdsay.h audit/jsonout.h keyaudit/screen keyaudit/vet/toolpolicy.h keyaudit/ear/logline.h ;;
	keyaudit/ear) echo base conf ;;
	keyaudit/case) echo base key conf vet judge source spool diag audit keyaudit/sink ;;
	keyaudit/collect) echo base conf spool diag/sshdsay.h audit keyaudit/case keyaudit/ear keyaudit/health ;;
	keyaudit/health) echo base reason conf perm store source audit keyaudit/case keyaudit/config keyaudit/cache ;;
	# its events are the writer's: a serial forgotten by hand stands in the trail
	keyaudit/cache) echo base conf store verdict/verdictlook.h audit/jsonout.h keyaudit/screen keyaudit/sign/signtext.h keyaudit/case/caseevent.h ;;
	keyaudit/config) echo base reason key conf vet revoke blocklist judge perm store source audit/jsonout.h keyaudit/screen ;;
	keyaudit/doctor) echo base reason key perm vet verdict source diag audit keyaudit/screen keyaudit/config keyaudit/case keyaudit/log ;;
	keyaudit/mend) echo base reason key perm diag audit/jsonout.h keyaudit/screen ;;
	keyaudit) echo base reason key conf vet judge perm store source spool diag audit keyaudit/screen keyaudit/sign keyaudit/vet \
		keyaudit/blocklist keyaudit/publish keyaudit/log keyaudit/trail keyaudit/form keyaudit/ear keyaudit/mend keyaudit/case keyaudit/collect keyaudit/cache keyaudit/config keyaudit/doctor keyaudit/explain keyaudit/seal keyaudit/verify keyaudit/metrics keyaudit/report keyaudit/health ;;
	*) return 1 ;;
	esac
}

failed=0 edges=0
for folder in common/* authkeys-cmd authkeys-cmd/fetch authkeys-cmd/vet pam_keyaudit keyaudit keyaudit/*; do
	[ -d "$folder" ] || continue
	if ! allowed=$(may "$folder"); then
		echo "layers: $folder has no line in tests/lint/layers.sh"
		failed=1
		continue
	fi
	for file in "$folder"/*.[ch]; do
		[ -e "$file" ] || continue
		# shellcheck disable=SC2013 # no blank can be in the name of a header of ours
		for header in $(sed -n 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*"\([^"]*\)".*/\1/p' "$file"); do
			edges=$((edges + 1))
			# without a slash: made by the build, or a file beside this one
			case $header in */*) ;; *) continue ;; esac
			from=${header%/*}
			[ "$from" != "${folder#common/}" ] || continue
			case " $allowed " in
			*" $from "* | *" $header "*) ;;
			*)
				echo "layers: $file includes \"$header\", but ${folder##*/} stands on: $allowed"
				failed=1
				;;
			esac
		done
	done
done
echo "layers: $edges includes"
[ "$edges" -gt 0 ] || failed=1
exit "$failed"
