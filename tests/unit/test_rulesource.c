/* diag/rulesource: what our records say and our sources hold: damaged lines, options that sshd judges, certificates. */
#include "diag/rulesource.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "tests/unit/lib/factsample.h"

#include "base/poison.h"

#define SOURCE "/etc/keyaudit/keys.d/alice"

static struct ka_keysource_key *key;

static int begin(void **state)
{
	factsample_plain(state);
	factsample.facts.sources.is_asked = true;
	key = &factsample.facts.sources.key[0];
	put(key->path, SOURCE);
	key->line = 7;
	return 0;
}

static void damaged(enum ka_reason reason, enum ka_keyscan_fit fit)
{
	key->is_damaged = true;
	key->hit = (struct ka_keyscan_hit){ .reason = (uint32_t)reason, .fit = fit, .line = 7, .column = 3 };
}

static void listed(enum ka_verdict verdict, enum ka_reason reason)
{
	key->is_listed = true;
	key->vet = (struct ka_vet){ .verdict = verdict, .count = reason != KA_REASON_NONE, .reasons = { reason } };
	factsample.facts.sources.keys = 1;
}

static void damaged_line__no_record__named_with_line_and_no_ssh_copy_id(void **state)
{
	(void)state;
	damaged(KA_REASON_KEY_BLOB_TRUNCATED, KA_KEYSCAN_REMAINS);
	factsample.offers[0].said = KA_OFFER_UNKNOWN;
	assert_int_equal(factsample_primary(), KA_REASON_KEY_BLOB_TRUNCATED);
	assert_string_equal(factsample.evidence.path, SOURCE);
	assert_int_equal(factsample.evidence.line, 7);
	assert_string_equal(factsample.fix.advice,
			    "Replace line 7 of " SOURCE " by the content of the client's public key file (ssh-keygen -y -f KEY)");
}

static void damaged_line__command_found_nothing__named(void **state)
{
	(void)state;
	damaged(KA_REASON_LINE_WRAPPED, KA_KEYSCAN_WHOLE);
	assert_int_equal(factsample_primary(), KA_REASON_LINE_WRAPPED);
}

static void damaged_line__command_saw_a_part__the_content_pass_is_first(void **state)
{
	(void)state;
	damaged(KA_REASON_LINE_JOINED, KA_KEYSCAN_WHOLE);
	factsample.offers[0].said = KA_OFFER_REFUSED;
	factsample.offers[0].reasons_count = 1;
	factsample.offers[0].reasons[0] = KA_REASON_LINE_BAD_BASE64;
	assert_int_equal(factsample_primary(), KA_REASON_LINE_JOINED);
	assert_true(factsample_has(KA_REASON_LINE_BAD_BASE64));
}

static void damaged_line__a_guess_against_another_users_list__other_user(void **state)
{
	(void)state;
	damaged(KA_REASON_LINE_NO_BLOB, KA_KEYSCAN_POSSIBLE);
	key->is_elsewhere = true;
	put(key->other_user, "bob");
	assert_int_equal(factsample_primary(), KA_REASON_KEY_OTHER_USER);
	assert_false(factsample_has(KA_REASON_LINE_NO_BLOB));
	key->is_elsewhere = false;
	assert_int_equal(factsample_primary(), KA_REASON_LINE_NO_BLOB);
}

static void other_command__our_sources_do_not_count(void **state)
{
	(void)state;
	damaged(KA_REASON_LINE_WRAPPED, KA_KEYSCAN_WHOLE);
	factsample.facts.asks_us = false;
	assert_int_equal(factsample_primary(), KA_REASON_FILE_MISSING);
}

/* the command compares text and found none: another spelling of the key, which vetting refuses */
static void other_spelling__command_found_nothing__vetting_reason(void **state)
{
	(void)state;
	listed(KA_VERDICT_REJECT, KA_REASON_KEY_MPINT_NOT_MINIMAL);
	assert_int_equal(factsample_primary(), KA_REASON_KEY_MPINT_NOT_MINIMAL);
	listed(KA_VERDICT_ACCEPT, KA_REASON_NONE); /* mended since */
	assert_int_equal(factsample_primary(), KA_REASON_KEY_NOT_LISTED);
}

