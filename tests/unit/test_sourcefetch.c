/*
 * source/sourcefetch: what the fetcher is started with, how long anybody waits for it, and what is taken for its answer. The
 * program is execve() here: it runs in the child, where the fetcher would.
 */
#include "source/sourcefetch.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/paths.h"
#include "tests/unit/lib/trustroot.h"

#include "base/poison.h"

/* what the child saw, in memory of both */
static struct seen {
	char args[512], env[256];
	bool is_leader, has_other_fds, reads_null, out_is_null, err_is_null;
	volatile bool is_done;
} *seen;
static char answer[2 * KA_ENTRY_MAX], storage[KA_ENTRY_MAX + 1];
static size_t answer_len;
static unsigned wait_ms, linger_ms;
static bool cannot_be_run;
static struct ka_sourcefetch out;

static void join(char *to, size_t size, char *const list[])
{
	struct ka_buf b;

	ka_buf_init(&b, to, size);
	for (size_t i = 0; list[i] != NULL; i++) {
		ka_buf_text(&b, i > 0 ? " " : "");
		ka_buf_text(&b, list[i]);
	}
}

static bool is_null(int fd)
{
	struct stat st, null;

	return fstat(fd, &st) == 0 && stat("/dev/null", &null) == 0 && st.st_rdev == null.st_rdev && S_ISCHR(st.st_mode);
}

int execve(const char *path, char *const argv[], char *const envp[])
{
	(void)path;
	if (cannot_be_run) {
		errno = ENOENT;
		return -1;
	}
	join(seen->args, sizeof(seen->args), argv);
	join(seen->env, sizeof(seen->env), envp);
	seen->is_leader = getsid(0) == getpid();
	seen->reads_null = is_null(0);
	seen->out_is_null = is_null(1);
	seen->err_is_null = is_null(2);
	for (int fd = 3; fd < 100; fd++)
		seen->has_other_fds |= fcntl(fd, F_GETFD) >= 0 && (fcntl(fd, F_GETFD) & FD_CLOEXEC) == 0;
	usleep(wait_ms * 1000);
	(void)!ka_fd_write_all(1, answer, answer_len);
	close(1);
	usleep(linger_ms * 1000);
	seen->is_done = true;
	_exit(0);
}

static void says(const char *text)
{
	answer_len = strlen(text);
	memcpy(answer, text, answer_len);
}

static void says_entry(const char *source, const char *user, const char *body)
{
	struct ka_entry e = { .is_found = true, .status = 200, .mirror = 1, .body = ka_span_of(body) };
	struct ka_buf b;

	assert_true(ka_span_copy(ka_span_of(source), e.source, sizeof(e.source)));
	assert_true(ka_span_copy(ka_span_of(user), e.user, sizeof(e.user)));
	ka_entry_hash(&(const char *){ "u" }, 1, e.url);
	ka_buf_init_array(&b, answer);
	ka_entry_write(&e, &b);
	answer_len = b.len;
}

static const char *except = "";

static const char *run_with(const char *fp, const char *key, int deadline_ms)
{
	const struct ka_sourcefetch_who who = { .source = "corp", .user = "alice", .fp = fp, .key = key, .except = except };

	ka_sourcefetch_run(&who, deadline_ms, storage, &out);
	return out.has_entry ? "entry" : ka_reason_id(out.fail.reason);
}

static const char *run(void)
{
	return run_with("", "", 5000);
}

static int clear(void **state)
{
	(void)state;
	while (waitpid(-1, NULL, 0) > 0) /* a child of the test before may still write into what it saw */
		continue;
	memset(seen, 0, sizeof(*seen));
	wait_ms = linger_ms = 0;
	cannot_be_run = false;
	says("");
	return 0;
}

static void run__entry__is_the_answer(void **state)
{
	(void)state;
	says_entry("corp", "alice", "keys\n");
	assert_string_equal(run(), "entry");
	assert_true(ka_span_is(out.entry.body, "keys\n"));
	assert_int_equal(out.entry.status, 200);
	assert_string_equal(seen->args, KA_PATH_FETCH " --deadline 5000 corp alice");
	says_entry("corp", "alice", "");
	assert_string_equal(run_with("SHA256:x", "AAAA", 300), "entry");
	assert_string_equal(seen->args, KA_PATH_FETCH " --deadline 300 --fp SHA256:x --key AAAA corp alice");
	except = "00ff";
	assert_string_equal(run(), "entry");
	except = "";
	assert_string_equal(seen->args, KA_PATH_FETCH " --deadline 5000 --except 00ff corp alice");
}

/* nothing of sshd's reaches it: sshd would wait for its end */
static void run__child__has_nothing_of_its_parent(void **state)
{
	int open_one = open("/dev/zero", O_RDONLY); /* stays open across exec */

	(void)state;
	assert_true(open_one >= 0 && setenv("LD_PRELOAD_OF_SOMEBODY", "x", 1) == 0);
	says_entry("corp", "alice", "");
	assert_string_equal(run(), "entry");
	assert_true(seen->is_leader && seen->reads_null && seen->err_is_null);
	assert_false(seen->out_is_null || seen->has_other_fds);
	assert_string_equal(seen->env, "PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C");
	close(open_one);
}

