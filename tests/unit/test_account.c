/* diag/account: what shadow, the shell and the nologin files say. Files and entries are invented; the hash leaves no trace. */
#include "diag/account.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <shadow.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "tests/unit/lib/tmptree.h"

#include "base/poison.h"

#define HASH "$y$j9T$abcdefgh$ijklmnopqrstuvwxyz0123456789ABCDEFGH"

/* shadow, as getspnam_r() gives it here */
static struct {
	int answer;
	const char *password; /* NULL: no entry */
	long changed, max, inactive, expires;
	char *buffer;
	size_t size;
} shadow;

static struct ka_account account;

/* this one stands before libc's */
int getspnam_r(const char *name, struct spwd *sp, char *buffer, size_t size, struct spwd **found)
{
	assert_string_equal(name, "alice");
	*found = NULL;
	if (shadow.answer != 0 || shadow.password == NULL)
		return shadow.answer;
	shadow.buffer = buffer;
	shadow.size = size;
	assert_true(snprintf(buffer, size, "%s", shadow.password) < (int)size);
	*sp = (struct spwd){ .sp_pwdp = buffer, .sp_lstchg = shadow.changed, .sp_max = shadow.max, .sp_inact = shadow.inactive,
			     .sp_expire = shadow.expires };
	*found = sp;
	return 0;
}

static void gather(const char *shell)
{
	static char name[] = "alice", text[2 * KA_TEXT_PATH_MAX];
	struct passwd pw = { .pw_name = name, .pw_shell = shell != NULL ? text : NULL };

	if (shell != NULL)
		assert_true(snprintf(text, sizeof(text), "%s", shell) < (int)sizeof(text));
	memset(&account, 0xa5, sizeof(account));
	assert_int_equal(ka_account_gather(&pw, &account), KA_ERR_OK);
	assert_true(account.is_asked);
}

static int begin(void **state)
{
	(void)state;
	memset(&shadow, 0, sizeof(shadow));
	return 0;
}

static void password__table(void **state)
{
	static const struct { const char *field; bool locked, hash; } cases[] = {
		{ "", false, false }, { "*", false, false }, { "!", true, false }, { "!!", true, false }, { "!*", true, false },
		{ "x", false, false }, { HASH, false, true }, { "!" HASH, true, true }, { "!!" HASH, true, true },
		{ "abJnggxhB/yWI", false, true }, { "!abJnggxhB/yWI", true, true }, { "abJnggxhB/yW", false, false }, { "*LK*............", false, false },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(cases); i++) {
		ka_account_password(ka_span_of(cases[i].field), &account);
		assert_int_equal(account.is_locked, cases[i].locked);
		assert_int_equal(account.has_hash, cases[i].hash);
	}
	ka_account_password(ka_span_sub(ka_span_of("!!!"), 0, 0), &account); /* nothing behind the field is looked at */
	assert_false(account.is_locked);
	ka_account_password(ka_span_sub(ka_span_of("!!!"), 0, 2), &account);
	assert_true(account.is_locked && !account.has_hash);
}

static bool holds(const void *bytes, size_t size, const char *text)
{
	return memmem(bytes, size, text, strlen(text)) != NULL;
}

static void gather__with_shadow__dates_and_no_hash(void **state)
{
	char *volatile again;

	(void)state;
	shadow.password = "!" HASH;
	shadow.changed = 19700;
	shadow.max = 90;
	shadow.inactive = 7;
	shadow.expires = 20000;
	gather("/bin/sh");
	assert_true(account.has_shadow && account.is_locked && account.has_hash);
	assert_int_equal(account.changed_day, 19700);
	assert_int_equal(account.max_days, 90);
	assert_int_equal(account.inactive_days, 7);
	assert_int_equal(account.expires_day, 20000);
	assert_false(holds(&account, sizeof(account), "abcdefgh"));
	again = malloc(shadow.size); /* the same piece of memory, where malloc(3) works so; free(3) itself writes to its beginning */
	if (again == shadow.buffer)
		assert_false(holds(again, shadow.size, "ijklmnopqrstuvwxyz"));
	free(again);
}

