/* keyaudit/blocklist/blockchild: its output comes through, and nothing of it stays. As root it wants the fetcher's user. */
#include "keyaudit/blocklist/blockchild.h"

#include <errno.h>
#include <pwd.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/paths.h"

#include "base/poison.h"


static const char *run(const char *const *argv, int *status)
{
	static char text[64];
	struct ka_blockchild c;
	size_t len = 0;
	ssize_t n;

	assert_int_equal(ka_blockchild_start(argv, -1, &c), KA_ERR_OK);
	while (len < sizeof(text) - 1 && (n = read(c.fd, text + len, sizeof(text) - 1 - len)) > 0)
		len += (size_t)n;
	text[len] = '\0';
	*status = ka_blockchild_end(&c);
	assert_int_equal(c.pid, 0);
	assert_int_equal(c.fd, -1);
	return text;
}

static void child__output_and_status__are_had(void **state)
{
	int status;

	(void)state;
	if (geteuid() == 0 && getpwnam(KA_FETCH_USER) == NULL) {
		/* refused rather than run with root's rights */
		assert_string_equal(run((const char *const[]){ "/bin/echo", "x", NULL }, &status), "");
		assert_int_equal(status, 126);
		assert_int_equal(setgid(65534), 0);
		assert_int_equal(setuid(65534), 0);
	}
	assert_string_equal(run((const char *const[]){ "/bin/echo", "x", NULL }, &status), "x\n");
	assert_int_equal(status, 0);
	assert_string_equal(run((const char *const[]){ "/bin/false", NULL }, &status), "");
	assert_int_equal(status, 1);
	assert_string_equal(run((const char *const[]){ "/nonexistent", NULL }, &status), "");
	assert_int_equal(status, 127);
}

static void child__still_at_work__is_ended(void **state)
{
	struct ka_blockchild c;
	pid_t pid;

	(void)state;
	assert_int_equal(ka_blockchild_start((const char *const[]){ "/bin/sleep", "1000", NULL }, -1, &c), KA_ERR_OK);
	pid = c.pid;
	assert_int_equal(ka_blockchild_end(&c), -1);
	assert_int_equal(kill(pid, 0), -1);
	assert_int_equal(errno, ESRCH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(child__output_and_status__are_had),
		cmocka_unit_test(child__still_at_work__is_ended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
