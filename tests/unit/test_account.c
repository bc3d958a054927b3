/* diag/account: what shadow, the shell and the nologin files say. Files and entries are invented; the hash leaves no trace. */
#include "diag/account.h"

#include <errno.h>
#include <setjmp.h>
#include <shadow.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

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
		{ "abJnggxhB/yWI", false, true }, { "*LK*............", false, false },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(cases); i++) {
		ka_account_password(ka_span_of(cases[i].field), &account);
		assert_int_equal(account.is_locked, cases[i].locked);
		assert_int_equal(account.has_hash, cases[i].hash);
	}
}

static bool holds(const void *bytes, size_t size, const char *text)
{
	return memmem(bytes, size, text, strlen(text)) != NULL;
}

static void gather__with_shadow__dates_and_no_hash(void **state)
{
	(void)state;
	shadow.password = "!" HASH;
	shadow.changed = 19700;
	shadow.max = 90;
	shadow.inactive = -1;
	shadow.expires = 20000;
	gather("/bin/sh");
	assert_true(account.has_shadow && account.is_locked && account.has_hash);
	assert_int_equal(account.changed_day, 19700);
	assert_int_equal(account.max_days, 90);
	assert_int_equal(account.inactive_days, -1);
	assert_int_equal(account.expires_day, 20000);
	assert_false(holds(&account, sizeof(account), "abcdefgh"));
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
	memset(longer, 'x', sizeof(longer) - 1);
	longer[0] = '/';
	longer[sizeof(longer) - 1] = '\0';
	gather(longer);
	assert_string_equal(account.shell, "");
	assert_int_equal(account.shell_errnum, 0);
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
	memset(&account, 0, sizeof(account));
	ka_account_near(ka_span_of(passwd), "alicee", &account);
	assert_int_equal(account.near_count, KA_ACCOUNT_NEAR_MAX); /* six letters: two slips */
	memset(&account, 0, sizeof(account));
	ka_account_near(ka_span_of(passwd), "alice", &account); /* itself is not near */
	for (size_t i = 0; i < account.near_count; i++)
		assert_string_not_equal(account.near[i], "alice");
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
		T(near__slips_of_local_names__at_most_three),
		T(look_near__a_slip_of_root__finds_root),
		T(path__of_both),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
