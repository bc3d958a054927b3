/* diag/pammodule: modules in folders of one architecture, by path, and nowhere. */
#include "diag/pammodule.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "keyaudit/case/removal.h"

#include "base/poison.h"

static char root[] = "/tmp/ka-pammodule.XXXXXX";
static struct ka_pamlines lines;

static void make(const char *path, bool is_dir)
{
	char full[256];

	assert_true(snprintf(full, sizeof(full), "%s%s", root, path) < (int)sizeof(full));
	if (is_dir) {
		assert_int_equal(mkdir(full, 0700), 0);
	} else {
		KA_AUTOCLOSE int fd = open(full, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

		assert_true(fd >= 0);
	}
}

static bool is_missing(const char *module)
{
	memset(&lines, 0, sizeof(lines));
	ka_pamline_add(&lines, 1, 1, ka_span_of("required"), false, ka_span_of(module), ka_span_of(""));
	ka_pammodule_look(root, &lines);
	return lines.lines[0].is_missing;
}

static void look__no_folder_known__nothing_is_missing(void **state)
{
	(void)state;
	assert_false(is_missing("pam_x.so"));
	assert_true(is_missing("/lib/security/pam_x.so"));
	assert_false(is_missing("/lib/$ISA/pam_x.so"));
}

static void look__there_or_not(void **state)
{
	static const char *const dirs[] = { "/usr", "/usr/lib", "/usr/lib/a-linux-gnu", "/usr/lib/a-linux-gnu/security", "/usr/lib/security",
					    "/usr/lib/sub", "/usr/lib/sub/security" };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(dirs); i++)
		make(dirs[i], true);
	make("/usr/lib/a-linux-gnu/security/pam_x.so", false);
	make("/usr/lib/security/pam_y.so", false);
	make("/usr/lib/sub/security/pam_z.so", false);
	assert_false(is_missing("pam_x.so"));
	assert_false(is_missing("pam_y.so"));
	assert_true(is_missing("pam_z.so")); /* no folder that Linux-PAM looks into */
	assert_false(is_missing("/usr/lib/sub/security/pam_z.so"));
	assert_false(is_missing("")); /* the head of a substack */
}

/* more folders than are looked into: nobody knows what the others have */
static void look__too_many_folders__nothing_is_missing(void **state)
{
	char path[64];

	(void)state;
	assert_true(is_missing("pam_none.so"));
	for (unsigned i = 0; i <= KA_PAMMODULE_FOLDERS_MAX; i++) {
		assert_true(snprintf(path, sizeof(path), "/usr/lib/many-%u", i) > 0);
		make(path, true);
		assert_true(snprintf(path, sizeof(path), "/usr/lib/many-%u/security", i) > 0);
		make(path, true);
	}
	assert_false(is_missing("pam_none.so"));
	assert_true(is_missing("/usr/lib/pam_none.so"));
}

static int begin(void **state)
{
	(void)state;
	return mkdtemp(root) == NULL;
}

static int end(void **state)
{
	(void)state;
	return !ka_removal_entry(AT_FDCWD, root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(look__no_folder_known__nothing_is_missing),
		cmocka_unit_test(look__there_or_not),
		cmocka_unit_test(look__too_many_folders__nothing_is_missing),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
