/* diag/rulerevoked on invented facts: what is revoked is refused before anything is looked up, and nothing else is. */
#include "diag/rulerevoked.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/certsample.h"
#include "tests/unit/lib/factsample.h"

#include "base/poison.h"

#define LIST "/etc/ssh/revoked"

/* alice's key is listed, and there is a list of revoked keys that does not have it */
static struct ka_sshdrevoked_file *listed(void)
{
	struct ka_sshdrevoked_file *r = &factsample.facts.revoked.files[0];

	factsample_plain(NULL);
	certsample_offer(0, "k");
	factsample_hit(factsample_there(0), 0, KA_REASON_NONE, KA_KEYSCAN_LISTED);
	factsample.facts.revoked.count = 1;
	put(r->file.path, LIST);
	r->file.is_read = true;
	r->file.mode = 0100644;
	return r;
}

static void clean__logs_in(void **state)
{
	(void)state;
	listed();
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
	assert_true(factsample.would_login);
}

static void key__is_refused_although_it_is_listed(void **state)
{
	struct ka_sshdrevoked_file *r = listed();

	(void)state;
	r->key[0] = true;
	r->file.key_line[0] = 7;
	assert_int_equal(factsample_primary(), KA_REASON_SSHD_KEY_REVOKED);
	assert_false(factsample.would_login);
	assert_string_equal(factsample.evidence.path, LIST);
	assert_int_equal(factsample.evidence.line, 7);
	assert_string_equal(factsample.evidence.note, "the key stands on that line");
	assert_int_equal(factsample.fix.commands, 0);
	r->file.is_krl = true;
	factsample_primary();
	assert_string_equal(factsample.evidence.note, "the binary list (KRL) has it");
}

/* the command is not run for it: the log has its plain key and no more */
static void certificate__only_in_the_log__is_revoked_by_its_authority(void **state)
{
	struct ka_sshdrevoked_file *r = listed();
	static struct ka_said said;

	(void)state;
	factsample.facts.offers[0].is_cert = true;
	factsample.facts.offers[0].cert_len = 0;
	factsample.offers[0].said = KA_OFFER_UNKNOWN;
	put(factsample.facts.offers[0].fp, "SHA256:one");
	put(factsample.offers[0].fp, "SHA256:one");
	r->file.is_read = true;
	factsample_primary();
	assert_false(factsample_has(KA_REASON_CERT_CA_REVOKED));
	assert_true(ka_said_make(ka_span_of("Authentication key ED25519-CERT SHA256:one revoked by file " LIST), true, 1, &said));
	factsample.subject.said = &said;
	factsample.subject.said_count = 1;
	assert_int_equal(factsample_primary(), KA_REASON_CERT_CA_REVOKED);
	assert_string_equal(factsample.evidence.path, LIST);
	assert_false(factsample_has(KA_REASON_SSHD_KEY_REVOKED));
	r->file.is_krl = true; /* it may have the serial */
	assert_int_equal(factsample_primary(), KA_REASON_SSHD_KEY_REVOKED);
	r->file.is_krl = false;
	r->key[0] = true;
	assert_int_equal(factsample_primary(), KA_REASON_SSHD_KEY_REVOKED);
}

static void key__another_one_is_not__that_one_logs_in(void **state)
{
	struct ka_sshdrevoked_file *r = listed();

	(void)state;
	certsample_offer(1, "other");
	r->key[1] = true;
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
	assert_true(factsample.would_login);
}

static void key__sshd_ran_the_command_for_it__was_not_revoked_then(void **state)
{
	struct ka_sshdrevoked_file *r = listed();

	(void)state;
	r->key[0] = true;
	factsample.offers[0].said = KA_OFFER_NONE;
	factsample.facts.files.files[0].errnum = ENOENT;
	factsample.facts.files.files[0].is_read = 0;
	factsample.facts.files.files[0].scan.hits_count = 0;
	assert_int_not_equal(factsample_primary(), KA_REASON_SSHD_KEY_REVOKED);
}

static void authority__of_a_certificate_that_is_trusted(void **state)
{
	struct ka_sshdrevoked_file *r = listed();

	(void)state;
	certsample_offer(0, "plain");
	put(factsample.facts.trusted.path, "/etc/ssh/ca.pub");
	factsample.facts.trusted.ca_line[0] = 1;
	r->ca[0] = true;
	r->file.ca_line[0] = 2;
	assert_int_equal(factsample_primary(), KA_REASON_CERT_CA_REVOKED);
	assert_false(factsample.would_login);
	assert_int_equal(factsample.evidence.line, 2);
	assert_non_null(strstr(factsample.evidence.detail, "serial 42"));
}

static void unreadable__refuses_every_key(void **state)
{
	struct ka_sshdrevoked_file *r = listed();

	(void)state;
	r->file.errnum = ENOENT;
	r->file.is_read = false;
	r->file.mode = 0;
	assert_int_equal(factsample_primary(), KA_REASON_SSHD_REVOKED_FILE_UNREADABLE);
	assert_false(factsample.would_login);
	assert_int_equal(factsample.evidence.errnum, ENOENT);
	assert_non_null(strstr(factsample.fix.advice, "ssh-keygen -k -f " LIST));
	r = listed();
	r->file.bad_line = 3;
	assert_int_equal(factsample_primary(), KA_REASON_SSHD_REVOKED_FILE_UNREADABLE);
	assert_int_equal(factsample.evidence.line, 3);
	assert_non_null(strstr(factsample.fix.advice, "Mend or remove that line"));
	r = listed();
	r->is_broken = r->file.is_krl = true;
	assert_int_equal(factsample_primary(), KA_REASON_SSHD_REVOKED_FILE_UNREADABLE);
	r = listed();
	r->file.is_closed = true; /* for us, who are not root */
	r->file.is_read = false;
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clean__logs_in),
		cmocka_unit_test(key__is_refused_although_it_is_listed),
		cmocka_unit_test(key__another_one_is_not__that_one_logs_in),
		cmocka_unit_test(certificate__only_in_the_log__is_revoked_by_its_authority),
		cmocka_unit_test(key__sshd_ran_the_command_for_it__was_not_revoked_then),
		cmocka_unit_test(authority__of_a_certificate_that_is_trusted),
		cmocka_unit_test(unreadable__refuses_every_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
