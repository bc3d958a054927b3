/* keyaudit log export: options, filters, and a trail that is somebody else's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "base/limits.h"
#include "keyaudit/cmd.h"
#include "tests/unit/lib/caught.h"
#include "tests/unit/lib/formsample.h"

#include "base/poison.h"

static char path[] = "/tmp/ka-export-XXXXXX";

static void put_line(int fd, const char *line)
{
	assert_int_equal(write(fd, line, strlen(line)), (ssize_t)strlen(line));
	assert_int_equal(write(fd, "\n", 1), 1);
}

static int make(void **state)
{
	KA_AUTOCLOSE int fd = mkostemp(path, O_CLOEXEC);
	struct sample *s = sample_new();

	(void)state;
	if (fd < 0)
		return -1;
	put_line(fd, formsample_line(s));
	put_line(fd, "{\"no\":\"event\"}");
	put_line(fd, "torn {");
	SAMPLE_SET(s->e.user, "bob");
	s->e.action = KA_EVENT_LOGIN_ACCEPTED;
	s->e.reason = KA_REASON_NONE;
	s->e.finding = NULL;
	put_line(fd, formsample_line(s));
	free(s);
	return 0;
}

static int clear(void **state)
{
	(void)state;
	return unlink(path);
}

static unsigned lines(const char *text)
{
	unsigned n = 0;

	for (; (text = strchr(text, '\n')) != NULL; text++)
		n++;
	return n;
}

static void export__forms_and_filters(void **state)
{
	(void)state;
	/* through the table of keyaudit log */
	assert_int_equal(CAUGHT(ka_cmd_log, "log", "export", "--trail", path), 0);
	assert_int_equal(lines(caught_out), 2);
	assert_string_equal(caught_err, "keyaudit log export: 1 line is no event and left out, the first is line 3\n"
					"keyaudit log export: 1 event is not to be written in this form\n");
	assert_int_equal(CAUGHT(ka_cmd_log_export, "export", "--trail", path, "--format=kv", "--user", "bob"), 0);
	assert_memory_equal(caught_out, "ssh login accepted: reason=- user=\"bob\" ", 40);
	assert_int_equal(lines(caught_out), 1);
	assert_int_equal(CAUGHT(ka_cmd_log_export, "export", "--trail", path, "--format", "cef", "--reason=perm"), 0);
	assert_memory_equal(caught_out, "CEF:0|", 6);
	assert_int_equal(lines(caught_out), 1);
	assert_int_equal(CAUGHT(ka_cmd_log_export, "export", "--trail", path, "--format=ocsf", "--since", "2026-08-24"), 0);
	assert_string_equal(caught_out, "");
	/* all that keyaudit log sifts by */
	assert_int_equal(CAUGHT(ka_cmd_log_export, "export", "--trail", path, "--outcome=success"), 0);
	assert_int_equal(lines(caught_out), 1);
	assert_non_null(strstr(caught_out, "\"bob\""));
	assert_int_equal(CAUGHT(ka_cmd_log_export, "export", "--trail", path, "--from=192.0.2.0/24"), 0);
	assert_string_equal(caught_out, "");
	assert_int_equal(CAUGHT(ka_cmd_log_export, "export", "--trail", path, "--until", "2026-08-23"), 0);
	assert_string_equal(caught_out, "");
}

static void export__wrong_words(void **state)
{
	(void)state;
	assert_int_equal(CAUGHT(ka_cmd_log_export, "export", "--format=xml"), KA_EXIT_USAGE);
	assert_non_null(strstr(caught_err, "a format is ecs, ocsf, cef or kv, not \"xml\""));
	assert_int_equal(CAUGHT(ka_cmd_log_export, "export", "--json"), KA_EXIT_USAGE);
	assert_int_equal(CAUGHT(ka_cmd_log_export, "export", "--format"), KA_EXIT_USAGE);
	assert_int_equal(CAUGHT(ka_cmd_log_export, "export", "--since", "x"), KA_EXIT_USAGE);
	assert_int_equal(CAUGHT(ka_cmd_log_export, "export", "--reason", "nonsense"), KA_EXIT_UNKNOWN);
	assert_int_equal(CAUGHT(ka_cmd_log_export, "export", "--trail", "/nonexistent/trail"), KA_EXIT_UNDECIDED);
	assert_int_equal(CAUGHT(ka_cmd_log_export, "export", "--help"), 0);
	assert_true(caught_is_plain(caught_out));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(export__forms_and_filters),
		cmocka_unit_test(export__wrong_words),
	};

	return cmocka_run_group_tests(tests, make, clear);
}
