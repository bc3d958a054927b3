/* keyaudit/allusers: what is said of an account, and that every account comes back from its worker. */
#include "keyaudit/doctor/allusers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/text.h"

#include "base/poison.h"

static struct ka_diagnosis d;
static struct ka_alluser one;
static struct ka_allusers_passwd person = { .uid = 1001 }, service = { .uid = 998, .is_service = true };
static const char *dies_at; /* the worker that asks about this user ends */

/* stands before the diagnosis: the name says what is found */
enum ka_err ka_diagnosis_run(struct ka_diag_subject *s, struct ka_diagnosis *out)
{
	memset(out, 0, sizeof(*out));
	if (dies_at != NULL && strcmp(s->user, dies_at) == 0)
		_exit(1);
	out->usable_keys = strlen(s->user);
	if (s->user[0] == 'r') { /* root */
		out->has_primary = true;
		out->count = 1;
		out->findings[0].reason = KA_REASON_PERM_WORLD_WRITABLE;
	}
	return s->user[0] == 'b' ? KA_ERR_NOMEM : KA_ERR_OK;
}

static enum ka_alluser_state judge(size_t keys, enum ka_reason primary, size_t warnings, const struct ka_allusers_passwd *passwd)
{
	memset(&d, 0, sizeof(d));
	d.usable_keys = keys;
	d.has_primary = primary != KA_REASON_NONE;
	d.count = warnings + (d.has_primary ? 1 : 0);
	d.findings[0].reason = d.has_primary ? primary : KA_REASON_LINE_BAD_BASE64;
	ka_allusers_judge(&d, passwd, &one);
	return (enum ka_alluser_state)one.state;
}

static void judge__keys_and_findings__table(void **state)
{
	static const struct {
		size_t keys;
		enum ka_reason primary;
		size_t warnings;
		enum ka_alluser_state person, service;
	} rows[] = {
		{ 3, KA_REASON_NONE, 0, KA_ALLUSER_OK, KA_ALLUSER_OK },
		{ 3, KA_REASON_NONE, 1, KA_ALLUSER_WARN, KA_ALLUSER_WARN },
		{ 3, KA_REASON_PERM_GROUP_WRITABLE, 0, KA_ALLUSER_FAIL, KA_ALLUSER_FAIL },
		{ 3, KA_REASON_SSHD_USER_NOT_ALLOWED, 0, KA_ALLUSER_FAIL, KA_ALLUSER_FAIL },
		{ 0, KA_REASON_NONE, 0, KA_ALLUSER_NONE, KA_ALLUSER_NONE },
		{ 0, KA_REASON_FILE_MISSING, 0, KA_ALLUSER_NONE, KA_ALLUSER_NONE },
		{ 0, KA_REASON_SSHD_USER_NOT_ALLOWED, 0, KA_ALLUSER_NONE, KA_ALLUSER_NONE },
		{ 0, KA_REASON_FILE_HOME_MISSING, 0, KA_ALLUSER_FAIL, KA_ALLUSER_NONE },
		{ 0, KA_REASON_FILE_UNREADABLE, 0, KA_ALLUSER_FAIL, KA_ALLUSER_FAIL },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		if (judge(rows[i].keys, rows[i].primary, rows[i].warnings, &person) != rows[i].person ||
		    judge(rows[i].keys, rows[i].primary, rows[i].warnings, &service) != rows[i].service)
			fail_msg("row %zu", i);
		assert_int_equal(one.keys, rows[i].keys);
		assert_int_equal(one.warnings, rows[i].warnings);
	}
}

static void judge__long_path__its_end_is_kept(void **state)
{
	(void)state;
	memset(&d, 0, sizeof(d));
	d.usable_keys = d.count = 1;
	d.has_primary = true;
	d.findings[0].reason = KA_REASON_PERM_WORLD_WRITABLE;
	d.findings[0].evidence.line = 7;
	memset(d.findings[0].evidence.path, 'x', 600);
	memcpy(d.findings[0].evidence.path + 600, "/end", 5);
	ka_allusers_judge(&d, &person, &one);
	assert_int_equal(strlen(one.path), KA_ALLUSERS_PATH_MAX - 1);
	assert_string_equal(one.path + strlen(one.path) - 4, "/end");
	assert_int_equal(one.line, 7);
	assert_int_equal(one.reason, KA_REASON_PERM_WORLD_WRITABLE);
}

static void run(struct ka_allusers *all, unsigned workers)
{
	struct ka_diag_subject base = { .is_general = true };
	struct ka_progress bar;

	assert_int_equal(ka_allusers_list(all), KA_ERR_OK);
	ka_progress_begin(&bar);
	assert_int_equal(ka_allusers_run(all, &base, workers, &bar), KA_ERR_OK);
}

/* every account of this machine, whoever they are: root is one of them */
static void run__several_workers__every_account_once(void **state)
{
	struct ka_allusers all;
	size_t sum = 0, root = 0;

	(void)state;
	dies_at = NULL;
	for (unsigned workers = 0; workers < 10; workers += 3) {
		run(&all, workers);
		sum = 0;
		for (size_t i = 0; i < all.count; i++) {
			assert_int_equal(all.found[i].index, i);
			if (all.name[i][0] != 'b')
				assert_int_equal(all.found[i].keys, strlen(all.name[i]));
			assert_int_equal(all.found[i].state == KA_ALLUSER_UNKNOWN, all.name[i][0] == 'b');
			root += strcmp(all.name[i], "root") == 0 && all.found[i].state == KA_ALLUSER_FAIL;
		}
		for (size_t i = 0; i < KA_ALLUSER_STATES; i++)
			sum += all.sum[i];
		assert_int_equal(sum, all.count);
		ka_allusers_free(&all);
		assert_null(all.name);
	}
	assert_int_equal(root, 4);
}

static void run__a_worker_dies__its_accounts_are_unknown(void **state)
{
	struct ka_allusers all;

	(void)state;
	dies_at = "root"; /* the first of all */
	run(&all, 1);
	assert_int_equal(all.sum[KA_ALLUSER_UNKNOWN], all.count);
	ka_allusers_free(&all);
	run(&all, 2);
	assert_true(all.sum[KA_ALLUSER_UNKNOWN] >= (all.count + 1) / 2);
	assert_true(all.sum[KA_ALLUSER_UNKNOWN] < all.count);
	ka_allusers_free(&all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judge__keys_and_findings__table),
		cmocka_unit_test(judge__long_path__its_end_is_kept),
		cmocka_unit_test(run__several_workers__every_account_once),
		cmocka_unit_test(run__a_worker_dies__its_accounts_are_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
