/* sink/sink: each sink that is on gets the event, whatever the others do; a change is reported once. The audit is a fake. */
#include "keyaudit/sink/sink.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/lib/fakeaudit.h"
#include "tests/unit/lib/formsample.h"

#include "base/poison.h"

static char dir[] = "/tmp/ka-sink-XXXXXX";
static int fd = -1;
static struct ka_conf conf;
static struct ka_sink_changes changes;

static const struct ka_sink_changes *deliver(const char *exec, bool is_report)
{
	struct sample *s = sample_new();
	char line[KA_EVENT_LINE_MAX + 2];
	struct ka_sink_job job = { .conf = &conf, .e = &s->e, .host = &s->h, .writer = "test", .dir = fd, .line = line, .is_report = is_report };

	job.len = (size_t)snprintf(line, sizeof(line), "%s\n", formsample_line(s));
	conf.exec = exec;
	ka_sink_deliver(&job, &changes);
	free(s);
	return &changes;
}

static void deliver__one_fails__the_others_get_it(void **state)
{
	(void)state;
	ka_conf_default(&conf);
	conf.sink_syslog = false;
	assert_int_equal(deliver("/usr/bin/false", false)->count, 0); /* none is on */
	conf.sink_audit = conf.sink_exec = true;
	conf.format = KA_CONF_FORM_OCSF;
	fakeaudit.open_errno = EPROTONOSUPPORT;
	assert_int_equal(deliver("/usr/bin/true", false)->count, 1);
	assert_string_equal(changes.change[0].sink, "audit");
	assert_false(changes.change[0].works);
	assert_string_equal(changes.change[0].why, "this kernel has no audit, or does not let us at it");
	/* once */
	assert_int_equal(deliver("/usr/bin/true", false)->count, 0);
	assert_int_equal(deliver("/usr/bin/false", true)->count, 0);
	fakeaudit.open_errno = 0;
	fakeaudit.asked = 0;
	assert_int_equal(deliver("/usr/bin/false", true)->count, 0); /* a report changes nothing */
	assert_int_equal(fakeaudit.asked, 1);
	assert_int_equal(deliver("/usr/bin/false", false)->count, 2);
	assert_true(changes.change[0].works);
	assert_string_equal(changes.change[1].sink, "exec");
	assert_string_equal(changes.change[1].why, "it ended with status 1");
	/* it rests: nothing is started, so that it does not work again either */
	assert_int_equal(deliver("/usr/bin/true", false)->count, 0);
	assert_int_equal(fakeaudit.asked, 3);
	assert_int_equal(utimensat(fd, "sink-exec.test", (struct timespec[2]){ { .tv_sec = 1 }, { .tv_sec = 1 } }, 0), 0);
	assert_int_equal(deliver("/usr/bin/true", false)->count, 1);
	assert_true(changes.change[0].works);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(deliver__one_fails__the_others_get_it) };
	int failed;

	if (mkdtemp(dir) == NULL || (fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	return rmdir(dir) != 0 ? 1 : failed;
}
