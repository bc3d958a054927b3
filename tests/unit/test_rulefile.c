/* diag/rulefile on invented facts, through all rules: one fact changes, one reason follows. */
#include "diag/rulefile.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "tests/unit/lib/factsample.h"

#include "base/poison.h"

static void home__is_gone__home_missing(void **state)
{
	(void)state;
	factsample.facts.files.home.errnum = ENOENT;
	assert_int_equal(factsample_primary(), KA_REASON_FILE_HOME_MISSING);
	put(factsample.facts.files.files[0].path, "/etc/ssh/keys/alice"); /* the neighbour: no file below the home */
	put(factsample.facts.files.files[1].path, "/etc/ssh/keys/alice2");
	assert_int_equal(factsample_primary(), KA_REASON_FILE_MISSING);
}

static void closed__by_errno_and_type__its_reason(void **state)
{
	struct ka_userfile *f = &factsample.facts.files.files[0];

	(void)state;
	f->errnum = EACCES;
	assert_int_equal(factsample_primary(), KA_REASON_FILE_UNREADABLE);
	f->errnum = ELOOP;
	assert_int_equal(factsample_primary(), KA_REASON_FILE_UNREADABLE);
	f->errnum = EACCES;
	put(f->blocked.path, "/home/alice/.ssh");
	f->blocked.mode = S_IFDIR | 0700;
	assert_int_equal(factsample_primary(), KA_REASON_FILE_DIR_UNSEARCHABLE);
	assert_string_equal(factsample.evidence.path, "/home/alice/.ssh");
	assert_string_equal(factsample.fix.command[0], "chown -h -- alice: /home/alice/.ssh");
	assert_string_equal(factsample.fix.command[1], "runuser -u alice -- chmod 700 -- /home/alice/.ssh");
	f->errnum = ENXIO;
	assert_int_equal(factsample_primary(), KA_REASON_FILE_NOT_REGULAR);
	factsample_there(0)->own.mode = S_IFDIR | 0700;
	f->is_read = 0;
	assert_int_equal(factsample_primary(), KA_REASON_FILE_NOT_REGULAR);
}

static void perm__key_in_the_file__lost_there(void **state)
{
	struct ka_userfile *f = factsample_there(0);

	(void)state;
	factsample_hit(f, 0, KA_REASON_NONE, KA_KEYSCAN_LISTED);
	assert_int_equal(factsample_primary(), KA_REASON_NONE); /* the neighbour */
	assert_true(factsample.would_login);
	factsample_bad_perm(f, KA_REASON_PERM_WORLD_WRITABLE, FILE1, S_IFREG | 0666);
	assert_int_equal(factsample_primary(), KA_REASON_PERM_WORLD_WRITABLE);
	assert_false(factsample.would_login);
	assert_string_equal(factsample.fix.command[0], "runuser -u alice -- chmod go-w -- " FILE1);
	f->perm.uid = 0; /* root's: the user may not chmod it */
	assert_int_equal(factsample_primary(), KA_REASON_PERM_WORLD_WRITABLE);
	assert_string_equal(factsample.fix.command[0], "chown -h -- alice: " FILE1);
	assert_string_equal(factsample.fix.command[1], "runuser -u alice -- chmod go-w -- " FILE1);
}

static void perm__and_a_bad_option__both_are_told_in_order(void **state)
{
	struct ka_userfile *f = factsample_there(0);

	(void)state;
	factsample_hit(f, 0, KA_REASON_OPTION_EXPIRED, KA_KEYSCAN_WHOLE);
	factsample_bad_perm(f, KA_REASON_PERM_GROUP_WRITABLE, "/home/alice", S_IFDIR | 0775);
	assert_int_equal(factsample_primary(), KA_REASON_PERM_GROUP_WRITABLE);
	assert_string_equal(factsample.evidence.detail, FILE1);
	assert_true(factsample_has(KA_REASON_OPTION_EXPIRED));
}

static void perm__file_without_the_key__blocks_only(void **state)
{
	struct ka_userfile *f = factsample_there(0);

	(void)state;
	f->scan.usable = 1;
	factsample_bad_perm(f, KA_REASON_PERM_WRONG_OWNER, FILE1, S_IFREG | 0644);
	assert_int_equal(factsample_primary(), KA_REASON_PERM_WRONG_OWNER);
	factsample_hit(factsample_there(1), 0, KA_REASON_LINE_WRAPPED, KA_KEYSCAN_WHOLE); /* found and lost behind it beats it */
	assert_int_equal(factsample_primary(), KA_REASON_LINE_WRAPPED);
	assert_true(factsample_has(KA_REASON_PERM_WRONG_OWNER));
}