static void served_line__from_elsewhere__mismatch_and_not_a_missing_signature(void **state)
{
	(void)state;
	listed(KA_VERDICT_ACCEPT, KA_REASON_NONE);
	key->hit = (struct ka_keyscan_hit){ .reason = KA_REASON_OPTION_FROM_MISMATCH, .fit = KA_KEYSCAN_WHOLE, .line = 7, .detail = "10.0.0.0/8" };
	factsample.offers[0].said = KA_OFFER_SERVED;
	assert_int_equal(factsample_primary(), KA_REASON_OPTION_FROM_MISMATCH);
	assert_string_equal(factsample.evidence.path, SOURCE);
	assert_string_equal(factsample.evidence.detail, "10.0.0.0/8");
	assert_false(factsample_has(KA_REASON_SIG_MISSING));
	factsample.offers[0].said = KA_OFFER_UNKNOWN;
	assert_int_equal(factsample_primary(), KA_REASON_OPTION_FROM_MISMATCH);
	assert_false(factsample.would_login);
}

static void served_line__from_here__missing_signature(void **state)
{
	(void)state;
	listed(KA_VERDICT_ACCEPT, KA_REASON_NONE);
	key->hit = (struct ka_keyscan_hit){ .fit = KA_KEYSCAN_LISTED, .line = 7 };
	factsample.offers[0].said = KA_OFFER_SERVED;
	assert_int_equal(factsample_primary(), KA_REASON_SIG_MISSING);
}

static void served_line__signed__options_were_fine(void **state)
{
	(void)state;
	listed(KA_VERDICT_ACCEPT, KA_REASON_NONE);
	key->hit = (struct ka_keyscan_hit){ .reason = KA_REASON_OPTION_FROM_MISMATCH, .fit = KA_KEYSCAN_WHOLE, .line = 7 };
	factsample.offers[0].said = KA_OFFER_SERVED;
	factsample.offers[0].runs = 2;
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
}

static void served_line__unknown_address__a_warning(void **state)
{
	(void)state;
	listed(KA_VERDICT_ACCEPT, KA_REASON_NONE);
	key->hit = (struct ka_keyscan_hit){ .fit = KA_KEYSCAN_LISTED, .what = KA_KEYSCAN_FROM_UNJUDGED, .line = 7 };
	factsample.offers[0].said = KA_OFFER_UNKNOWN;
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
	assert_true(factsample.would_login);
	assert_true(factsample_has(KA_REASON_OPTION_FROM_MISMATCH));
}

static void certificate__served_says_a_record__sshd_cannot_match_it(void **state)
{
	(void)state;
	listed(KA_VERDICT_WARN, KA_REASON_CERT_NOT_ENABLED);
	factsample.facts.offers[0].is_cert = true;
	factsample.offers[0].said = KA_OFFER_SERVED;
	factsample.offers[0].reasons_count = 1;
	factsample.offers[0].reasons[0] = KA_REASON_CERT_NOT_ENABLED;
	assert_int_equal(factsample_primary(), KA_REASON_CERT_NOT_ENABLED);
	factsample.offers[0].said = KA_OFFER_UNKNOWN;
	factsample.offers[0].reasons_count = 0;
	assert_int_equal(factsample_primary(), KA_REASON_CERT_NOT_ENABLED);
	assert_false(factsample.would_login);
}

static void user_name__outside_the_grammar__said_by_the_doctor_too(void **state)
{
	(void)state;
	put(factsample.subject.user, "al ice");
	factsample.offers[0].said = KA_OFFER_UNKNOWN;
	assert_int_equal(factsample_primary(), KA_REASON_POLICY_USER_NAME);
}

static void record__refused__vetting_reason_first(void **state)
{
	(void)state;
	factsample.offers[0].said = KA_OFFER_REFUSED;
	factsample.offers[0].reasons[0] = KA_REASON_KEY_RSA_TOO_SHORT;
	factsample.offers[0].reasons[1] = KA_REASON_KEY_RSA_E_SMALL;
	factsample.offers[0].reasons_count = 2;
	assert_int_equal(factsample_primary(), KA_REASON_KEY_RSA_TOO_SHORT);
	assert_true(factsample_has(KA_REASON_KEY_RSA_E_SMALL));
	factsample_hit(factsample_there(0), 0, KA_REASON_OPTION_EXPIRED, KA_KEYSCAN_WHOLE); /* a file comes before the command */
	assert_int_equal(factsample_primary(), KA_REASON_OPTION_EXPIRED);
}