static void gather__without_shadow__says_nothing_of_it(void **state)
{
	(void)state;
	gather("/bin/sh"); /* no entry */
	assert_false(account.has_shadow || account.is_locked || account.has_hash);
	assert_int_equal(account.expires_day, -1);
	assert_int_equal(account.changed_day, -1);
	shadow.answer = EACCES; /* not root */
	shadow.password = HASH;
	gather("/bin/sh");
	assert_false(account.has_shadow || account.has_hash);
}

static void shell__there_missing_or_too_long(void **state)
{
	char longer[KA_TEXT_PATH_MAX + 1];

	(void)state;
	gather("/bin/sh");
	assert_string_equal(account.shell, "/bin/sh");
	assert_int_equal(account.shell_errnum, 0);
	assert_true((account.shell_mode & 0111) != 0);
	gather("");
	assert_string_equal(account.shell, "/bin/sh");
	gather(NULL);
	assert_string_equal(account.shell, "/bin/sh");
	gather("/nonexistent/shell");
	assert_int_equal(account.shell_errnum, ENOENT);
	assert_int_equal(account.shell_mode, 0);
	memset(longer, 'x', sizeof(longer) - 1);
	longer[0] = '/';
	longer[sizeof(longer) - 1] = '\0';
	gather(longer);
	assert_string_equal(account.shell, "");
	assert_int_equal(account.shell_errnum, 0);
}

static void shell__of_somebody__owner_and_mode(void **state)
{
	char path[128];
	uid_t uid = geteuid() == 0 ? 1234 : geteuid();
	gid_t gid = geteuid() == 0 ? 2345 : getegid();

	(void)state;
	tmptree_write("shell", "#!/bin/true\n");
	assert_true(snprintf(path, sizeof(path), "%s/shell", tmptree) < (int)sizeof(path));
	assert_int_equal(chmod(path, 0751), 0);
	assert_int_equal(chown(path, uid, gid), 0);
	gather(path);
	assert_int_equal(account.shell_mode, S_IFREG | 0751);
	assert_int_equal(account.shell_uid, uid);
	assert_int_equal(account.shell_gid, gid);
}

static const struct ka_account_closed *closed(const char *name)
{
	static struct ka_account_closed out;
	char path[128];

	memset(&out, 0, sizeof(out));
	assert_true(snprintf(path, sizeof(path), "%s/%s", tmptree, name) < (int)sizeof(path));
	ka_account_look_closed(path, &out);
	return &out;
}

static void closed__a_file__its_first_line_and_age(void **state)
{
	static const struct timespec then[2] = { { .tv_sec = 1700000000 }, { .tv_sec = 1700000000 } };
	char path[128], longer[2 * KA_ACCOUNT_TEXT_MAX];

	(void)state;
	assert_false(closed("nologin")->is_there);
	assert_int_equal(closed("nologin")->since_sec, 0);
	tmptree_write("nologin", "  closed until five\t\nnot this\n");
	assert_true(snprintf(path, sizeof(path), "%s/nologin", tmptree) < (int)sizeof(path));
	assert_int_equal(utimensat(AT_FDCWD, path, then, 0), 0);
	assert_true(closed("nologin")->is_there);
	assert_int_equal(closed("nologin")->since_sec, 1700000000);
	assert_string_equal(closed("nologin")->text, "closed until five");
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	tmptree_write("nologin", longer);
	assert_int_equal(strlen(closed("nologin")->text), KA_ACCOUNT_TEXT_MAX - 1);
	tmptree_write("nologin", "");
	assert_true(closed("nologin")->is_there);
	assert_string_equal(closed("nologin")->text, "");
}

