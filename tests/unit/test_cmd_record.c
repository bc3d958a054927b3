/* keyaudit record, as far as it says no: its words, and who may run it. What it records is tested with a real sshd. */
#include "keyaudit/cmd.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "keyaudit/case/caseevent.h"
#include "tests/unit/lib/caught.h"
#include "tests/unit/lib/nocaseevent.h"

#include "base/poison.h"

static unsigned opened;

/* stands before the one in the archive: nothing of this machine is touched */
enum ka_err ka_caseevent_open(struct ka_writer *w, const char *provider, const char *conf_path, char *why, size_t size)
{
	(void)w;
	(void)provider;
	(void)conf_path;
	opened++;
	assert_true(ka_span_copy(ka_span_of("/run/keyaudit: no; mend: something"), why, size));
	return KA_ERR_SYNTAX;
}

#define RECORD(...) CAUGHT(ka_cmd_record, "record", __VA_ARGS__)
#define CONN "4240.8123771"

static void usage__bad_words__table(void **state)
{
	static const struct { const char *words[8]; const char *says; } rows[] = {
		{ { NULL }, "needs --connection and --phase" },
		{ { "--connection", CONN }, "needs --connection and --phase" },
		{ { "--phase", "session" }, "needs --connection and --phase" },
		{ { "--connection", CONN, "--phase" }, "no such phase: \"\"" },
		{ { "--connection", CONN, "--phase", "denied" }, "no such phase: \"denied\"" },
		{ { "--connection", CONN, "--phase", "sessio" }, "no such phase: \"sessio\"" },
		{ { "--phase", "session", "--connection" }, "not a connection (PID.START): \"\"" },
		{ { "--connection", "4240", "--phase", "session" }, "not a connection (PID.START): \"4240\"" },
		{ { "--connection", "0.1", "--phase", "session" }, "not a connection (PID.START): \"0.1\"" },
		{ { "--connection", "-1.1", "--phase", "session" }, "not a connection (PID.START): \"-1.1\"" },
		{ { "--connection", "../4240.1", "--phase", "session" }, "not a connection (PID.START): \"../4240.1\"" },
		{ { "--connection", "4240.8123771x", "--phase", "session" }, "not a connection" },
		{ { "--connection", "99999999999999999999.1", "--phase", "session" }, "not a connection" },
		{ { "--connection", CONN, "--phase", "session", "--enforced" }, "no such argument: \"--enforced\"" },
		{ { "--connection", CONN, "--phase", "session", "--enforce=hard" }, "no such argument: \"--enforce=hard\"" },
		{ { "--connection", CONN, "--phase", "session", "x" }, "no such argument: \"x\"" },
		{ { "x", "--connection", "y" }, "no such argument: \"x\"" }, /* the first fault is told */
		{ { "--connection", "y", "--connection", CONN, "--phase", "session" }, "not a connection" }, /* a later one mends nothing */
		{ { "--connection", "\x1b[2J\n", "--phase", "session" }, "not a connection (PID.START): \"\\x1b[2J\\x0a\"" },
	};

	(void)state;
	opened = 0;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		int status = caught_verb(ka_cmd_record, "record", rows[i].words);

		if (status != KA_EXIT_USAGE || strstr(caught_err, rows[i].says) == NULL)
			fail_msg("row %zu: %d %s", i, status, caught_err);
		assert_string_equal(caught_out, ""); /* nothing that the module could take for an answer */
		assert_true(caught_is_plain(caught_err));
	}
	assert_int_equal(opened, 0);
	assert_int_equal(RECORD("--phase", "x", "--help"), KA_EXIT_FINE);
	assert_non_null(strstr(caught_out, "examples:"));
	assert_int_equal(opened, 0);
}

static void open__fails__no_answer_and_says_why(void **state)
{
	static const char *const words[] = { "--connection", CONN, "--phase", "session", "--enforce", NULL };

	(void)state;
	assert_int_equal(caught_verb_of(caught_as_nobody, ka_cmd_record, "record", words), KA_EXIT_NOPERM);
	assert_string_equal(caught_out, "");
	assert_string_equal(caught_err, "keyaudit record: /run/keyaudit: no; mend: something\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(usage__bad_words__table),
		cmocka_unit_test(open__fails__no_answer_and_says_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
