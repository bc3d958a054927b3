/* pam_keyaudit/pamspawn with recorders of every kind: what came back, in bounded time, and sshd notices nothing. */
#include "pam_keyaudit/pamspawn.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/limits.h"

#include "base/poison.h"

#define ANSWER "echo 'ka1 ref=asm6lelb deny=-'"

static char dir[64], program[96], seen[96];
static struct ka_pamanswer answer;
static struct ka_pamargs args;

static int make(void **state)
{
	static const char pattern[] = "/tmp/ka-spawn-XXXXXX";

	(void)state;
	memcpy(dir, pattern, sizeof(pattern));
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(program, sizeof(program), "%s/recorder", dir);
	snprintf(seen, sizeof(seen), "%s/seen", dir);
	args = (struct ka_pamargs){ .deadline_ms = 3000 };
	return 0;
}

static int drop(void **state)
{
	(void)state;
	unlink(program);
	rmdir(program);
	unlink(seen);
	return rmdir(dir);
}

static void script(const char *body)
{
	FILE *f;

	unlink(program);
	f = fopen(program, "we");
	assert_non_null(f);
	assert_true(fputs(body, f) >= 0);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(program, 0700), 0);
}

static enum ka_pamspawn_result run(enum ka_phase phase)
{
	const struct ka_conn conn = { 4240, 8123771 };
	enum ka_pamspawn_result r;

	memset(&answer, 0xa5, sizeof(answer));
	r = ka_pamspawn_record(program, &conn, phase, &args, &answer);
	if (r != KA_PAMSPAWN_OK) {
		static const struct ka_pamanswer zeroed;

		assert_memory_equal(&answer, &zeroed, sizeof(answer));
	}
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no child is left, running or dead */
	return r;
}

static enum ka_pamspawn_result run_script(const char *body)
{
	char text[4096];

	snprintf(text, sizeof(text), "#!/bin/sh\n%s\n", body);
	script(text);
	return run(KA_PHASE_SESSION);
}

static void text__every_result__has_one(void **state)
{
	(void)state;
	for (int r = KA_PAMSPAWN_OK; r <= KA_PAMSPAWN_GARBAGE; r++) {
		assert_true(strlen(ka_pamspawn_text((enum ka_pamspawn_result)r)) > 1);
		for (int other = KA_PAMSPAWN_OK; other < r; other++)
			assert_string_not_equal(ka_pamspawn_text((enum ka_pamspawn_result)r), ka_pamspawn_text((enum ka_pamspawn_result)other));
	}
}

static void answer__good__is_read(void **state)
{
	(void)state;
	assert_int_equal(run_script(ANSWER), KA_PAMSPAWN_OK);
	assert_string_equal(answer.ref, "asm6lelb");
	assert_string_equal(answer.deny, "");
	assert_int_equal(run_script("echo 'ka1 ref=asm6lelb deny=key.rsa-too-short'"), KA_PAMSPAWN_OK);
	assert_string_equal(answer.deny, "key.rsa-too-short");
}

static void answer__bad__table(void **state)
{
	static const struct { const char *body; enum ka_pamspawn_result want; } rows[] = {
		{ "true", KA_PAMSPAWN_FAILED }, { "exit 1", KA_PAMSPAWN_FAILED }, { ANSWER "; exit 1", KA_PAMSPAWN_FAILED },
		{ ANSWER "; kill -9 $$", KA_PAMSPAWN_FAILED }, { ANSWER "; exit 127", KA_PAMSPAWN_FAILED }, { "exit 127", KA_PAMSPAWN_MISSING },
		{ "echo", KA_PAMSPAWN_GARBAGE }, { "echo hello", KA_PAMSPAWN_GARBAGE }, { ANSWER "; echo", KA_PAMSPAWN_GARBAGE },
		{ ANSWER ";" ANSWER, KA_PAMSPAWN_GARBAGE }, { "printf 'ka1 ref=asm6lelb deny=-'", KA_PAMSPAWN_GARBAGE },
		{ "printf '\\033[2J\\n'", KA_PAMSPAWN_GARBAGE }, { "printf 'ka1 ref=asm6lelb\\0 deny=-\\n'", KA_PAMSPAWN_GARBAGE },
		{ "echo 'ka1 ref=asm6lelb deny=-' >&2", KA_PAMSPAWN_FAILED },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		enum ka_pamspawn_result r = run_script(rows[i].body);

		if (r != rows[i].want)
			fail_msg("%s: %s", rows[i].body, ka_pamspawn_text(r));
	}
}

/* a line as long as an answer may be is read, and nothing longer is taken for one */
static void answer__lengths__up_to_the_limit(void **state)
{
	char body[256];

	(void)state;
	for (int n = KA_PAM_ANSWER_MAX - 1; n <= KA_PAM_ANSWER_MAX + 1; n++) {
		snprintf(body, sizeof(body), "printf '%%0%dd\\n' 0", n - 1);
		assert_int_equal(run_script(body), KA_PAMSPAWN_GARBAGE);
	}
	assert_int_equal(run_script("i=0; while [ $i -lt 300 ]; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; i=$((i + 1)); done"), KA_PAMSPAWN_GARBAGE);
}

static void program__that_cannot_be_run__is_missing(void **state)
{
	(void)state;
	assert_int_equal(run(KA_PHASE_AUTH), KA_PAMSPAWN_MISSING);
	script("");                                   /* ENOEXEC */
	assert_int_equal(run(KA_PHASE_AUTH), KA_PAMSPAWN_MISSING);
	script("#!/nonexistent/shell\n");
	assert_int_equal(run(KA_PHASE_AUTH), KA_PAMSPAWN_MISSING);
	assert_int_equal(chmod(program, 0600), 0);
	assert_int_equal(run(KA_PHASE_AUTH), KA_PAMSPAWN_MISSING);
	unlink(program);
	assert_int_equal(mkdir(program, 0700), 0);
	assert_int_equal(run(KA_PHASE_AUTH), KA_PAMSPAWN_MISSING);
}

