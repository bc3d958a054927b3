/* authkeys-fetch/fetchdrop: nothing of the caller's is left. Each case is a child, since what it gives up is gone for good. */
#include "authkeys-cmd/fetch/fetchdrop.h"

#include <fcntl.h>
#include <grp.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/spawn.h"

#include "base/poison.h"

extern char **environ;

enum { FETCHER = 61101 };

/* runs @check in a child; its answer is NULL, or what is wrong. That is told by a pipe, since descriptors are closed */
static void in_child(const char *(*check)(void))
{
	char said[256];
	int ends[2], status;
	ssize_t n;
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		const char *wrong;

		if (dup2(ends[1], 1) < 0)
			_exit(99);
		wrong = check();
		if (wrong != NULL && write(1, wrong, strlen(wrong)) < 0)
			_exit(98);
		_exit(wrong != NULL);
	}
	close(ends[1]);
	n = read(ends[0], said, sizeof(said) - 1);
	close(ends[0]);
	said[n > 0 ? n : 0] = '\0';
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		fail_msg("status %d: %s", status, said);
}

#define MUST(cond) do { if (!(cond)) return #cond; } while (0)

/* as an ordinary user; root in a child becomes one */
static const char *become_nobody(void)
{
	MUST(geteuid() != 0 || (setgid(FETCHER) == 0 && setuid(FETCHER) == 0));
	return NULL;
}

static const char *as_root(void)
{
	const char *said;

	setenv("KEPT", "1", 1);
	said = ka_fetchdrop();
	MUST(said != NULL && strcmp(said, "must not run as root; keyaudit refresh runs it as _keyfetch") == 0);
	MUST(getenv("KEPT") != NULL); /* nothing has been done yet */
	MUST(geteuid() == 0);
	return NULL;
}

static void drop__root__is_refused(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	in_child(as_root);
}

static const char *environment(void)
{
	setenv("LD_PRELOAD", "/x", 1);
	setenv("http_proxy", "http://x", 1);
	setenv("PATH", "/tmp", 1);
	setenv("CURL_CA_BUNDLE", "/x", 1);
	MUST(become_nobody() == NULL && chdir("/tmp") == 0 && umask(0) != 0777);
	MUST(ka_fetchdrop() == NULL);
	MUST(strcmp(getenv("PATH"), "/usr/sbin:/usr/bin:/sbin:/bin") == 0);
	MUST(strcmp(getenv("LC_ALL"), "C") == 0);
	MUST(environ[0] != NULL && environ[1] != NULL && environ[2] == NULL);
	MUST(umask(0) == 0027);
	MUST(access("etc", F_OK) == 0 && access("proc", F_OK) == 0); /* the working directory is / */
	return NULL;
}

static void drop__environment_directory_umask__are_our_own(void **state)
{
	(void)state;
	in_child(environment);
}

static const char *signals(void)
{
	struct itimerval timer = { .it_value = { .tv_sec = 1000 } };
	struct sigaction now;
	sigset_t all, none;

	sigfillset(&all);
	MUST(sigprocmask(SIG_BLOCK, &all, NULL) == 0);
	MUST(signal(SIGTERM, SIG_IGN) != SIG_ERR && signal(SIGCHLD, SIG_IGN) != SIG_ERR && signal(SIGALRM, SIG_IGN) != SIG_ERR);
	MUST(setitimer(ITIMER_REAL, &timer, NULL) == 0 && setitimer(ITIMER_VIRTUAL, &timer, NULL) == 0 && setitimer(ITIMER_PROF, &timer, NULL) == 0);
	MUST(become_nobody() == NULL && ka_fetchdrop() == NULL);
	MUST(sigprocmask(SIG_BLOCK, NULL, &none) == 0);
	for (int s = 1; s < 32; s++) {
		MUST(sigismember(&none, s) == 0);
		if (s == SIGKILL || s == SIGSTOP)
			continue;
		MUST(sigaction(s, NULL, &now) == 0);
		MUST((now.sa_handler == SIG_IGN) == (s == SIGPIPE || s == SIGXFSZ));
	}
	for (int t = ITIMER_REAL; t <= ITIMER_PROF; t++) {
		MUST(getitimer((__itimer_which_t)t, &timer) == 0);
		MUST(timer.it_value.tv_sec == 0 && timer.it_value.tv_usec == 0);
	}
	return NULL;
}

