/* diag/rulefile on recorded facts: labels of SELinux, network homes, encrypted homes. */
#include "diag/rulefile.h"

#include <errno.h>
#include <linux/magic.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "diag/sepolicy.h"
#include "tests/unit/lib/factsample.h"

#include "base/poison.h"

static void label__copied_from_elsewhere__is_named(void **state)
{
	struct ka_userfile *f = factsample_there(0);

	(void)state;
	factsample_hit(f, 0, KA_REASON_NONE, KA_KEYSCAN_LISTED);
	put(f->label, "unconfined_u:object_r:default_t:s0");
	factsample.offers[0].said = KA_OFFER_UNKNOWN;
	assert_int_equal(factsample_primary(), KA_REASON_FILE_SELINUX_LABEL);
	assert_string_equal(factsample.evidence.detail, "unconfined_u:object_r:default_t:s0");
	assert_string_equal(factsample.fix.command[0], "runuser -u alice -- restorecon -v -- " FILE1);
	assert_false(factsample.would_login);
	put(f->label, "unconfined_u:object_r:ssh_home_t:s0");
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
	assert_true(factsample.would_login);
}

/* where the policy has answered, no name of a type counts */
static void label__judged_by_the_policy__is_believed(void **state)
{
	struct ka_userfile *f = factsample_there(0);

	(void)state;
	factsample_hit(f, 0, KA_REASON_NONE, KA_KEYSCAN_LISTED);
	factsample.offers[0].said = KA_OFFER_UNKNOWN;
	put(f->label, "unconfined_u:object_r:default_t:s0");
	put(f->label_path, FILE1);
	f->label_answer = KA_SEPOLICY_ALLOWED; /* a permissive domain, a site's own module */
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
	put(f->label, "unconfined_u:object_r:admin_home_t:s0");
	f->label_answer = KA_SEPOLICY_DENIED;
	assert_int_equal(factsample_primary(), KA_REASON_FILE_SELINUX_LABEL);
	assert_string_equal(factsample.evidence.path, FILE1);
	put(f->label_path, "/home/alice/.ssh");
	assert_int_equal(factsample_primary(), KA_REASON_FILE_SELINUX_LABEL);
	assert_string_equal(factsample.evidence.path, "/home/alice/.ssh");
	assert_string_equal(factsample.evidence.detail, "unconfined_u:object_r:admin_home_t:s0");
	assert_string_equal(factsample.fix.command[0], "runuser -u alice -- restorecon -R -v -- /home/alice/.ssh");
	assert_false(factsample.evidence.has_stat);
}

static void network__denied_or_stale__is_named(void **state)
{
	struct ka_userfile *f = &factsample.facts.files.files[0];

	(void)state;
	f->errnum = EACCES;
	assert_int_equal(factsample_primary(), KA_REASON_FILE_UNREADABLE);
	f->fs_type = NFS_SUPER_MAGIC;
	assert_int_equal(factsample_primary(), KA_REASON_FILE_NFS_DENIED);
	assert_string_equal(factsample.evidence.detail, "nfs");
	f->fs_type = 0;
	f->errnum = ESTALE;
	assert_int_equal(factsample_primary(), KA_REASON_FILE_NFS_DENIED);
	f->errnum = ENOENT; /* not there is not there, wherever */
	f->fs_type = NFS_SUPER_MAGIC;
	assert_int_equal(factsample_primary(), KA_REASON_FILE_MISSING);
}

static void home__encrypted_or_not_mounted__says_by_what(void **state)
{
	struct ka_userfiles *files = &factsample.facts.files;

	(void)state;
	files->home.errnum = ENOENT;
	files->home.fs_type = AUTOFS_SUPER_MAGIC;
	assert_int_equal(factsample_primary(), KA_REASON_FILE_HOME_MISSING);
	assert_string_equal(factsample.evidence.note, "its place is on autofs");
	files->home.errnum = 0;
	files->home.is_locked = 1;
	assert_int_equal(factsample_primary(), KA_REASON_FILE_HOME_MISSING);
	assert_non_null(strstr(factsample.evidence.note, "ecryptfs"));
	assert_non_null(strstr(factsample.fix.advice, "AuthorizedKeysFile"));
	files->home.is_locked = KA_HOME_LOCKED_FSCRYPT;
	assert_int_equal(factsample_primary(), KA_REASON_FILE_HOME_MISSING);
	assert_non_null(strstr(factsample.evidence.note, "fscrypt"));
	files->home.is_locked = 0;
	files->files[0].errnum = ENOKEY; /* fscrypt */
	assert_int_equal(factsample_primary(), KA_REASON_FILE_HOME_MISSING);
	assert_string_equal(factsample.evidence.path, FILE1);
	assert_non_null(strstr(factsample.fix.advice, "encrypted"));
	files->files[0].errnum = ENOENT;
	assert_int_equal(factsample_primary(), KA_REASON_FILE_MISSING);
}

#define T(name) cmocka_unit_test_setup(name, factsample_plain)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(label__copied_from_elsewhere__is_named),
		T(label__judged_by_the_policy__is_believed),
		T(network__denied_or_stale__is_named),
		T(home__encrypted_or_not_mounted__says_by_what),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