static void record__none_with_trouble__blocked(void **state)
{
	static const enum ka_reason troubles[] = { KA_REASON_CONF_INVALID, KA_REASON_CONF_UNSAFE, KA_REASON_CONF_DISABLED,
						   KA_REASON_POLICY_USER_NAME, KA_REASON_STORE_UNREACHABLE };

	for (size_t i = 0; i < KA_ARRAY_LEN(troubles); i++) {
		factsample_plain(state);
		factsample.offers[0].reasons[0] = troubles[i];
		factsample.offers[0].reasons_count = 1;
		assert_int_equal(factsample_primary(), troubles[i]);
	}
}

static void record__no_keys__is_not_said_twice(void **state)
{
	(void)state;
	factsample.offers[0].reasons[0] = KA_REASON_STORE_NO_KEYS;
	factsample.offers[0].reasons_count = 1;
	assert_int_equal(factsample_primary(), KA_REASON_FILE_MISSING);
}

/* that the configuration is closed is said of the configuration, whatever line the key stands on */
static void record__blocked__evidence_is_no_line(void **state)
{
	(void)state;
	factsample.offers[0].said = KA_OFFER_REFUSED;
	factsample.offers[0].reasons[0] = KA_REASON_CONF_INVALID;
	factsample.offers[0].reasons_count = 1;
	factsample.facts.sources.is_asked = factsample.facts.sources.key[0].is_listed = true;
	put(factsample.facts.sources.key[0].path, "/etc/keyaudit/keys.d/alice");
	factsample.facts.sources.key[0].line = 1;
	factsample.facts.command.load.reason = KA_REASON_CONF_INVALID;
	put(factsample.facts.command.load.why.path, "/etc/keyaudit/keyaudit.conf");
	assert_int_equal(factsample_primary(), KA_REASON_CONF_INVALID);
	assert_string_equal(factsample.evidence.path, "/etc/keyaudit/keyaudit.conf");
	assert_int_equal(factsample.evidence.line, 0);
}

static void source__lists_it_without_a_record__vetting_is_asked(void **state)
{
	(void)state;
	factsample.offers[0].said = KA_OFFER_UNKNOWN;
	factsample.facts.sources.is_asked = factsample.facts.sources.key[0].is_listed = true;
	factsample.facts.sources.keys = 1;
	put(factsample.facts.sources.key[0].path, "/etc/keyaudit/keys.d/alice");
	factsample.facts.sources.key[0].line = 7;
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
	assert_true(factsample.would_login);
	factsample.facts.sources.key[0].vet = (struct ka_vet){ .verdict = KA_VERDICT_WARN, .count = 1, .reasons = { KA_REASON_KEY_RSA_ODD_SIZE } };
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
	assert_true(factsample.would_login && factsample_has(KA_REASON_KEY_RSA_ODD_SIZE));
	factsample.facts.sources.key[0].vet = (struct ka_vet){ .verdict = KA_VERDICT_REJECT, .count = 1, .reasons = { KA_REASON_KEY_RSA_TOO_SHORT } };
	assert_int_equal(factsample_primary(), KA_REASON_KEY_RSA_TOO_SHORT);
	assert_false(factsample.would_login);
	assert_string_equal(factsample.evidence.path, "/etc/keyaudit/keys.d/alice");
	assert_int_equal(factsample.evidence.line, 7);
}

static void source__lists_it_for_another_name__other_user(void **state)
{
	(void)state;
	factsample.facts.sources.key[0].is_elsewhere = true;
	put(factsample.facts.sources.key[0].other_user, "bob");
	assert_int_equal(factsample_primary(), KA_REASON_KEY_OTHER_USER);
	assert_string_equal(factsample.evidence.detail, "bob");
}

static void source__unsafe__conf_unsafe_with_its_fix(void **state)
{
	(void)state;
	factsample.offers[0].said = KA_OFFER_UNKNOWN;
	factsample.facts.sources.trouble = KA_REASON_CONF_UNSAFE;
	put(factsample.facts.sources.trouble_path, "/etc/keyaudit/keys.d");
	factsample.facts.sources.trouble_mode = S_IFDIR | 0777;
	assert_int_equal(factsample_primary(), KA_REASON_CONF_UNSAFE);
	assert_string_equal(factsample.fix.command[0], "chmod go-w -- /etc/keyaudit/keys.d");
}

#define P(name) cmocka_unit_test_setup(name, factsample_plain)
#define T(name) cmocka_unit_test_setup(name, begin)

