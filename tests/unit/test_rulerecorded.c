/* diag/rulerecorded on invented facts: what the trail has is believed where the facts cannot speak, and nowhere else. */
#include "diag/rulerecorded.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "diag/sshdplaces.h"
#include "tests/unit/lib/factsample.h"

#include "base/poison.h"

static struct ka_recorded recorded;

static int begin(void **state)
{
	memset(&recorded, 0, sizeof(recorded));
	recorded.why = "not valid before 2040";
	recorded.at = "2026-08-23T10:15:42Z";
	return factsample_plain(state);
}

static void record(enum ka_reason reason, enum ka_reason of_key)
{
	recorded.reason = reason;
	recorded.offers[0] = of_key;
	factsample.subject.recorded = &recorded;
}

/* a line that nobody can compare with a fingerprint */
static struct ka_userfile *damaged(size_t i, enum ka_reason reason)
{
	struct ka_userfile *f = factsample_there(i);

	f->scan.lines = f->scan.damaged = 1;
	factsample_hit(f, UINT32_MAX, reason, KA_KEYSCAN_OTHER);
	return f;
}

static void recorded__what_only_happens__decides(void **state)
{
	struct ka_userfile *f = factsample_there(0);

	(void)state;
	factsample_hit(f, 0, KA_REASON_NONE, KA_KEYSCAN_LISTED);
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
	record(KA_REASON_SIG_MISSING, KA_REASON_NONE);
	assert_int_equal(factsample_primary(), KA_REASON_SIG_MISSING);
	assert_non_null(strstr(factsample.evidence.note, "2026-08-23T10:15:42Z; nobody has logged in since"));
	assert_false(factsample.would_login);
}

/* the file stands on a line of its own already */
static void recorded__its_file__is_not_said_twice(void **state)
{
	static const struct { const char *why, *path, *detail; unsigned line; } rows[] = {
		{ "/etc/ssh/sshd_config line 2; RequiredRSASize 2048", "/etc/ssh/sshd_config", "RequiredRSASize 2048", 2 },
		{ "/usr/libexec/k; status 3", "/usr/libexec/k", "status 3", 0 },
		{ "/usr/libexec/k", "/usr/libexec/k", "", 0 },
		{ "/usr/libexec/key; status 3", "/usr/libexec/k", "/usr/libexec/key; status 3", 0 },
		{ "status 3", "/usr/libexec/k", "status 3", 0 },
	};

	(void)state;
	factsample_hit(factsample_there(0), 0, KA_REASON_NONE, KA_KEYSCAN_LISTED);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		recorded.why = rows[i].why;
		recorded.path = rows[i].path;
		recorded.line = rows[i].line;
		record(KA_REASON_CMD_FAILED, KA_REASON_NONE);
		assert_int_equal(factsample_primary(), KA_REASON_CMD_FAILED);
		assert_string_equal(factsample.evidence.detail, rows[i].detail);
		assert_string_equal(factsample.evidence.path, rows[i].path);
		assert_int_equal(factsample.evidence.line, rows[i].line);
	}
}

static void recorded__what_the_facts_can_judge__is_not_believed(void **state)
{
	struct ka_userfile *f = factsample_there(0);

	(void)state;
	factsample_hit(f, 0, KA_REASON_NONE, KA_KEYSCAN_LISTED);
	record(KA_REASON_SSHD_USER_DENIED, KA_REASON_NONE); /* DenyUsers has been mended since */
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
	record(KA_REASON_LINE_WRAPPED, KA_REASON_LINE_WRAPPED);
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
}

static void recorded__beside_a_cause_that_is_there__says_nothing(void **state)
{
	struct ka_userfile *f = factsample_there(0);

	(void)state;
	factsample_hit(f, 0, KA_REASON_NONE, KA_KEYSCAN_LISTED);
	factsample_bad_perm(f, KA_REASON_PERM_WORLD_WRITABLE, FILE1, 0666);
	record(KA_REASON_SIG_MISSING, KA_REASON_NONE);
	assert_int_equal(factsample_primary(), KA_REASON_PERM_WORLD_WRITABLE);
	assert_false(factsample_has(KA_REASON_SIG_MISSING));
}

static void recorded__wrong_keys_before_the_limit__the_limit(void **state)
{
	(void)state;
	assert_int_not_equal(ka_reason_class(factsample_primary()), KA_CLASS_ALONE);
	record(KA_REASON_CONN_MAX_TRIES, KA_REASON_KEY_NOT_LISTED);
	assert_int_equal(factsample_primary(), KA_REASON_CONN_MAX_TRIES);
}

static void recorded__a_damaged_line__is_the_one_that_was_meant(void **state)
{
	(void)state;
	damaged(0, KA_REASON_KEY_BLOB_TRUNCATED);
	assert_int_not_equal(factsample_primary(), KA_REASON_KEY_BLOB_TRUNCATED);
	record(KA_REASON_KEY_BLOB_TRUNCATED, KA_REASON_KEY_BLOB_TRUNCATED);
	assert_int_equal(factsample_primary(), KA_REASON_KEY_BLOB_TRUNCATED);
	assert_string_equal(factsample.evidence.path, FILE1);
	record(KA_REASON_LINE_WRAPPED, KA_REASON_LINE_WRAPPED); /* that one has gone */
	assert_int_not_equal(factsample_primary(), KA_REASON_LINE_WRAPPED);
}

