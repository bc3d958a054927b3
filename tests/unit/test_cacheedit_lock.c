/*
 * keyaudit/cacheedit while somebody asks for the very entry, and without the means to work at all. Waiting for a lock takes no
 * time: each try moves the clock, which is the test's.
 */
#include "keyaudit/cache/cacheedit.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/sanitized.h"
#include "keyaudit/cache/cachelist.h"
#include "tests/unit/lib/editplace.h"
#include "tests/unit/lib/verbplace.h"

#include "base/poison.h"

static int holder = -1, gives_up_after_ms;
static unsigned failed_closes;
static int64_t waited_ms;

/* these stand before the ones of libc */
int flock(int fd, int how)
{
	int rc = (int)syscall(SYS_flock, fd, how), why = errno;

	if (rc < 0)
		waited_ms += 500;
	if (holder >= 0 && gives_up_after_ms > 0 && waited_ms >= gives_up_after_ms) {
		close(holder);
		holder = -1;
	}
	errno = why;
	return rc;
}

int clock_gettime(clockid_t id, struct timespec *ts)
{
	long rc = syscall(SYS_clock_gettime, id, ts);

	if (id == CLOCK_BOOTTIME)
		*ts = (struct timespec){ .tv_sec = 1000 + waited_ms / 1000, .tv_nsec = waited_ms % 1000 * 1000000 };
	return (int)rc;
}

int close(int fd)
{
	int rc = (int)syscall(SYS_close, fd);

	failed_closes += rc < 0;
	return rc;
}

static int setup(void **state)
{
	(void)state;
	verbplace_clear();
	verbplace_shell("mkdir -m 0750 cache cache/corp");
	if (cache >= 0)
		close(cache);
	if (holder >= 0)
		close(holder);
	holder = -1;
	waited_ms = gives_up_after_ms = 0;
	assert_int_equal(ka_cachelist_open("cache", &cache, &owner), KA_ERR_OK);
	return 0;
}

static int teardown(void **state)
{
	close(cache);
	return verbplace_end(state);
}

static bool has(const char *user)
{
	return verbplace_has(cacheplace_file("corp", user, ""));
}

static int64_t fresh_until(const char *user)
{
	struct ka_entry e = { .fresh = 0 };
	size_t len = 0;
	const char *text = verbplace_get(cacheplace_file("corp", user, ""), &len);

	assert_non_null(text);
	assert_true(ka_entry_parse((struct ka_span){ (const uint8_t *)text, len }, &e));
	return e.fresh;
}

static void hold(const char *user)
{
	holder = open(cacheplace_file("corp", user, ".lock"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_true(holder >= 0 && flock(holder, LOCK_EX) == 0);
}

static void edit__somebody_is_asking__left_alone(void **state)
{
	(void)state;
	cacheplace_put("alice", 10, true);
	cacheplace_put("bob", 10, true);
	hold("alice");
	DID(run(ka_cacheedit_clear, "corp", "alice"), 0, 1, 0);
	assert_in_range(waited_ms, KA_CACHEEDIT_LOCK_MS, KA_CACHEEDIT_LOCK_MS + 500);
	DID(run(ka_cacheedit_expire, "corp", NULL), 1, 1, 0);
	assert_int_equal(fresh_until("alice"), NOW + 290);
	assert_int_equal(fresh_until("bob"), NOW);
}

/* whoever asks reads and writes it under that lock: taken away, it would send others to a store that has just failed */
static void edit__somebody_is_asking__the_note_of_a_failure_stays(void **state)
{
	static act *const acts[] = { ka_cacheedit_clear, ka_cacheedit_expire };

	(void)state;
	cacheplace_put("alice", 10, true);
	for (size_t i = 0; i < KA_ARRAY_LEN(acts); i++) {
		verbplace_put(cacheplace_file("corp", "alice", ".try"), "a note");
		verbplace_put(cacheplace_file("corp", "bob", ".try"), "a note");
		hold("alice");
		DID(run(acts[i], "corp", NULL), 0, 1, 0);
		assert_true(verbplace_has(cacheplace_file("corp", "alice", ".try")));
		assert_false(verbplace_has(cacheplace_file("corp", "bob", ".try")));
		close(holder);
		hold("bob"); /* who has no entry yet */
		verbplace_put(cacheplace_file("corp", "bob", ".try"), "a note");
		DID(run(acts[i], "corp", "bob"), 0, 1, 0);
		assert_true(verbplace_has(cacheplace_file("corp", "bob", ".try")));
		gives_up_after_ms = (int)waited_ms + KA_CACHEEDIT_LOCK_MS / 2;
		DID(run(acts[i], "corp", "bob"), 0, 0, 0);
		assert_false(verbplace_has(cacheplace_file("corp", "bob", ".try")));
		gives_up_after_ms = 0;
	}
	assert_true(has("alice"));
}

static void edit__somebody_has_asked__is_waited_for(void **state)
{
	(void)state;
	cacheplace_put("alice", 10, true);
	hold("alice");
	gives_up_after_ms = KA_CACHEEDIT_LOCK_MS / 2;
	DID(run(ka_cacheedit_clear, "corp", "alice"), 1, 0, 0);
	assert_int_equal(holder, -1);
	assert_false(has("alice"));
}

static void edit__lock_is_a_link__nothing_is_made_behind_it(void **state)
{
	(void)state;
	cacheplace_put("alice", 10, true);
	assert_int_equal(symlink("../../outside", cacheplace_file("corp", "alice", ".lock")), 0);
	DID(run(ka_cacheedit_clear, "corp", NULL), 0, 1, 0);
	DID(run(ka_cacheedit_expire, "corp", NULL), 0, 1, 0);
	assert_true(has("alice"));
	assert_false(verbplace_has("outside"));
}

static void edit__no_folder__is_an_error(void **state)
{
	struct ka_cacheedit e = { .now = NOW };

	(void)state;
	assert_int_equal(ka_cacheedit_clear(-1, owner, &e), KA_ERR_SYS);
	assert_int_equal(ka_cacheedit_expire(-1, owner, &e), KA_ERR_SYS);
	DID(e, 0, 0, 0);
}

/* what is closed twice may be another thread's or the next file by then */
static void edit__no_memory__changes_nothing_and_closes_once(void **state)
{
	struct ka_cacheedit e = { .now = NOW };
	int status;
	pid_t pid;

	(void)state;
	if (KA_IS_SANITIZED)
		skip();
	cacheplace_put("alice", 10, true);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		const struct rlimit none = { 1, 1 };
		void *volatile kept;

		failed_closes = 0;
		if (setrlimit(RLIMIT_AS, &none) != 0)
			_exit(3);
		do
			kept = malloc(1 << 20);
		while (kept != NULL); /* what the heap has left of other tests */
		if (ka_cacheedit_clear(cache, owner, &e) != KA_ERR_NOMEM)
			_exit(1);
		_exit(failed_closes != 0 ? 2 : 0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_true(has("alice"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(edit__somebody_is_asking__left_alone, setup),
		cmocka_unit_test_setup(edit__somebody_is_asking__the_note_of_a_failure_stays, setup),
		cmocka_unit_test_setup(edit__somebody_has_asked__is_waited_for, setup),
		cmocka_unit_test_setup(edit__lock_is_a_link__nothing_is_made_behind_it, setup),
		cmocka_unit_test_setup(edit__no_folder__is_an_error, setup),
		cmocka_unit_test_setup(edit__no_memory__changes_nothing_and_closes_once, setup),
	};

	return cmocka_run_group_tests(tests, verbplace_begin, teardown);
}
