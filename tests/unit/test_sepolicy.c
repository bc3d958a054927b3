/* diag/sepolicy: a selinuxfs of plain files for the numbers, and recorded answers of the kernel for the questions. */
#include "diag/sepolicy.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"

#include "base/poison.h"

#define SSHD "system_u:system_r:sshd_t:s0-s0:c0.c1023"
#define SESSION "system_u:system_r:sshd_session_t:s0-s0:c0.c1023"
#define HOME_LABEL "unconfined_u:object_r:ssh_home_t:s0"
#define WRONG_LABEL "unconfined_u:object_r:admin_home_t:s0"

static char fs[64] = "/tmp/test_sepolicy.XXXXXX";
static char asked[512];
static const char *answers;

/* the numbers of a Fedora kernel: file is class 6, dir 7, process 2 */
static const struct { const char *path, *text; } nodes[] = {
	{ "class", NULL }, { "class/file", NULL }, { "class/file/perms", NULL }, { "class/dir", NULL }, { "class/dir/perms", NULL },
	{ "class/process", NULL }, { "class/file/index", "6" }, { "class/dir/index", "7\n" }, { "class/process/index", "2" },
	{ "class/file/perms/read", "2" }, { "class/file/perms/getattr", "4" }, { "class/file/perms/open", "21" }, { "class/dir/perms/search", "24" },
};

static void path_of(const char *name, char out[static 256])
{
	assert_true(snprintf(out, 256, "%s/%s", fs, name) < 256);
}

static int make(void **state)
{
	char path[256];

	(void)state;
	assert_non_null(mkdtemp(fs));
	for (size_t i = 0; i < KA_ARRAY_LEN(nodes); i++) {
		FILE *f;

		path_of(nodes[i].path, path);
		if (nodes[i].text == NULL) {
			assert_int_equal(mkdir(path, 0700), 0);
			continue;
		}
		f = fopen(path, "we");
		assert_non_null(f);
		fputs(nodes[i].text, f);
		fclose(f);
	}
	return 0;
}

static int unmake(void **state)
{
	char path[256];

	(void)state;
	for (size_t i = KA_ARRAY_LEN(nodes); i-- > 0;) {
		path_of(nodes[i].path, path);
		(void)remove(path);
	}
	return rmdir(fs);
}

static bool answer(const char *path, const char *request, char *out, size_t size)
{
	assert_memory_equal(path, fs, strlen(fs));
	assert_true(snprintf(asked, sizeof(asked), "%s %s", path + strlen(fs), request) < (int)sizeof(asked));
	if (answers == NULL)
		return false;
	assert_true(snprintf(out, size, "%s", answers) < (int)size);
	return true;
}

static const struct ka_sepolicy_kernel kernel = { .fs = fs, .ask = answer };

static enum ka_sepolicy_answer may(const char *says, const char *label, bool is_dir)
{
	answers = says;
	asked[0] = '\0';
	return ka_sepolicy_may(&kernel, SSHD, label, is_dir);
}