/* of a program's output there is no line to mend */
static void listed__by_a_program__named_by_its_source(void **state)
{
	(void)state;
	listed(KA_VERDICT_REJECT, KA_REASON_OPTION_NOT_ALLOWED);
	put(key->source, "corp");
	key->path[0] = '\0';
	factsample.offers[0].said = KA_OFFER_UNKNOWN;
	assert_int_equal(factsample_primary(), KA_REASON_OPTION_NOT_ALLOWED);
	assert_string_equal(factsample.evidence.path, "");
	assert_int_equal(factsample.evidence.line, 0);
	assert_string_equal(factsample.evidence.detail, "source corp");
	assert_int_equal(factsample.fix.commands, 0);
	assert_string_equal(factsample.fix.advice, "Mend the key where the source that the evidence names has it, or put the right one there");
}

/* what a store said then is in the record only: it may answer again by now */
static void recorded__store_trouble__named_with_its_numbers(void **state)
{
	struct ka_offer *o = &factsample.offers[0];

	(void)state;
	o->said = KA_OFFER_REFUSED;
	o->reasons[0] = KA_REASON_STORE_HTTP_STATUS;
	o->reasons_count = 1;
	put(o->src, "local:no-keys:store.no-keys,corp:unavailable:store.http-status:status=503/mirror=2");
	assert_int_equal(factsample_primary(), KA_REASON_STORE_HTTP_STATUS);
	assert_string_equal(factsample.evidence.detail, "source corp");
	assert_string_equal(factsample.evidence.note, "status=503 mirror=2");
	put(o->src, "\x1b[2J:unavailable:store.http-status");
	assert_int_equal(factsample_primary(), KA_REASON_STORE_HTTP_STATUS);
	assert_string_equal(factsample.evidence.detail, "");
}

/* a source that was not asked may have keys: nobody may say that there are none */
static void absent__a_source_was_not_asked__not_listed(void **state)
{
	(void)state;
	factsample.facts.files.count = 0;
	assert_int_equal(factsample_primary(), KA_REASON_STORE_NO_KEYS);
	factsample.facts.sources.unasked = 1;
	assert_int_equal(factsample_primary(), KA_REASON_KEY_NOT_LISTED);
}

/* readable is not executable, and chmod a+r is no cure for that */
static void trouble__program_is_not_executable__mended_so(void **state)
{
	struct ka_keysource *s = &factsample.facts.sources;

	(void)state;
	factsample.offers[0].said = KA_OFFER_UNKNOWN;
	s->trouble = KA_REASON_STORE_UNREACHABLE;
	s->trouble_errnum = EACCES;
	s->trouble_mode = S_IFREG | 0644;
	s->trouble_kind = KA_CONF_KIND_COMMAND;
	put(s->trouble_path, "/usr/bin/x");
	put(s->trouble_source, "corp");
	assert_int_equal(factsample_primary(), KA_REASON_STORE_UNREACHABLE);
	assert_string_equal(factsample.fix.command[0], "chmod a+x -- /usr/bin/x");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(damaged_line__no_record__named_with_line_and_no_ssh_copy_id),
		T(listed__by_a_program__named_by_its_source),
		T(recorded__store_trouble__named_with_its_numbers),
		T(absent__a_source_was_not_asked__not_listed),
		T(trouble__program_is_not_executable__mended_so),
		T(damaged_line__command_found_nothing__named),
		T(damaged_line__command_saw_a_part__the_content_pass_is_first),
		T(damaged_line__a_guess_against_another_users_list__other_user),
		T(other_command__our_sources_do_not_count),
		T(other_spelling__command_found_nothing__vetting_reason),
		T(served_line__from_elsewhere__mismatch_and_not_a_missing_signature),
		T(served_line__from_here__missing_signature),
		T(served_line__signed__options_were_fine),
		T(served_line__unknown_address__a_warning),
		T(certificate__served_says_a_record__sshd_cannot_match_it),
		T(user_name__outside_the_grammar__said_by_the_doctor_too),
		P(record__refused__vetting_reason_first),
		P(record__none_with_trouble__blocked),
		P(record__no_keys__is_not_said_twice),
		P(record__blocked__evidence_is_no_line),
		P(source__lists_it_without_a_record__vetting_is_asked),
		P(source__lists_it_for_another_name__other_user),
		P(source__unsafe__conf_unsafe_with_its_fix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
