/* sink/sinkstate: a change is news once, for each writer, whoever asks. */
#include "keyaudit/sink/sinkstate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/poison.h"

static char dir[] = "/tmp/ka-sinkstate-XXXXXX";
static int fd = -1;

static void change__is_news_once(void **state)
{
	struct ka_sinkstate s = { fd, "journal", "keyaudit-collect" }, other = { fd, "journal", "keyaudit-record" };
	struct timespec old[2] = { { .tv_sec = 1000 }, { .tv_sec = 1000 } };

	(void)state;
	assert_false(ka_sinkstate_works(&s));
	assert_false(ka_sinkstate_rests(&s, 30));
	assert_true(ka_sinkstate_fails(&s));
	assert_false(ka_sinkstate_fails(&s));
	assert_true(ka_sinkstate_fails(&other));
	assert_true(ka_sinkstate_rests(&s, 30));
	assert_int_equal(utimensat(fd, "sink-journal.keyaudit-collect", old, 0), 0);
	assert_false(ka_sinkstate_rests(&s, 30));
	assert_false(ka_sinkstate_fails(&s)); /* again: it rests from now on */
	assert_true(ka_sinkstate_rests(&s, 30));
	assert_true(ka_sinkstate_works(&s));
	assert_false(ka_sinkstate_works(&s));
	assert_true(ka_sinkstate_fails(&s));
	assert_true(ka_sinkstate_works(&s));
	assert_true(ka_sinkstate_works(&other));
	/* a state that cannot be kept is not reported with every event */
	s.dir = -1;
	assert_false(ka_sinkstate_fails(&s) || ka_sinkstate_works(&s) || ka_sinkstate_rests(&s, 30));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(change__is_news_once) };
	int failed;

	if (mkdtemp(dir) == NULL || (fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	return rmdir(dir) != 0 ? 1 : failed;
}