/* the file counts, whatever it is; and nobody reads or waits for what is none */
static void closed__no_file__counts_without_a_text(void **state)
{
	char path[128];
	KA_AUTOCLOSE int kept = -1;
	int fd;

	(void)state;
	assert_true(snprintf(path, sizeof(path), "%s/pipe", tmptree) < (int)sizeof(path));
	assert_int_equal(mkfifo(path, 0600), 0);
	kept = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	assert_int_equal(write(fd, "text\n", 5), 5);
	assert_int_equal(close(fd), 0); /* its end can be read */
	assert_string_equal(closed("pipe")->text, "");
	assert_true(closed("pipe")->is_there);
	assert_true(closed(".")->is_there);
	assert_string_equal(closed(".")->text, "");
}

static void near__slips_of_local_names__at_most_three(void **state)
{
	static const char passwd[] = "root:x:0:0::/root:/bin/sh\nalice:x:1::/:/\nbob:x:2:::\n\n:x:3:\nalicia\nalize:\nalce::\nallice::\n";
	static const char nul[] = "ali\0ce:x:1:\nalica:x:\n";

	(void)state;
	memset(&account, 0, sizeof(account));
	ka_account_near(ka_span_of(passwd), "alcie", &account);
	assert_int_equal(account.near_count, 2);
	assert_string_equal(account.near[0], "alice");
	assert_string_equal(account.near[1], "alce");
	assert_string_equal(account.near[2], ""); /* what was tried last is not kept */
	memset(&account, 0, sizeof(account));
	ka_account_near(ka_span_of(passwd), "alicee", &account);
	assert_int_equal(account.near_count, KA_ACCOUNT_NEAR_MAX); /* six letters: two slips */
	memset(&account, 0, sizeof(account));
	ka_account_near(ka_span_of(passwd), "alice", &account); /* itself is not near */
	for (size_t i = 0; i < account.near_count; i++)
		assert_string_not_equal(account.near[i], "alice");
	memset(&account, 0, sizeof(account));
	ka_account_near(ka_span_of("alicia:x:\nalicai:x:\n"), "alicia", &account); /* nor with two slips allowed */
	assert_int_equal(account.near_count, 1);
	assert_string_equal(account.near[0], "alicai");
	memset(&account, 0, sizeof(account));
	ka_account_near(ka_span_of(":x:\n\n::\n"), "a", &account);
	assert_int_equal(account.near_count, 0);
	memset(&account, 0, sizeof(account));
	ka_account_near((struct ka_span){ (const uint8_t *)nul, sizeof(nul) - 1 }, "alice", &account);
	assert_int_equal(account.near_count, 1);
	assert_string_equal(account.near[0], "alica");
	memset(&account, 0, sizeof(account));
	ka_account_near(ka_span_of(passwd), "", &account);
	ka_account_near(ka_span_of(passwd), "ec2-user", &account);
	assert_int_equal(account.near_count, 0);
}

static void look_near__a_slip_of_root__finds_root(void **state)
{
	(void)state;
	memset(&account, 0xa5, sizeof(account));
	assert_int_equal(ka_account_look_near("rooot", &account), KA_ERR_OK);
	assert_true(account.near_count >= 1);
	assert_string_equal(account.near[0], "root");
	assert_false(account.is_asked);
}

static void path__of_both(void **state)
{
	(void)state;
	assert_string_equal(ka_account_path(KA_ACCOUNT_ETC), "/etc/nologin");
	assert_string_equal(ka_account_path(KA_ACCOUNT_RUN), "/run/nologin");
}

#define T(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(password__table),
		T(gather__with_shadow__dates_and_no_hash),
		T(gather__without_shadow__says_nothing_of_it),
		T(shell__there_missing_or_too_long),
		cmocka_unit_test_setup_teardown(shell__of_somebody__owner_and_mode, tmptree_make, tmptree_remove),
		cmocka_unit_test_setup_teardown(closed__a_file__its_first_line_and_age, tmptree_make, tmptree_remove),
		cmocka_unit_test_setup_teardown(closed__no_file__counts_without_a_text, tmptree_make, tmptree_remove),
		T(near__slips_of_local_names__at_most_three),
		T(look_near__a_slip_of_root__finds_root),
		T(path__of_both),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