static void run__failure__with_its_reason(void **state)
{
	(void)state;
	says("ka1 fail at=1790000000 reason=store.http-status status=503 mirror=2 until=1790000030\n");
	assert_string_equal(run(), "store.http-status");
	assert_int_equal(out.fail.status, 503);
	assert_int_equal(out.fail.mirror, 2);
	assert_int_equal(out.fail.until, 1790000030);
}

static void run__what_is_no_answer__is_unreachable(void **state)
{
	static const char *const bad[] = { "", "x", "\n", "ka1 entry", "ka1 fail at=1 reason=key.not-listed status=0 mirror=0 until=1\n",
					   "ka1 fail at=1 reason=store.tls status=0 mirror=0 until=1" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		says(bad[i]);
		assert_string_equal(run(), "store.unreachable");
	}
	says_entry("corp", "bob", "keys\n"); /* another one's */
	assert_string_equal(run(), "store.unreachable");
	says_entry("corp.eu", "alice", "keys\n");
	assert_string_equal(run(), "store.unreachable");
	says_entry("corp", "alice", "keys\n");
	answer_len--; /* torn */
	assert_string_equal(run(), "store.unreachable");
	cannot_be_run = true;
	assert_string_equal(run(), "store.unreachable");
}

static void run__silence__no_longer_than_the_deadline(void **state)
{
	int64_t begin;

	(void)state;
	says_entry("corp", "alice", "keys\n");
	wait_ms = 3000;
	begin = ka_clock_boot_ms();
	assert_string_equal(run_with("", "", 20), "store.timeout");
	assert_in_range(ka_clock_boot_ms() - begin, 20, 2000);
}

static void run__more_than_an_entry_can_be__is_not_read_to_its_end(void **state)
{
	(void)state;
	memset(answer, 'x', sizeof(answer));
	answer_len = sizeof(answer);
	assert_string_equal(run(), "store.timeout");
}

/* it answers first, and is then at its disk */
static void run__lingering_child__nobody_waits(void **state)
{
	(void)state;
	says_entry("corp", "alice", "keys\n");
	linger_ms = 2000;
	assert_string_equal(run(), "entry");
	assert_false(seen->is_done);
}

static void later__refresh__has_no_output_and_nobody_waits(void **state)
{
	const struct ka_sourcefetch_who who = { .source = "corp", .user = "alice", .fp = "SHA256:x", .key = "", .except = "" };

	(void)state;
	wait_ms = 200;
	ka_sourcefetch_later(&who);
	assert_false(seen->is_done);
	assert_true(waitpid(-1, NULL, 0) > 0);
	assert_true(seen->is_done && seen->is_leader && seen->out_is_null);
	assert_false(seen->has_other_fds);
	assert_string_equal(seen->args, KA_PATH_FETCH " --background --fp SHA256:x corp alice");
}

static int make_wanted(void **state)
{
	(void)state;
	trustroot_dir("/var", 0755, 0);
	trustroot_dir("/var/lib", 0755, 0);
	trustroot_dir("/var/lib/keyaudit", 0755, 0);
	trustroot_dir(KA_PATH_WANTED, 0755, 0);
	return 0;
}

static void want__marker__empty_and_made_once(void **state)
{
	struct stat first, again;

	(void)state;
	ka_sourcefetch_want("corp", "alice");
	assert_int_equal(lstat(KA_PATH_WANTED "/corp:alice", &first), 0);
	assert_true(S_ISREG(first.st_mode) && first.st_size == 0 && (first.st_mode & 0777) == 0600);
	ka_sourcefetch_want("corp", "alice");
	assert_int_equal(lstat(KA_PATH_WANTED "/corp:alice", &again), 0);
	assert_int_equal(first.st_ino, again.st_ino);
	assert_int_equal(symlink("/elsewhere", KA_PATH_WANTED "/corp:bob"), 0);
	ka_sourcefetch_want("corp", "bob");
	assert_int_equal(lstat("/elsewhere", &again), -1);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup(test, clear)
	const struct CMUnitTest tests[] = {
		T(run__entry__is_the_answer),
		T(run__child__has_nothing_of_its_parent),
		T(run__failure__with_its_reason),
		T(run__what_is_no_answer__is_unreachable),
		T(run__silence__no_longer_than_the_deadline),
		T(run__more_than_an_entry_can_be__is_not_read_to_its_end),
		T(run__lingering_child__nobody_waits),
		T(later__refresh__has_no_output_and_nobody_waits),
	};
	const struct CMUnitTest in_a_root[] = { cmocka_unit_test(want__marker__empty_and_made_once) };
	int failed;

	seen = mmap(NULL, sizeof(*seen), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (seen == MAP_FAILED)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	return failed != 0 ? failed : trustroot_run(in_a_root, make_wanted);
}