/* who does not answer, or answers and does not let go, is not waited for; nor are those whom it has started */
static void deadline__passes__nobody_is_waited_for(void **state)
{
	static const char *const bodies[] = { "exec sleep 30", "sleep 30 & sleep 30", "printf 'ka1 ref='; exec sleep 30", "trap '' TERM; sleep 30; sleep 30" };

	(void)state;
	args.deadline_ms = 60;
	for (size_t i = 0; i < KA_ARRAY_LEN(bodies); i++) {
		int64_t begin = ka_clock_boot_ms();

		assert_int_equal(run_script(bodies[i]), KA_PAMSPAWN_TIMEOUT);
		assert_true(ka_clock_boot_ms() - begin < 5000);
	}
}

static const char *noted(void)
{
	static char text[512];
	FILE *f = fopen(seen, "re");
	size_t n = f != NULL ? fread(text, 1, sizeof(text) - 1, f) : 0;

	if (f != NULL)
		fclose(f);
	text[n] = '\0';
	return text;
}

static void words__phase_and_enforce__table(void **state)
{
	static const struct { enum ka_phase phase; enum ka_pamargs_enforce enforce; const char *tail; } rows[] = {
		{ KA_PHASE_AUTH, KA_PAMARGS_ENFORCE_HARD, "--phase auth" }, { KA_PHASE_ACCOUNT, KA_PAMARGS_ENFORCE_SOFT, "--phase account" },
		{ KA_PHASE_SESSION, KA_PAMARGS_ENFORCE_NO, "--phase session" }, { KA_PHASE_SESSION, KA_PAMARGS_ENFORCE_SOFT, "--phase session --enforce=soft" },
		{ KA_PHASE_SESSION, KA_PAMARGS_ENFORCE_HARD, "--phase session --enforce" },
	};
	char text[512], want[128];

	(void)state;
	snprintf(text, sizeof(text), "#!/bin/sh\necho \"$@\" >%s\n" ANSWER "\n", seen);
	script(text);
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		args.enforce = rows[i].enforce;
		assert_int_equal(run(rows[i].phase), KA_PAMSPAWN_OK);
		snprintf(want, sizeof(want), "record --connection 4240.8123771 %s\n", rows[i].tail);
		assert_string_equal(noted(), want);
	}
}

/* has it ended? whoever adopts it may take its time to collect it */
static bool is_over(long pid)
{
	char path[64], line[256], state = 'Z';
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
	f = fopen(path, "re");
	if (f == NULL)
		return true;
	if (fgets(line, sizeof(line), f) != NULL && strrchr(line, ')') != NULL)
		state = strrchr(line, ')')[2];
	fclose(f);
	return state == 'Z' || state == 'X';
}

static void deadline__passes__nobody_of_its_group_is_left(void **state)
{
	char body[256];
	long pid;

	(void)state;
	snprintf(body, sizeof(body), "sleep 30 & echo $! >%s; wait", seen);
	args.deadline_ms = 250;
	do { /* a loaded machine may need longer to come so far */
		args.deadline_ms *= 2;
		assert_int_equal(run_script(body), KA_PAMSPAWN_TIMEOUT);
		pid = strtol(noted(), NULL, 10);
	} while (pid <= 1 && args.deadline_ms < 10000);
	assert_true(pid > 1);
	for (int i = 0; i < 500 && !is_over(pid); i++)
		usleep(10000);
	assert_true(is_over(pid));
}

static volatile sig_atomic_t children;

static void count_child(int s)
{
	(void)s;
	children++;
}

/* sshd's mask, handlers and its own children stay its own */
static void caller__signals_and_children__are_untouched(void **state)
{
	struct sigaction mine = { .sa_handler = count_child }, old, now;
	sigset_t mask, after;
	int status;
	pid_t own;

	(void)state;
	script("#!/bin/sh\n" ANSWER "\n");
	own = fork();
	if (own == 0) {
		pause();
		_exit(0);
	}
	sigemptyset(&mask);
	sigaddset(&mask, SIGUSR1);
	assert_int_equal(sigaction(SIGCHLD, &mine, &old), 0);
	assert_int_equal(sigprocmask(SIG_SETMASK, &mask, NULL), 0);
	{
		const struct ka_conn conn = { 4240, 8123771 };

		assert_int_equal(ka_pamspawn_record(program, &conn, KA_PHASE_AUTH, &args, &answer), KA_PAMSPAWN_OK);
	}
	assert_int_equal(sigprocmask(SIG_SETMASK, NULL, &after), 0);
	assert_true(sigismember(&after, SIGUSR1) == 1 && sigismember(&after, SIGTERM) == 0);
	assert_int_equal(sigaction(SIGCHLD, &old, &now), 0);
	assert_ptr_equal(now.sa_handler, count_child);
	sigemptyset(&mask);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	assert_int_equal(waitpid(own, &status, WNOHANG), 0); /* alive, and not reaped by anybody */
	kill(own, SIGKILL);
	assert_int_equal(waitpid(own, &status, 0), own);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, make, drop)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text__every_result__has_one),
		T(answer__good__is_read),
		T(answer__bad__table),
		T(answer__lengths__up_to_the_limit),
		T(program__that_cannot_be_run__is_missing),
		T(deadline__passes__nobody_is_waited_for),
		T(deadline__passes__nobody_of_its_group_is_left),
		T(words__phase_and_enforce__table),
		T(caller__signals_and_children__are_untouched),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