static void drop__signals_and_timers__are_as_at_the_beginning(void **state)
{
	(void)state;
	in_child(signals);
}

static const char *descriptors(void)
{
	int high = fcntl(1, F_DUPFD, 50), low = fcntl(1, F_DUPFD, 3);
	struct stat null, st;

	MUST(high >= 50 && low >= 3 && become_nobody() == NULL);
	close(0);
	close(2);
	MUST(ka_fetchdrop() == NULL);
	MUST(fcntl(high, F_GETFD) < 0 && fcntl(low, F_GETFD) < 0);
	MUST(stat("/dev/null", &null) == 0);
	MUST(fstat(0, &st) == 0 && st.st_rdev == null.st_rdev); /* no file of ours takes their place */
	MUST(fstat(2, &st) == 0 && st.st_rdev == null.st_rdev);
	MUST(fstat(1, &st) == 0 && S_ISFIFO(st.st_mode));
	return NULL;
}

static void drop__descriptors__three_are_left(void **state)
{
	(void)state;
	in_child(descriptors);
}

static const char *limits(void)
{
	struct rlimit r;

	MUST(setrlimit(RLIMIT_FSIZE, &(struct rlimit){ 1000, 1000 }) == 0); /* less than ours: stays */
	MUST(become_nobody() == NULL && ka_fetchdrop() == NULL);
	MUST(getrlimit(RLIMIT_CORE, &r) == 0 && r.rlim_cur == 0 && r.rlim_max == 0);
	MUST(getrlimit(RLIMIT_FSIZE, &r) == 0 && r.rlim_cur == 1000 && r.rlim_max == 1000);
	MUST(getrlimit(RLIMIT_NOFILE, &r) == 0 && r.rlim_cur == r.rlim_max && r.rlim_max <= KA_FETCH_FDS_MAX);
	MUST(prctl(PR_GET_DUMPABLE) == 0);
	MUST(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
	return NULL;
}

static void drop__limits__no_core_no_tracer_no_new_rights(void **state)
{
	(void)state;
	in_child(limits);
}

/* as the set-user-ID bit leaves it: the effective uid alone is the fetcher's */
static const char *started_by(uid_t caller)
{
	const gid_t groups[] = { 4, 24 };
	gid_t g[3], left[8];
	struct stat program;
	uid_t u[3];

	MUST(setgroups(2, groups) == 0);
	MUST(setresuid(caller, FETCHER, FETCHER) == 0);
	MUST(ka_fetchdrop() == NULL);
	MUST(getresuid(&u[0], &u[1], &u[2]) == 0 && u[0] == FETCHER && u[1] == FETCHER && u[2] == FETCHER);
	MUST(setuid(0) != 0 && seteuid(caller) != 0);
	MUST(getresgid(&g[0], &g[1], &g[2]) == 0);
	if (caller != 0) {
		MUST(getgroups(8, left) == 2); /* a caller's groups are no more than the caller has */
		return NULL;
	}
	MUST(stat("/proc/self/exe", &program) == 0 || program.st_gid == 0);
	MUST(getgroups(8, left) == 0);
	MUST(g[0] == g[1] && g[1] == g[2]);
	return NULL;
}

static const char *started_by_root(void)
{
	return started_by(0);
}

static const char *started_by_a_user(void)
{
	return started_by(61103);
}

static void drop__set_user_id__the_caller_is_gone_for_good(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	in_child(started_by_root);
	in_child(started_by_a_user);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(drop__root__is_refused),
		cmocka_unit_test(drop__environment_directory_umask__are_our_own),
		cmocka_unit_test(drop__signals_and_timers__are_as_at_the_beginning),
		cmocka_unit_test(drop__descriptors__three_are_left),
		cmocka_unit_test(drop__limits__no_core_no_tracer_no_new_rights),
		cmocka_unit_test(drop__set_user_id__the_caller_is_gone_for_good),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
