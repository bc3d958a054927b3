/* keyaudit/keygensign: what is signed, by how many calls, and what comes of a call that fails, hangs or cannot be made. */
#include "keyaudit/sign/keygensign.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/paths.h"
#include "tests/unit/lib/signplace.h"
#include "tests/unit/lib/verbplace.h"

#include "base/poison.h"

static struct ka_signerkey key;
static struct ka_keygensign job;
static const char *instead; /* a shell script in the place of ssh-keygen; NULL: itself */
static size_t last_done, reports;

/* stands before libc's; the child keeps its words as $@, and its own as $0 */
int execv(const char *path, char *const *argv)
{
	char *words[64] = { (char *)(uintptr_t)"sh", (char *)(uintptr_t)"-c", (char *)(uintptr_t)instead };

	if (instead == NULL)
		return (int)syscall(SYS_execve, path, argv, environ);
	for (size_t i = 0; argv[i] != NULL && i + 4 < KA_ARRAY_LEN(words); i++)
		words[i + 3] = argv[i];
	return (int)syscall(SYS_execve, instead[0] != '\0' ? "/bin/sh" : "/nonexistent", words, environ);
}

static void count(void *ctx, size_t done)
{
	assert_ptr_equal(ctx, &job);
	assert_true(done >= last_done); /* it goes forward only */
	last_done = done;
	reports++;
}