/* an agent's other keys are not blamed on the file in which the interesting one was lost */
static void perm__two_keys_one_in_the_file__the_other_is_not_listed(void **state)
{
	struct ka_userfile *f = factsample_there(0);

	(void)state;
	factsample.subject.offers_count = factsample.facts.offers_count = 2;
	factsample_hit(f, 0, KA_REASON_NONE, KA_KEYSCAN_LISTED);
	factsample_bad_perm(f, KA_REASON_PERM_WORLD_WRITABLE, FILE1, S_IFREG | 0666);
	assert_int_equal(factsample_primary(), KA_REASON_PERM_WORLD_WRITABLE);
	assert_int_equal(ka_primary_of(&factsample.out, 1)->reason, KA_REASON_KEY_NOT_LISTED);
}

static void perm__no_key_asked_and_another_file_has_some__no_cause(void **state)
{
	(void)state;
	factsample.subject.offers_count = factsample.facts.offers_count = 0;
	factsample.subject.is_general = true;
	factsample_there(0)->scan.usable = 1;
	factsample_bad_perm(&factsample.facts.files.files[0], KA_REASON_PERM_WORLD_WRITABLE, FILE1, S_IFREG | 0666);
	assert_int_equal(factsample_primary(), KA_REASON_PERM_WORLD_WRITABLE); /* the neighbour: it is the only one */
	factsample_there(1);
	assert_int_equal(factsample_primary(), KA_REASON_PERM_WORLD_WRITABLE); /* there, and without keys */
	factsample.facts.files.files[1].scan.usable = 1;
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
	assert_true(factsample_has(KA_REASON_PERM_WORLD_WRITABLE));
}

static void perm__through_a_link__link_target(void **state)
{
	struct ka_userfile *f = factsample_there(0);

	(void)state;
	factsample_hit(f, 0, KA_REASON_NONE, KA_KEYSCAN_LISTED);
	f->is_link = 1;
	put(f->real, "/tmp/x/ak");
	factsample_bad_perm(f, KA_REASON_PERM_WORLD_WRITABLE, "/tmp", S_IFDIR | 01777);
	assert_int_equal(factsample_primary(), KA_REASON_PERM_LINK_TARGET);
	assert_string_equal(factsample.evidence.path, FILE1);
	assert_string_equal(factsample.evidence.target, "/tmp/x/ak");
	assert_string_equal(factsample.fix.command[0], "runuser -u alice -- cp --remove-destination -- /tmp/x/ak " FILE1);
	factsample_bad_perm(f, KA_REASON_PERM_WORLD_WRITABLE, "/home/alice", S_IFDIR | 0777); /* the neighbour: on the way of the name too */
	assert_int_equal(factsample_primary(), KA_REASON_PERM_WORLD_WRITABLE);
}

static void perm__above_the_home__never_chmod_of_tmp(void **state)
{
	struct ka_userfile *f = factsample_there(0);

	(void)state;
	put(f->path, "/opt/kd/alice");
	factsample_hit(f, 0, KA_REASON_NONE, KA_KEYSCAN_LISTED);
	factsample_bad_perm(f, KA_REASON_PERM_ABOVE_HOME, "/opt/kd", S_IFDIR | 0775);
	f->perm.uid = 0;
	assert_int_equal(factsample_primary(), KA_REASON_PERM_ABOVE_HOME);
	assert_string_equal(factsample.fix.command[0], "chmod go-w -- /opt/kd");
	factsample_bad_perm(f, KA_REASON_PERM_ABOVE_HOME, "/tmp", S_IFDIR | 01777);
	assert_int_equal(factsample_primary(), KA_REASON_PERM_ABOVE_HOME);
	assert_int_equal(factsample.fix.commands, 0);
}

static void lines__every_reason__is_lost_in_the_file(void **state)
{
	static const enum ka_reason reasons[] = {
		KA_REASON_LINE_COMMENTED_OUT, KA_REASON_LINE_WRAPPED, KA_REASON_LINE_JOINED, KA_REASON_LINE_BAD_BASE64,
		KA_REASON_LINE_PRIVATE_KEY, KA_REASON_LINE_FOREIGN_FORMAT, KA_REASON_LINE_NOT_ASCII, KA_REASON_LINE_CONTROL,
		KA_REASON_LINE_NUL, KA_REASON_KEY_BLOB_TRUNCATED, KA_REASON_KEY_BLOB_TRAILING, KA_REASON_KEY_TYPE_MISMATCH,
		KA_REASON_KEY_TYPE_UNKNOWN, KA_REASON_OPTION_UNKNOWN, KA_REASON_OPTION_BAD_QUOTING, KA_REASON_OPTION_BAD_VALUE,
		KA_REASON_OPTION_REPEATED, KA_REASON_OPTION_EXPIRED, KA_REASON_OPTION_FROM_MISMATCH, KA_REASON_OPTION_CERT_AUTHORITY,
		KA_REASON_OPTION_PRINCIPALS_WITHOUT_CA,
	};

	for (size_t i = 0; i < KA_ARRAY_LEN(reasons); i++) {
		factsample_plain(state);
		factsample_there(0)->scan.usable = 5;
		factsample_hit(&factsample.facts.files.files[0], 0, reasons[i], KA_KEYSCAN_WHOLE);
		assert_int_equal(factsample_primary(), reasons[i]);
		assert_int_equal(factsample.evidence.line, 3);
		assert_string_equal(factsample.evidence.path, FILE1);
	}
}

