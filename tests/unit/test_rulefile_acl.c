/* diag/rulefile: access lists. Debian lets the mask of a private group pass, others refuse it; without effect nothing is said. */
#include "diag/rulefile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "tests/unit/lib/factsample.h"

#include "base/poison.h"

/* the key is listed, and bob may write to the file */
static struct ka_userfile *open_to_bob(void)
{
	struct ka_userfile *f = factsample_there(0);

	factsample_hit(f, 0, KA_REASON_NONE, KA_KEYSCAN_LISTED);
	put(f->acl_open.path, FILE1);
	f->acl_open.mode = S_IFREG | 0660;
	f->acl_open.uid = f->acl_open.gid = 1001;
	f->acl_only_mask = 1;
	put(f->acl_who, "user:bob");
	return f;
}

static void acl__accepted__is_secondary(void **state)
{
	(void)state;
	open_to_bob();
	factsample.offers[0].said = KA_OFFER_UNKNOWN;
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
	assert_true(factsample.would_login);
	assert_true(factsample_has(KA_REASON_PERM_ACL));
	factsample.facts.files.files[0].acl_open.path[0] = '\0';
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
	assert_false(factsample_has(KA_REASON_PERM_ACL));
}

static void acl__its_mask_is_refused__is_the_reason(void **state)
{
	struct ka_userfile *f = open_to_bob();

	(void)state;
	factsample_bad_perm(f, KA_REASON_PERM_GROUP_WRITABLE, FILE1, S_IFREG | 0660);
	assert_int_equal(factsample_primary(), KA_REASON_PERM_ACL);
	assert_string_equal(factsample.evidence.path, FILE1);
	assert_string_equal(factsample.evidence.detail, "user:bob");
	assert_int_equal(factsample.fix.commands, 2);
	assert_string_equal(factsample.fix.command[0], "runuser -u alice -- setfacl -b -- " FILE1);
	assert_string_equal(factsample.fix.command[1], "runuser -u alice -- chmod 600 -- " FILE1);
	f->acl_only_mask = 0; /* the owning group may write too: the mode is to blame */
	assert_int_equal(factsample_primary(), KA_REASON_PERM_GROUP_WRITABLE);
	assert_true(factsample_has(KA_REASON_PERM_ACL));
	f->acl_only_mask = 1;
	put(f->perm.path, "/home/alice/.ssh"); /* another object */
	assert_int_equal(factsample_primary(), KA_REASON_PERM_GROUP_WRITABLE);
}

static void acl__of_somebody_elses_file__advice(void **state)
{
	struct ka_userfile *f = open_to_bob();

	(void)state;
	factsample_bad_perm(f, KA_REASON_PERM_GROUP_WRITABLE, FILE1, S_IFREG | 0660);
	f->acl_open.uid = 0;
	assert_int_equal(factsample_primary(), KA_REASON_PERM_ACL);
	assert_int_equal(factsample.fix.commands, 0);
}

#define T(name) cmocka_unit_test_setup(name, factsample_plain)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(acl__accepted__is_secondary),
		T(acl__its_mask_is_refused__is_the_reason),
		T(acl__of_somebody_elses_file__advice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
