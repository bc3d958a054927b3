/* keyaudit/logargs: the shared options, their values, and what is refused. */
#include "keyaudit/log/logargs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/paths.h"
#include "keyaudit/screen/exit.h"

#include "base/poison.h"

static int take(struct ka_logargs *a, const char *option, const char *value, int *used)
{
	char *argv[] = { strdup(option), value != NULL ? strdup(value) : NULL };
	int i = 0, status;

	assert_non_null(argv[0]);
	status = ka_logargs_take(a, "log", value != NULL ? 2 : 1, argv, &i);
	*used = i;
	free(argv[0]);
	free(argv[1]);
	return status;
}

static void take__table(void **state)
{
	static const struct { const char *option, *value; int status, used; } rows[] = {
		{ "--user", "alice", KA_EXIT_FINE, 1 }, { "--user=alice", "x", KA_EXIT_FINE, 0 }, { "--user", NULL, KA_EXIT_USAGE, 0 },
		{ "--users", "alice", KA_LOGARGS_OTHER, 0 }, { "-c", "file", KA_EXIT_FINE, 1 }, { "-c=file", "x", KA_LOGARGS_OTHER, 0 },
		{ "--from", "203.0.113.0/24", KA_EXIT_FINE, 1 }, { "--from", "web01", KA_EXIT_USAGE, 1 }, { "--from=", NULL, KA_EXIT_USAGE, 0 },
		{ "--key", "SHA256:AAAABBBB", KA_EXIT_FINE, 1 }, { "--key", "AAAABBB", KA_EXIT_USAGE, 1 }, { "--key=MD5:aa:bb", NULL, KA_EXIT_USAGE, 0 },
		{ "--outcome", "failure", KA_EXIT_FINE, 1 }, { "--outcome", "fail", KA_EXIT_USAGE, 1 }, { "--reason", "perm", KA_EXIT_FINE, 1 },
		{ "--reason", "per", KA_EXIT_UNKNOWN, 1 }, { "--since", "2h", KA_EXIT_FINE, 1 }, { "--until", "2026-08-23", KA_EXIT_FINE, 1 },
		{ "--until", "now", KA_EXIT_USAGE, 1 }, { "--color", "never", KA_EXIT_FINE, 1 }, { "--color=purple", NULL, KA_EXIT_USAGE, 0 },
		{ "--trail=x", NULL, KA_EXIT_FINE, 0 }, { "--source", "corp", KA_EXIT_FINE, 1 }, { "-f", "x", KA_LOGARGS_OTHER, 0 },
		{ "", NULL, KA_LOGARGS_OTHER, 0 },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		struct ka_logargs a;
		int used;

		ka_logargs_init(&a);
		if (take(&a, rows[i].option, rows[i].value, &used) != rows[i].status || used != rows[i].used)
			fail_msg("row %zu: %s", i, rows[i].option);
	}
}

static void take__lands_where_it_belongs(void **state)
{
	char *argv[] = { (char[]){ "--user=alice" }, (char[]){ "--from=203.0.113.7" }, (char[]){ "--key=SHA256:AAAABBBB" }, (char[]){ "--until=2026-08-23" },
			 (char[]){ "--outcome=failure" }, (char[]){ "--source=corp" }, (char[]){ "--trail=t" }, (char[]){ "--reason=perm" } };
	struct ka_logargs a;

	(void)state;
	ka_logargs_init(&a);
	assert_string_equal(a.conf, KA_PATH_CONF);
	for (int i = 0; i < (int)KA_ARRAY_LEN(argv); i++)
		assert_int_equal(ka_logargs_take(&a, "log", (int)KA_ARRAY_LEN(argv), argv, &i), KA_EXIT_FINE);
	assert_string_equal(a.query.user, "alice");
	assert_true(ka_lognet_has(&a.query.from, "203.0.113.7"));
	assert_string_equal(a.query.key, "AAAABBBB");
	assert_string_equal(a.query.until, "2026-08-23T00:00:00.000000Z");
	assert_string_equal(a.query.since, "");
	assert_string_equal(a.query.outcome, "failure");
	assert_string_equal(a.query.source, "corp");
	assert_string_equal(a.query.reason, "perm");
	assert_string_equal(a.trail, "t");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(take__table), cmocka_unit_test(take__lands_where_it_belongs) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
