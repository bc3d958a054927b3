/* keyaudit log, whole: options, exit statuses, a trail that is broken, grows and is rotated. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "base/limits.h"
#include "keyaudit/cmd.h"

#include "base/poison.h"

struct place {
	char dir[64], trail[96], old[112], out[96], err[96];
	char said[16384], talked[4096];
};

#define MAX_ARGS 12

static void read_back(const char *path, char *out, size_t size)
{
	KA_AUTOCLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;

	assert_true(fd >= 0);
	assert_int_equal(ka_fd_read_all(fd, out, size - 1, &len), KA_ERR_OK);
	out[len] = '\0';
}

/* Runs the verb in a child with its output in files; the answer is its exit status. */
static pid_t begin(struct place *p, const char *const *args)
{
	char *argv[MAX_ARGS + 4] = { strdup("log"), strdup("--trail"), p->trail };
	int argc = 3;
	pid_t pid;

	for (; *args != NULL && argc < MAX_ARGS; args++)
		argv[argc++] = strdup(*args);
	pid = fork();
	if (pid == 0) {
		int status;

		if (freopen(p->out, "w", stdout) == NULL || freopen(p->err, "w", stderr) == NULL)
			_exit(99);
		status = ka_cmd_log(argc, argv);
		fflush(NULL);
		_exit(status);
	}
	for (int i = 0; i < argc; i++)
		if (i != 2)
			free(argv[i]);
	return pid;
}

static int run(struct place *p, const char *const *args)
{
	int status;
	pid_t pid = begin(p, args);

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	read_back(p->out, p->said, sizeof(p->said));
	read_back(p->err, p->talked, sizeof(p->talked));
	return WEXITSTATUS(status);
}
#define RUN(p, ...) run((p), (const char *const[]){ __VA_ARGS__, NULL })

static void add(const struct place *p, const char *text)
{
	KA_AUTOCLOSE int fd = open(p->trail, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);

	assert_int_equal(ka_fd_write_all(fd, text, strlen(text)), KA_ERR_OK);
}

static void add_event(const struct place *p, const char *at, const char *user, const char *code)
{
	char line[512];

	snprintf(line, sizeof(line), "{\"@timestamp\":\"%s\",\"event\":{\"action\":\"ssh-key-refused\",\"code\":\"%s\"},\"user\":{\"name\":\"%s\"}}\n",
		 at, code, user);
	add(p, line);
}

static unsigned lines(const char *text)
{
	unsigned n = 0;

	for (; *text != '\0'; text++)
		n += *text == '\n';
	return n;
}