static void recorded__two_such_lines__nobody_knows_which(void **state)
{
	(void)state;
	damaged(0, KA_REASON_KEY_BLOB_TRUNCATED);
	damaged(1, KA_REASON_KEY_BLOB_TRUNCATED);
	record(KA_REASON_KEY_BLOB_TRUNCATED, KA_REASON_KEY_BLOB_TRUNCATED);
	assert_int_not_equal(factsample_primary(), KA_REASON_KEY_BLOB_TRUNCATED);
}

static void recorded__the_key_itself_is_known__is_not_asked(void **state)
{
	(void)state;
	damaged(0, KA_REASON_KEY_BLOB_TRUNCATED);
	put(factsample.offers[0].key, "AAAA");
	record(KA_REASON_KEY_BLOB_TRUNCATED, KA_REASON_KEY_BLOB_TRUNCATED);
	assert_int_not_equal(factsample_primary(), KA_REASON_KEY_BLOB_TRUNCATED);
}

static void recorded__a_certificate__is_believed(void **state)
{
	(void)state;
	record(KA_REASON_CERT_EXPIRED, KA_REASON_CERT_EXPIRED);
	assert_int_equal(factsample_primary(), KA_REASON_CERT_EXPIRED);
	assert_string_equal(factsample.evidence.detail, "not valid before 2040");
}

/* sshd refused by what it had read, and its files say something else since */
static void recorded__configuration_is_stale__what_it_refused_by(void **state)
{
	struct ka_daemon *d = &factsample.facts.daemon;

	(void)state;
	factsample_hit(factsample_there(0), 0, KA_REASON_NONE, KA_KEYSCAN_LISTED);
	record(KA_REASON_SSHD_USER_DENIED, KA_REASON_NONE);
	factsample.offers[0].said = KA_OFFER_UNKNOWN; /* the doctor asks, not the command */
	ka_sshdplaces_init(&factsample.facts.places);
	factsample.facts.places.files_count = 1;
	factsample.facts.places.files[0].changed_us = 1787480142000000 + 5000000; /* 2026-08-23T10:15:42Z */
	d->listener.is_found = true;
	d->listener.started_us = 1;
	d->loaded_us = 1787480142000000;
	assert_int_equal(factsample_primary(), KA_REASON_SSHD_USER_DENIED);
	assert_true(factsample_has(KA_REASON_SSHD_CONFIG_STALE));
	d->loaded_us += 1000000; /* the refusal is older than what sshd has read now */
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
	d->loaded_us = factsample.facts.places.files[0].changed_us; /* reloaded */
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
}

static void recorded__an_authority_that_is_not_marked__its_line(void **state)
{
	struct ka_userfile *f = factsample_there(0);

	(void)state;
	factsample_hit(f, 0, KA_REASON_CERT_CA_NOT_MARKED, KA_KEYSCAN_REMAINS);
	f->scan.hits[0].column = 1;
	put(f->scan.hits[0].near, "cert-authority ");
	put(factsample.offers[0].type, "ssh-ed25519-cert-v01@openssh.com");
	factsample.facts.offers[0].is_cert = true;
	record(KA_REASON_CERT_CA_NOT_MARKED, KA_REASON_CERT_CA_NOT_MARKED);
	recorded.path = FILE1;
	recorded.line = 3;
	assert_int_equal(factsample_primary(), KA_REASON_CERT_CA_NOT_MARKED);
	assert_string_equal(factsample.evidence.path, FILE1);
	assert_int_equal(factsample.evidence.line, 3);
	assert_string_equal(factsample.fix.command[0], "runuser -u alice -- env LC_ALL=C sed -i -e '3s/^/cert-authority /' -- " FILE1);
	recorded.path = FILE2; /* it stood in another file */
	assert_int_equal(factsample_primary(), KA_REASON_CERT_CA_NOT_MARKED);
	assert_int_equal(factsample.fix.commands, 0);
	assert_string_equal(factsample.fix.advice, "Put cert-authority before the key in line 3 of " FILE2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(recorded__what_only_happens__decides, begin),
		cmocka_unit_test_setup(recorded__its_file__is_not_said_twice, begin),
		cmocka_unit_test_setup(recorded__what_the_facts_can_judge__is_not_believed, begin),
		cmocka_unit_test_setup(recorded__beside_a_cause_that_is_there__says_nothing, begin),
		cmocka_unit_test_setup(recorded__wrong_keys_before_the_limit__the_limit, begin),
		cmocka_unit_test_setup(recorded__a_damaged_line__is_the_one_that_was_meant, begin),
		cmocka_unit_test_setup(recorded__two_such_lines__nobody_knows_which, begin),
		cmocka_unit_test_setup(recorded__the_key_itself_is_known__is_not_asked, begin),
		cmocka_unit_test_setup(recorded__a_certificate__is_believed, begin),
		cmocka_unit_test_setup(recorded__configuration_is_stale__what_it_refused_by, begin),
		cmocka_unit_test_setup(recorded__an_authority_that_is_not_marked__its_line, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
