/* keyaudit metrics: its words, the two files, and that counters only grow. */
#include "keyaudit/cmd.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "tests/unit/lib/caught.h"
#include "tests/unit/lib/metricsplace.h"

#include "base/poison.h"

static char text[256 * 1024];

static const char *file(const char *name)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	size_t n = 0;

	if (ka_fd_read_all(fd, text, sizeof(text) - 1, &n) != KA_ERR_OK)
		n = 0;
	text[n] = '\0';
	if (fd >= 0)
		close(fd);
	return text;
}

static void metrics__wrong_words__are_told(void **state)
{
	(void)state;
	assert_int_equal(CAUGHT(ka_cmd_metrics, "metrics", "--help"), KA_EXIT_FINE);
	assert_int_equal(CAUGHT(ka_cmd_metrics, "metrics", "-c", "x"), KA_EXIT_USAGE);
	assert_non_null(strstr(caught_err, "--textfile is missing"));
	assert_int_equal(CAUGHT(ka_cmd_metrics, "metrics", "--textfile", "a.txt"), KA_EXIT_USAGE);
	assert_int_equal(CAUGHT(ka_cmd_metrics, "metrics", "--textfile"), KA_EXIT_USAGE);
	assert_int_equal(CAUGHT(ka_cmd_metrics, "metrics", "--textfile=-", "--user"), KA_EXIT_USAGE);
}

#define RUN(textfile) CAUGHT(ka_cmd_metrics, "metrics", "--textfile=" textfile, "--state=state", "--trail", "./audit.jsonl", "-c", "/nonexistent")

static void metrics__counts__and_remembers(void **state)
{
	static const char one[] = "\nkeyaudit_refusals_total{reason=\"perm.group-writable\",stage=\"perm\"} 1\n";
	struct stat st;

	(void)state;
	assert_int_equal(RUN("a.prom"), KA_EXIT_FINE); /* no trail yet */
	metricsplace_put("audit.jsonl", metricsplace_genesis);
	metricsplace_put("audit.jsonl", metricsplace_refused);
	assert_int_equal(RUN("-"), KA_EXIT_FINE);
	assert_non_null(strstr(caught_out, one));
	assert_null(strstr(file("a.prom"), one));
	assert_int_equal(RUN("a.prom"), KA_EXIT_FINE);
	assert_non_null(strstr(file("a.prom"), one));
	assert_int_equal(stat("a.prom", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	assert_int_equal(stat("state", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	/* the trail is gone: what was counted stays counted */
	assert_int_equal(unlink("audit.jsonl"), 0);
	assert_int_equal(RUN("a.prom"), KA_EXIT_FINE);
	assert_non_null(strstr(file("a.prom"), one));
	/* a state that is none is said */
	assert_int_equal(truncate("state", 30), 0);
	assert_int_equal(RUN("a.prom"), KA_EXIT_FINE);
	assert_non_null(strstr(caught_err, "holds no counters"));
	assert_null(strstr(file("a.prom"), one));
	assert_int_equal(unlink("a.prom") + unlink("state") + unlink("state.lock"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(metrics__wrong_words__are_told), cmocka_unit_test(metrics__counts__and_remembers) };
	int failed;

	if (!metricsplace_in())
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	return metricsplace_out() ? failed : 1;
}
