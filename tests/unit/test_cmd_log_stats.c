/* keyaudit log stats, whole: options, exit statuses and what is printed. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "keyaudit/cmd.h"

#include "base/poison.h"

static const char trail[] =
	"{\"@timestamp\":\"2026-08-23T10:00:00.000000Z\",\"event\":{\"action\":\"trail-genesis\",\"id\":\"g\"},\"keyaudit\":{\"seq\":1}}\n"
	"{\"@timestamp\":\"2026-08-23T10:15:42.123456Z\",\"message\":\"no key worked\",\"event\":{\"outcome\":\"failure\",\"id\":\"fi7v\","
	"\"code\":\"perm.wrong-owner\"},\"user\":{\"name\":\"alice\"},\"keyaudit\":{\"ref\":\"asm6lelb\"}}\n"
	"{\"@timestamp\":\"2026-08-23T10:15:43.123456Z\",\"event\":{\"outcome\":\"success\",\"id\":\"abcd\"},\"user\":{\"name\":\"bob\"},"
	"\"keyaudit\":{\"ref\":\"asm6lelb\"}}\n";

#define MAX_ARGS 8

struct place {
	char dir[64], trail[96], out[96];
	char said[8192];
};

/* Runs the verb in a child, all that it says in one file; the answer is its exit status. */
static int run(struct place *p, const char *const *args)
{
	char *argv[MAX_ARGS + 4] = { strdup("stats"), strdup("--trail"), strdup(p->trail) };
	int argc = 3, status;
	size_t len = 0;
	pid_t pid;

	for (; *args != NULL && argc < MAX_ARGS; args++)
		argv[argc++] = strdup(*args);
	pid = fork();
	if (pid == 0) {
		if (freopen(p->out, "w", stdout) == NULL || dup2(STDOUT_FILENO, STDERR_FILENO) < 0)
			_exit(99);
		status = ka_cmd_log_stats(argc, argv);
		fflush(NULL);
		_exit(status);
	}
	for (int i = 0; i < argc; i++)
		free(argv[i]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	KA_AUTOCLOSE int fd = open(p->out, O_RDONLY | O_CLOEXEC);
	assert_int_equal(ka_fd_read_all(fd, p->said, sizeof(p->said) - 1, &len), KA_ERR_OK);
	p->said[len] = '\0';
	return WEXITSTATUS(status);
}
#define RUN(p, ...) run((p), (const char *const[]){ __VA_ARGS__, NULL })

static int setup(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	snprintf(p->dir, sizeof(p->dir), "/tmp/ka-logstats-XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	snprintf(p->trail, sizeof(p->trail), "%s/audit.jsonl", p->dir);
	snprintf(p->out, sizeof(p->out), "%s/out", p->dir);
	KA_AUTOCLOSE int fd = open(p->trail, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(ka_fd_write_all(fd, trail, strlen(trail)), KA_ERR_OK);
	*state = p;
	return 0;
}

static int teardown(void **state)
{
	struct place *p = *state;

	unlink(p->trail);
	unlink(p->out);
	assert_int_equal(rmdir(p->dir), 0);
	free(p);
	return 0;
}

static void stats__answers__table(void **state)
{
	struct place *p = *state;

	assert_int_equal(RUN(p, "--nonsense"), KA_EXIT_USAGE);
	assert_int_equal(RUN(p, "--top", "x"), KA_EXIT_USAGE);
	assert_int_equal(RUN(p, "--top"), KA_EXIT_USAGE);
	assert_int_equal(RUN(p, "--reason", "nonsense"), KA_EXIT_UNKNOWN);
	assert_int_equal(RUN(p, "--help"), KA_EXIT_FINE);
	assert_int_equal(RUN(p, "--json"), KA_EXIT_FINE);
	assert_string_equal(p->said, "{\"schema\":\"keyaudit.stats/1\",\"events\":3,\"success\":1,\"failure\":1,\"unknown\":0,"
				     "\"reasons\":[{\"name\":\"perm.wrong-owner\",\"count\":1}],"
				     "\"users\":[{\"name\":\"alice\",\"count\":1},{\"name\":\"bob\",\"count\":1}],"
				     "\"clients\":[],\"hours\":[{\"name\":\"10\",\"count\":3}]}\n");
	assert_int_equal(RUN(p, "--top=1"), KA_EXIT_FINE);
	assert_non_null(strstr(p->said, "3 events: 1 with success, 1 failures, 0 of unknown outcome\n"));
	assert_non_null(strstr(p->said, "         1  alice\n            and 1 others\n"));
	assert_int_equal(RUN(p, "--user", "bob", "--json"), KA_EXIT_FINE);
	assert_non_null(strstr(p->said, "\"events\":1,"));
	unlink(p->trail);
	assert_int_equal(RUN(p, NULL), KA_EXIT_UNDECIDED);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test_setup_teardown(stats__answers__table, setup, teardown) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