static int setup(void **state)
{
	(void)state;
	verbplace_clear();
	verbplace_put("work/unrelated", "x");
	instead = NULL;
	last_done = reports = 0;
	job = (struct ka_keygensign){ .key = &key, .first = 1, .jobs = 1, .progress = count, .ctx = &job };
	job.dir = open("work", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(job.dir >= 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	close(job.dir);
	/* none of its children is left, whatever came of it */
	return waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD ? 0 : -1;
}

static void texts(size_t first, size_t count_)
{
	char path[64];

	for (size_t i = first; i < first + count_; i++) {
		assert_true(snprintf(path, sizeof(path), "work/%zu", i) > 0);
		verbplace_put(path, "text\n");
	}
	job.first = first;
	job.count = count_;
	last_done = 0;
}

static bool is_signed(size_t number)
{
	char path[64];

	assert_true(snprintf(path, sizeof(path), "work/%zu.sig", number) > 0);
	return verbplace_has(path);
}

static void run__texts_and_jobs__each_is_signed_once_and_no_other(void **state)
{
	(void)state;
	signplace_key("ops", &key);
	texts(1, 8);
	texts(3, 5);
	job.jobs = 3;
	assert_int_equal(ka_keygensign_run(&job), KA_ERR_OK);
	for (size_t i = 1; i <= 8; i++)
		assert_true(is_signed(i) == (i >= 3 && i <= 7));
	assert_int_equal(last_done, 5);
	verbplace_shell("echo \"ops $(cut -d' ' -f1,2 ops.pub)\" >signers && "
			"ssh-keygen -Y verify -f signers -I ops -n keyaudit -s work/5.sig <work/5 >/dev/null");
}

static void run__nothing__starts_nothing(void **state)
{
	(void)state;
	instead = "touch started";
	job.count = 0;
	job.jobs = 0;
	assert_int_equal(ka_keygensign_run(&job), KA_ERR_OK);
	assert_false(verbplace_has("work/started"));
	assert_int_equal(reports, 0);
}

/* one file a call: "calls" has its words */
#define NOTE "echo \"$*\" >>calls; shift 7; for f; do [ -e $f.sig ] && exit 9; : >$f.sig; done"

static size_t calls(void)
{
	const char *all = verbplace_get("work/calls", NULL);
	size_t n = 0;

	for (; all != NULL && *all != '\0'; all++)
		n += *all == '\n';
	return n;
}

static void run__words__none_can_be_an_option(void **state)
{
	(void)state;
	instead = NOTE;
	assert_true(snprintf(key.path, sizeof(key.path), "/a b/-k\033") > 0);
	texts(1, 2);
	assert_int_equal(ka_keygensign_run(&job), KA_ERR_OK);
	assert_string_equal(verbplace_get("work/calls", NULL), "-q -Y sign -n keyaudit -f /a b/-k\033 1 2\n");
}

static void run__jobs__share_the_files(void **state)
{
	(void)state;
	instead = NOTE;
	texts(1, 10);
	job.jobs = 4;
	assert_int_equal(ka_keygensign_run(&job), KA_ERR_OK);
	assert_int_equal(calls(), 4);
	verbplace_shell("rm work/*");
	texts(1, 2);
	job.jobs = 16;
	assert_int_equal(ka_keygensign_run(&job), KA_ERR_OK);
	assert_int_equal(calls(), 2);
	verbplace_shell("rm work/*");
	texts(1, 3);
	job.jobs = 0;
	assert_int_equal(ka_keygensign_run(&job), KA_ERR_OK);
	assert_int_equal(calls(), 1);
}

static void run__passphrase_or_security_key__one_at_a_time(void **state)
{
	(void)state;
	instead = NOTE;
	for (int i = 0; i < 2; i++) {
		key.is_encrypted = i == 0;
		key.is_sk = i == 1;
		texts(1, 6);
		job.jobs = 6;
		assert_int_equal(ka_keygensign_run(&job), KA_ERR_OK);
		assert_int_equal(calls(), 1);
		verbplace_shell("rm work/*");
	}
	key.is_sk = false;
}

static void run__more_than_one_call_takes__several_calls(void **state)
{
	(void)state;
	/* the stand-in takes so many words only as there is room for: counted, not listed */
	instead = "echo $# >>calls";
	job.count = KA_KEYGEN_FILES_MAX + 1;
	assert_int_equal(ka_keygensign_run(&job), KA_ERR_OK);
	assert_int_equal(calls(), 2);
}

static void run__agent__is_that_one_or_the_one_that_is_there(void **state)
{
	(void)state;
	assert_int_equal(setenv("SSH_AUTH_SOCK", "/theirs", 1), 0);
	instead = "echo $SSH_AUTH_SOCK >>calls";
	texts(1, 1);
	assert_int_equal(ka_keygensign_run(&job), KA_ERR_OK);
	job.agent = "/ours";
	assert_int_equal(ka_keygensign_run(&job), KA_ERR_OK);
	assert_string_equal(verbplace_get("work/calls", NULL), "/theirs\n/ours\n");
	assert_string_equal(getenv("SSH_AUTH_SOCK"), "/theirs"); /* only there */
	unsetenv("SSH_AUTH_SOCK");
}

static void run__one_call_fails_or_dies__is_said_and_the_others_end(void **state)
{
	static const char *const scripts[] = {
		"[ \"$8\" != 1 ] && exec sleep 60; exit 1", "[ \"$8\" != 1 ] && exec sleep 60; kill -KILL $$",
		"[ \"$8\" != 1 ] && exec sleep 60; exit 255",
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(scripts); i++) {
		instead = scripts[i];
		texts(1, 3);
		job.jobs = 3;
		assert_int_equal(ka_keygensign_run(&job), KA_ERR_CRYPTO);
	}
}

static void run__ssh_keygen_is_not_there__cannot_be_started(void **state)
{
	(void)state;
	instead = "";
	texts(1, 1);
	assert_int_equal(ka_keygensign_run(&job), KA_ERR_SYS);
	assert_int_equal(errno, ENOENT);
	/* nor can it where its directory is none */
	instead = "touch started";
	close(job.dir);
	job.dir = open("work/1", O_RDONLY | O_CLOEXEC);
	assert_int_equal(ka_keygensign_run(&job), KA_ERR_SYS);
	assert_int_equal(errno, ENOTDIR);
	assert_false(verbplace_has("work/started"));
}

static void run__foreign_signature_in_the_way__is_not_overwritten(void **state)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC), kept = dup(0), quiet = open("err", O_WRONLY | O_CREAT | O_CLOEXEC, 0600), err = dup(2);

	(void)state;
	signplace_key("ops", &key);
	texts(1, 1);
	verbplace_put("work/1.sig", "half");
	assert_true(null >= 0 && kept >= 0 && dup2(null, 0) == 0 && dup2(quiet, 2) == 2);
	(void)!(ka_keygensign_run(&job) == KA_ERR_OK); /* ssh-keygen's own answer differs between its versions */
	assert_true(dup2(kept, 0) == 0 && dup2(err, 2) == 2);
	assert_string_equal(verbplace_get("work/1.sig", NULL), "half");
	close(null);
	close(kept);
	close(quiet);
	close(err);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(run__texts_and_jobs__each_is_signed_once_and_no_other),
		CASE(run__nothing__starts_nothing),
		CASE(run__words__none_can_be_an_option),
		CASE(run__jobs__share_the_files),
		CASE(run__passphrase_or_security_key__one_at_a_time),
		CASE(run__more_than_one_call_takes__several_calls),
		CASE(run__agent__is_that_one_or_the_one_that_is_there),
		CASE(run__one_call_fails_or_dies__is_said_and_the_others_end),
		CASE(run__ssh_keygen_is_not_there__cannot_be_started),
		CASE(run__foreign_signature_in_the_way__is_not_overwritten),
	};

	return cmocka_run_group_tests(tests, verbplace_begin, verbplace_end);
}