/* read, getattr and open are 0x10000a of this policy; search is 0x800000 */
static void may__recorded_answers__table(void **state)
{
	static const struct { const char *says; bool is_dir; enum ka_sepolicy_answer answer; } rows[] = {
		{ "10003b ffffffff 0 ffffffff 57 0", false, KA_SEPOLICY_ALLOWED }, { "a ffffffff 0 ffffffff 57 0", false, KA_SEPOLICY_DENIED }, /* no open */
		{ "0 ffffffff 0 ffffffff 57 0", false, KA_SEPOLICY_DENIED },	  { "0 ffffffff 0 ffffffff 57 1", false, KA_SEPOLICY_ALLOWED }, /* permissive */
		{ "800000 ffffffff 0 ffffffff 57 0", true, KA_SEPOLICY_ALLOWED }, { "10000a ffffffff 0 ffffffff 57 0", true, KA_SEPOLICY_DENIED },
		{ "0 ffffffff 0 ffffffff 57", false, KA_SEPOLICY_DENIED },	  { "", false, KA_SEPOLICY_UNKNOWN },
		{ "10003b ffffffff 0", false, KA_SEPOLICY_UNKNOWN },		  { "x ffffffff 0 ffffffff 57 0", false, KA_SEPOLICY_UNKNOWN },
		{ "110000003b ffffffff 0 ffffffff 57 0", false, KA_SEPOLICY_UNKNOWN }, { "0 ffffffff 0 ffffffff 57 x", false, KA_SEPOLICY_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++)
		if (may(rows[i].says, HOME_LABEL, rows[i].is_dir) != rows[i].answer)
			fail_msg("row %zu", i);
	assert_int_equal(may(NULL, HOME_LABEL, false), KA_SEPOLICY_UNKNOWN);
	assert_string_equal(asked, "/access " SSHD " " HOME_LABEL " 6");
	assert_int_equal(may(NULL, HOME_LABEL, true), KA_SEPOLICY_UNKNOWN);
	assert_string_equal(asked, "/access " SSHD " " HOME_LABEL " 7");
}

/* whoever labels a file may write anything there */
static void may__hostile_label__is_no_question(void **state)
{
	static const char *const labels[] = { "", "u:object_r", "a:b:c d:e:f", "a:b:c\n", "a:b:\x1b", "a:b:\xc3\xbc", "a:b:c/../d" };
	char longest[KA_MOUNTLOOK_LABEL_MAX + 2];

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(labels); i++) {
		assert_int_equal(may("ffffffff ffffffff 0 0 1 0", labels[i], false), KA_SEPOLICY_UNKNOWN);
		assert_string_equal(asked, "");
	}
	memset(longest, ':', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(may("ffffffff ffffffff 0 0 1 0", longest, false), KA_SEPOLICY_UNKNOWN);
}

static void may__no_selinux__unknown(void **state)
{
	const struct ka_sepolicy_kernel none = { .fs = "/nonexistent", .ask = answer };

	(void)state;
	answers = "0 ffffffff 0 ffffffff 57 0";
	assert_int_equal(ka_sepolicy_may(&none, SSHD, HOME_LABEL, false), KA_SEPOLICY_UNKNOWN);
}

static void domain__session_of_its_own__is_entered(void **state)
{
	char out[KA_MOUNTLOOK_LABEL_MAX];

	(void)state;
	answers = NULL;
	assert_true(ka_sepolicy_domain(&kernel, SSHD, "", out)); /* up to OpenSSH 9.7 */
	assert_string_equal(out, SSHD);
	assert_false(ka_sepolicy_domain(&kernel, SSHD, "system_u:object_r:sshd_session_exec_t:s0", out));
	answers = SESSION;
	assert_true(ka_sepolicy_domain(&kernel, SSHD, "system_u:object_r:sshd_session_exec_t:s0", out));
	assert_string_equal(out, SESSION);
	assert_string_equal(asked, "/create " SSHD " system_u:object_r:sshd_session_exec_t:s0 2");
	assert_false(ka_sepolicy_domain(&kernel, "unconfined", "", out)); /* AppArmor's word stands in the same file */
}

static void judge__directory_first__names_the_object(void **state)
{
	static struct ka_userfile f;

	(void)state;
	memset(&f, 0, sizeof(f));
	memcpy(f.path, "/home/alice/.ssh/authorized_keys", 33);
	memcpy(f.label, HOME_LABEL, sizeof(HOME_LABEL));
	memcpy(f.dir_label, WRONG_LABEL, sizeof(WRONG_LABEL));
	answers = "10000a ffffffff 0 ffffffff 57 0"; /* the file, and not the directory */
	ka_sepolicy_judge(&kernel, SSHD, &f);
	assert_int_equal(f.label_answer, KA_SEPOLICY_DENIED);
	assert_string_equal(f.label_path, "/home/alice/.ssh");
	assert_string_equal(f.label, WRONG_LABEL);
	memcpy(f.label, HOME_LABEL, sizeof(HOME_LABEL));
	answers = "800000 ffffffff 0 ffffffff 57 0";
	ka_sepolicy_judge(&kernel, SSHD, &f);
	assert_int_equal(f.label_answer, KA_SEPOLICY_DENIED);
	assert_string_equal(f.label_path, f.path);
	assert_string_equal(f.label, HOME_LABEL);
	f.label_answer = KA_SEPOLICY_DENIED; /* what the child sent is not believed */
	ka_sepolicy_judge(&kernel, "", &f);
	assert_int_equal(f.label_answer, KA_SEPOLICY_UNKNOWN);
}

static void of_sshd__none_here__is_not_known(void **state)
{
	char out[KA_MOUNTLOOK_LABEL_MAX];

	(void)state;
	assert_false(ka_sepolicy_of_sshd(0, out));
	assert_string_equal(out, "");
	assert_non_null(ka_sepolicy_kernel()->ask);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(may__recorded_answers__table),
		cmocka_unit_test(may__hostile_label__is_no_question),
		cmocka_unit_test(may__no_selinux__unknown),
		cmocka_unit_test(domain__session_of_its_own__is_entered),
		cmocka_unit_test(judge__directory_first__names_the_object),
		cmocka_unit_test(of_sshd__none_here__is_not_known),
	};

	return cmocka_run_group_tests(tests, make, unmake);
}