static int setup(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	snprintf(p->dir, sizeof(p->dir), "/tmp/ka-log-XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	snprintf(p->trail, sizeof(p->trail), "%s/audit.jsonl", p->dir);
	snprintf(p->old, sizeof(p->old), "%s.1", p->trail);
	snprintf(p->out, sizeof(p->out), "%s/out", p->dir);
	snprintf(p->err, sizeof(p->err), "%s/err", p->dir);
	*state = p;
	return 0;
}

static int teardown(void **state)
{
	struct place *p = *state;

	unlink(p->trail);
	rmdir(p->trail);
	unlink(p->old);
	unlink(p->out);
	unlink(p->err);
	assert_int_equal(rmdir(p->dir), 0);
	free(p);
	return 0;
}

static void log__no_trail__is_undecided(void **state)
{
	struct place *p = *state;

	assert_int_equal(RUN(p, NULL), KA_EXIT_UNDECIDED);
	assert_non_null(strstr(p->talked, "there is no trail yet"));
	assert_string_equal(p->said, "");
	assert_int_equal(mkdir(p->trail, 0700), 0);
	assert_int_equal(RUN(p, NULL), KA_EXIT_UNDECIDED);
	rmdir(p->trail);
	assert_int_equal(mkfifo(p->trail, 0600), 0);
	assert_int_equal(RUN(p, NULL), KA_EXIT_UNDECIDED);
	assert_non_null(strstr(p->talked, "not a regular file"));
}

static void log__no_permission__is_77(void **state)
{
	struct place *p = *state;
	int status;
	pid_t pid;

	add_event(p, "2026-08-23T10:15:42.123456Z", "alice", "key.not-listed");
	assert_int_equal(chmod(p->trail, 0), 0);
	pid = fork();
	if (pid == 0) {
		char *argv[] = { (char[]){ "log" }, (char[]){ "--trail" }, p->trail, NULL };

		if (geteuid() == 0 && (chmod(p->dir, 0755) < 0 || setgid(65534) < 0 || setuid(65534) < 0))
			_exit(99);
		if (freopen("/dev/null", "w", stderr) == NULL)
			_exit(99);
		_exit(ka_cmd_log(3, argv));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(WEXITSTATUS(status), KA_EXIT_NOPERM);
}

static void log__usage__table(void **state)
{
	struct place *p = *state;

	add_event(p, "2026-08-23T10:15:42.123456Z", "alice", "key.not-listed");
	assert_int_equal(RUN(p, "--nonsense"), KA_EXIT_USAGE);
	assert_int_equal(RUN(p, "-n"), KA_EXIT_USAGE);
	assert_int_equal(RUN(p, "-n", "-1"), KA_EXIT_USAGE);
	assert_int_equal(RUN(p, "--since", "tomorrow"), KA_EXIT_USAGE);
	assert_int_equal(RUN(p, "--color=purple"), KA_EXIT_USAGE);
	assert_int_equal(RUN(p, "ev\x1b[2Jil"), KA_EXIT_USAGE);
	assert_null(strchr(p->talked, '\x1b'));
	assert_string_equal(p->said, "");
	assert_int_equal(RUN(p, "--reason", "perm.group-writeable"), KA_EXIT_UNKNOWN);
	assert_non_null(strstr(p->talked, "did you mean \"perm.group-writable\""));
	assert_int_equal(RUN(p, "--help"), KA_EXIT_FINE);
	assert_non_null(strstr(p->said, "examples:"));
}

static void log__filters__table(void **state)
{
	struct place *p = *state;

	add_event(p, "2026-08-23T10:15:42.123456Z", "alice", "key.not-listed");
	add_event(p, "2026-08-23T10:15:43.123456Z", "bob", "perm.group-writable");
	add_event(p, "2026-08-23T10:15:44.123456Z", "alice", "perm.wrong-owner");
	assert_int_equal(RUN(p, NULL), KA_EXIT_FINE);
	assert_int_equal(lines(p->said), 4); /* with the head */
	assert_int_equal(RUN(p, "--user", "alice"), KA_EXIT_FINE);
	assert_int_equal(lines(p->said), 3);
	assert_int_equal(RUN(p, "--user=alice", "-n", "1"), KA_EXIT_FINE);
	assert_int_equal(lines(p->said), 2);
	assert_non_null(strstr(p->said, "perm.wrong-owner"));
	assert_int_equal(strcspn(p->said, "\n"), strlen("TIME (UTC)            USER   FROM  KEY  EVENT    REASON            REF"));
	assert_int_equal(RUN(p, "--reason", "perm", "--json"), KA_EXIT_FINE);
	assert_int_equal(lines(p->said), 2);
	assert_int_equal(RUN(p, "--since", "2026-08-23T10:15:43", "--json"), KA_EXIT_FINE);
	assert_int_equal(lines(p->said), 2);
	assert_int_equal(RUN(p, "--user", "carol"), KA_EXIT_FINE);
	assert_string_equal(p->said, "");
	assert_non_null(strstr(p->talked, "no event matches"));
	assert_int_equal(RUN(p, "-n", "0"), KA_EXIT_FINE);
}

static void log__json__is_verbatim(void **state)
{
	struct place *p = *state;
	char whole[1024];

	add_event(p, "2026-08-23T10:15:42.123456Z", "al\\\\x22ice", "key.not-listed");
	add_event(p, "2026-08-23T10:15:43.123456Z", "bob", "perm.group-writable");
	read_back(p->trail, whole, sizeof(whole));
	assert_int_equal(RUN(p, "--json"), KA_EXIT_FINE);
	assert_string_equal(p->said, whole);
	assert_string_equal(p->talked, "");
}

static void log__broken_lines__are_counted_and_never_shown(void **state)
{
	struct place *p = *state;
	char big[3 * KA_EVENT_LINE_MAX];

	add_event(p, "2026-08-23T10:15:42.123456Z", "alice", "key.not-listed");
	add(p, "{\"torn\":\n[]\n\n{\"raw\":\"\x1b[2J\"}\n{\"csi\":\"\xc2\x9b\"}\n{\"a\":1,\"a\":2}\n");
	memset(big, ' ', sizeof(big) - 1);
	memcpy(big, "{\"big\":", 7);
	memcpy(big + sizeof(big) - 4, "1}\n", 4);
	add(p, big);
	add_event(p, "2026-08-23T10:15:43.123456Z", "bob", "perm.group-writable");
	add(p, "{\"event\":{\"code\":\"key.not-listed\"}}"); /* being written */
	assert_int_equal(RUN(p, "--json"), KA_EXIT_FINE);
	assert_int_equal(lines(p->said), 2);
	assert_null(strchr(p->said, '\x1b'));
	assert_non_null(strstr(p->talked, "7 lines are no event and left out, the first is line 2\n"));
}

static void wait_for(struct place *p, unsigned want)
{
	for (int i = 0; i < 500; i++) {
		read_back(p->out, p->said, sizeof(p->said));
		if (lines(p->said) >= want)
			return;
		usleep(10000);
	}
	fail_msg("waited for %u lines, got \"%s\"", want, p->said);
}

static void log__follow__shows_what_comes_and_survives_rotation(void **state)
{
	struct place *p = *state;
	int status;
	pid_t pid;

	add_event(p, "2026-08-23T10:15:42.123456Z", "alice", "key.not-listed");
	close(open(p->out, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
	pid = begin(p, (const char *const[]){ "--json", "-f", "-n", "1", NULL });
	wait_for(p, 1);
	add(p, "{\"event\":{\"code\":\"key.not-");
	add(p, "listed\"}}\n");
	wait_for(p, 2);
	assert_int_equal(rename(p->trail, p->old), 0);
	add_event(p, "2026-08-23T10:15:43.123456Z", "bob", "perm.group-writable");
	wait_for(p, 3);
	kill(pid, SIGTERM);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(lines(p->said), 3);
	assert_non_null(strstr(p->said, "bob"));
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(log__no_trail__is_undecided), T(log__no_permission__is_77), T(log__usage__table), T(log__filters__table),
		T(log__json__is_verbatim), T(log__broken_lines__are_counted_and_never_shown),
		T(log__follow__shows_what_comes_and_survives_rotation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