static void from__without_an_address__a_warning_or_what_is_left(void **state)
{
	struct ka_userfile *f = factsample_there(0);

	(void)state;
	factsample_hit(f, 0, KA_REASON_NONE, KA_KEYSCAN_LISTED);
	f->scan.hits[0].what = KA_KEYSCAN_FROM_UNJUDGED;
	factsample.subject.address[0] = '\0';
	factsample.offers[0].said = KA_OFFER_UNKNOWN;
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
	assert_true(factsample.would_login && factsample_has(KA_REASON_OPTION_FROM_MISMATCH));
	factsample.offers[0].said = KA_OFFER_NONE; /* sshd went on to the command: it did not take the key here */
	assert_int_equal(factsample_primary(), KA_REASON_OPTION_FROM_MISMATCH);
	assert_false(factsample.would_login);
	assert_int_equal(factsample.evidence.line, 3);
	factsample.offers[0].said = KA_OFFER_SERVED;
	assert_int_equal(factsample_primary(), KA_REASON_SIG_MISSING);
}

/* nothing of another line, or of a key nobody offered, is a cause */
static void lines__of_others__are_no_cause(void **state)
{
	struct ka_userfile *f = factsample_there(0);

	(void)state;
	factsample_hit(f, 0, KA_REASON_NONE, KA_KEYSCAN_LISTED);
	factsample_hit(f, UINT32_MAX, KA_REASON_LINE_BAD_BASE64, KA_KEYSCAN_OTHER);
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
	assert_false(factsample_has(KA_REASON_LINE_BAD_BASE64));
	f->scan.hits_count = 0;
	factsample_hit(f, UINT32_MAX, KA_REASON_LINE_BAD_BASE64, KA_KEYSCAN_OTHER);
	assert_int_equal(factsample_primary(), KA_REASON_KEY_NOT_LISTED);
	factsample.subject.is_general = true; /* the doctor tells them, but they decide nothing */
	factsample.subject.offers_count = factsample.facts.offers_count = 0;
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
	assert_true(factsample_has(KA_REASON_LINE_BAD_BASE64));
}

static void near_name__holds_the_key__wrong_name(void **state)
{
	struct ka_userfile *f = factsample_near("/home/alice/.ssh/authorized_key");

	(void)state;
	assert_int_equal(factsample_primary(), KA_REASON_FILE_WRONG_NAME);
	assert_false(factsample.would_login);
	assert_string_equal(factsample.fix.command[0], "runuser -u alice -- mv -n -- /home/alice/.ssh/authorized_key " FILE1);
	f->expected_exists = 1; /* mv -n would do nothing */
	assert_int_equal(factsample_primary(), KA_REASON_FILE_WRONG_NAME);
	assert_int_equal(factsample.fix.commands, 0);
}

static void near_name__the_usual_file_is_not_configured__elsewhere(void **state)
{
	(void)state;
	factsample_near(FILE1);
	put(factsample.facts.files.files[0].path, "/etc/ssh/keys/alice");
	put(factsample.facts.files.files[1].path, "/etc/ssh/keys/alice2");
	assert_int_equal(factsample_primary(), KA_REASON_SSHD_KEYS_FILE_ELSEWHERE);
}

static void near_name__keys2_beside_a_configured_first__wrong_name(void **state)
{
	(void)state;
	factsample_near(FILE2);
	put(factsample.facts.files.files[1].path, "/etc/ssh/keys/alice");
	assert_int_equal(factsample_primary(), KA_REASON_FILE_WRONG_NAME);
}

#define T(name) cmocka_unit_test_setup(name, factsample_plain)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(home__is_gone__home_missing),
		T(closed__by_errno_and_type__its_reason),
		T(perm__key_in_the_file__lost_there),
		T(perm__and_a_bad_option__both_are_told_in_order),
		T(perm__file_without_the_key__blocks_only),
		T(perm__two_keys_one_in_the_file__the_other_is_not_listed),
		T(perm__no_key_asked_and_another_file_has_some__no_cause),
		T(perm__through_a_link__link_target),
		T(perm__above_the_home__never_chmod_of_tmp),
		T(lines__every_reason__is_lost_in_the_file),
		T(from__without_an_address__a_warning_or_what_is_left),
		T(lines__of_others__are_no_cause),
		T(near_name__holds_the_key__wrong_name),
		T(near_name__the_usual_file_is_not_configured__elsewhere),
		T(near_name__keys2_beside_a_configured_first__wrong_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
