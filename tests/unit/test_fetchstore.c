/* authkeys-fetch/fetchstore: files appear whole or not at all; one lock; failures and breakers; what a kill leaves behind. */
#include "authkeys-cmd/fetch/fetchstore.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/limits.h"

#include "base/poison.h"

static char cache[] = "/tmp/ka-fetchstore.XXXXXX";
static const char name[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
static struct ka_fetchstore store;
static char read_back[KA_ENTRY_MAX + 1];

static struct ka_span span_of_file(const char *suffix)
{
	char file[128];
	KA_AUTOCLOSE int fd = -1;
	struct ka_buf b;
	size_t len;

	ka_buf_init_array(&b, file);
	ka_buf_text(&b, name);
	ka_buf_text(&b, suffix);
	fd = openat(store.dir, file, O_RDONLY);
	if (fd < 0)
		return (struct ka_span){ NULL, 0 };
	assert_int_equal(ka_fd_read_all(fd, read_back, sizeof(read_back), &len), KA_ERR_OK);
	return (struct ka_span){ (const uint8_t *)read_back, len };
}

static bool holds(const char *suffix, const char *text)
{
	return ka_span_is(span_of_file(suffix), text);
}

/* names in the folder but "." and ".." */
static size_t count_files(void)
{
	KA_AUTOCLOSEDIR DIR *dir = fdopendir(openat(store.dir, ".", O_RDONLY | O_DIRECTORY));
	size_t n = 0;

	assert_non_null(dir);
	while (readdir(dir) != NULL)
		n++;
	return n - 2;
}

static void empty(void)
{
	KA_AUTOCLOSEDIR DIR *dir = fdopendir(openat(store.dir, ".", O_RDONLY | O_DIRECTORY));
	const struct dirent *e;

	assert_non_null(dir);
	while ((e = readdir(dir)) != NULL)
		unlinkat(store.dir, e->d_name, 0);
}

static int set_up(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(cache));
	assert_int_equal(chmod(cache, 02750), 0);
	umask(0027);
	return ka_fetchstore_open(cache, "corp", &store);
}

static int tear_down(void **state)
{
	char folder[sizeof(cache) + 8];
	struct ka_buf b;

	(void)state;
	empty();
	ka_fetchstore_close(&store);
	ka_buf_init_array(&b, folder);
	ka_buf_text(&b, cache);
	ka_buf_text(&b, "/corp");
	rmdir(folder);
	return rmdir(cache);
}

static struct ka_span some(const char *text)
{
	return ka_span_of(text);
}

static void open__a_folder_of_ours__is_made(void **state)
{
	struct ka_fetchstore again;
	struct stat st;

	(void)state;
	assert_int_equal(fstat(store.dir, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0750);
	assert_true(st.st_mode & S_ISGID); /* so that files get the group of the cache */
	assert_int_equal(ka_fetchstore_open(cache, "corp", &again), KA_ERR_OK);
	ka_fetchstore_close(&again);
	assert_int_equal(again.dir, -1);
}

static void open__another_s_or_open_to_others__is_refused(void **state)
{
	struct ka_fetchstore other;

	(void)state;
	assert_int_equal(ka_fetchstore_open("/tmp/ka-is-not-there", "corp", &other), KA_ERR_SYS);
	assert_int_equal(other.dir, -1);
	assert_int_equal(chmod(cache, 0770), 0);
	assert_int_equal(ka_fetchstore_open(cache, "corp", &other), KA_ERR_SYS);
	assert_int_equal(chmod(cache, 02750), 0);
	assert_int_equal(fchmod(store.dir, 0777), 0);
	assert_int_equal(ka_fetchstore_open(cache, "corp", &other), KA_ERR_SYS);
	assert_int_equal(fchmod(store.dir, 02750), 0);
	if (geteuid() == 0) {
		assert_int_equal(chown(cache, 12345, 0), 0);
		assert_int_equal(ka_fetchstore_open(cache, "corp", &other), KA_ERR_SYS);
		assert_int_equal(chown(cache, 0, 0), 0);
	}
	assert_int_equal(chmod(cache, 02750), 0);
	assert_int_equal(ka_fetchstore_open(cache, "corp", &other), KA_ERR_OK);
	ka_fetchstore_close(&other);
}

static void put__an_entry__is_there_whole(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(ka_fetchstore_put(&store, name, some("one")), KA_ERR_OK);
	assert_true(holds("", "one"));
	assert_int_equal(ka_fetchstore_put(&store, name, some("two, longer")), KA_ERR_OK);
	assert_true(holds("", "two, longer"));
	assert_int_equal(fstatat(store.dir, name, &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_int_equal(count_files(), 1);
}

static void put__ends_a_noted_failure(void **state)
{
	struct ka_lasttry t = { .at = 1, .until = 2, .reason = KA_REASON_STORE_TIMEOUT };

	(void)state;
	ka_fetchstore_note(&store, name, &t);
	assert_true(holds(".try", "ka1 fail at=1 reason=store.timeout status=0 mirror=0 until=2\n"));
	assert_int_equal(ka_fetchstore_put(&store, name, some("one")), KA_ERR_OK);
	assert_true(holds(".try", ""));
	assert_int_equal(count_files(), 1);
}

static void remove__takes_entry_and_failure(void **state)
{
	struct ka_lasttry t = { .at = 1, .until = 2, .reason = KA_REASON_STORE_TIMEOUT };

	(void)state;
	assert_int_equal(ka_fetchstore_put(&store, name, some("one")), KA_ERR_OK);
	ka_fetchstore_note(&store, name, &t);
	ka_fetchstore_remove(&store, name);
	assert_int_equal(count_files(), 0);
	ka_fetchstore_remove(&store, name);
}

/* a cache that root has restored: other people's files, and links, lie under the names that are written first */
static void foreign_leftovers__in_the_way__are_replaced(void **state)
{
	static const char lock_name[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.lock";
	static const char new_name[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.new";
	struct stat st;
	bool waited;
	int lock;

	(void)state;
	assert_int_equal(symlinkat("/dev/null", store.dir, lock_name), 0);
	assert_int_equal(ka_fetchstore_lock(&store, name, 0, &lock, &waited), KA_FETCHSTORE_LOCKED);
	close(lock);
	assert_true(fstatat(store.dir, lock_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode));
	assert_int_equal(symlinkat("/dev/null", store.dir, new_name), 0);
	assert_int_equal(ka_fetchstore_put(&store, name, some("one")), KA_ERR_OK);
	assert_true(holds("", "one"));
	assert_int_equal(mkfifoat(store.dir, new_name, 0600), 0);
	assert_int_equal(ka_fetchstore_put(&store, name, some("two")), KA_ERR_OK);
	assert_true(holds("", "two"));
	assert_int_equal(fstatat(store.dir, name, &st, AT_SYMLINK_NOFOLLOW), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
}

/* what a full disk does, too: a write that ends early leaves the old entry and no other file */
static void put__that_cannot_be_written__keeps_the_old_one(void **state)
{
	struct rlimit was;
	char big[8192];

	(void)state;
	assert_int_equal(ka_fetchstore_put(&store, name, some("old")), KA_ERR_OK);
	memset(big, 'x', sizeof(big));
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &was);
	setrlimit(RLIMIT_FSIZE, &(struct rlimit){ 4096, was.rlim_max });
	assert_int_equal(ka_fetchstore_put(&store, name, (struct ka_span){ (uint8_t *)big, sizeof(big) }), KA_ERR_SYS);
	assert_int_equal(errno, EFBIG);
	setrlimit(RLIMIT_FSIZE, &was);
	assert_true(holds("", "old"));
	assert_int_equal(count_files(), 1);
}

/* a child that writes two contents in turn and is killed: what is read is always one of them */
static void put__killed_at_any_moment__leaves_one_of_the_two(void **state)
{
	static char a[100000], b[90000];
	size_t whole = 0;

	(void)state;
	memset(a, 'a', sizeof(a));
	memset(b, 'b', sizeof(b));
	assert_int_equal(ka_fetchstore_put(&store, name, (struct ka_span){ (uint8_t *)a, sizeof(a) }), KA_ERR_OK);
	for (unsigned i = 0; i < 40; i++) {
		pid_t pid = fork();
		struct ka_span got;

		if (pid == 0)
			for (;;)
				if (ka_fetchstore_put(&store, name, (struct ka_span){ (uint8_t *)b, sizeof(b) }) != KA_ERR_OK ||
				    ka_fetchstore_put(&store, name, (struct ka_span){ (uint8_t *)a, sizeof(a) }) != KA_ERR_OK)
					_exit(1);
		usleep(i * 211);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		got = span_of_file("");
		assert_true((got.len == sizeof(a) && memcmp(got.p, a, got.len) == 0) || (got.len == sizeof(b) && memcmp(got.p, b, got.len) == 0));
		whole++;
	}
	assert_int_equal(whole, 40);
	/* and whatever lies half-written beside it does not keep the next one from being written */
	assert_int_equal(ka_fetchstore_put(&store, name, some("next")), KA_ERR_OK);
	assert_true(holds("", "next"));
	assert_int_equal(count_files(), 1);
}

static void lock__held_by_another__is_waited_for_or_busy(void **state)
{
	int ours = -1, theirs = -1, gate[2];
	bool waited;
	char byte;
	pid_t pid;

	(void)state;
	assert_int_equal(ka_fetchstore_lock(&store, name, 0, &ours, &waited), KA_FETCHSTORE_LOCKED);
	assert_true(ours >= 0 && !waited);
	assert_int_equal(ka_fetchstore_lock(&store, name, 30, &theirs, &waited), KA_FETCHSTORE_BUSY);
	assert_int_equal(theirs, -1);
	/* another entry's is free */
	assert_int_equal(ka_fetchstore_lock(&store, "other", 0, &theirs, &waited), KA_FETCHSTORE_LOCKED);
	close(theirs);
	close(ours);
	assert_int_equal(pipe(gate), 0);
	pid = fork();
	if (pid == 0) {
		if (ka_fetchstore_lock(&store, name, 0, &theirs, &waited) != KA_FETCHSTORE_LOCKED || write(gate[1], "x", 1) != 1)
			_exit(1);
		usleep(50000);
		_exit(0);
	}
	assert_int_equal(read(gate[0], &byte, 1), 1);
	assert_int_equal(ka_fetchstore_lock(&store, name, 5000, &ours, &waited), KA_FETCHSTORE_LOCKED);
	assert_true(waited);
	close(ours);
	close(gate[0]);
	close(gate[1]);
	waitpid(pid, NULL, 0);
}

static void without_a_folder__everything_fails_quietly(void **state)
{
	struct ka_fetchstore none = { .dir = -1 };
	struct ka_lasttry t = { .reason = KA_REASON_STORE_TIMEOUT };
	struct ka_fetchbreaker b = { 5, INT64_MAX };
	bool waited;
	int fd;

	(void)state;
	assert_int_equal(ka_fetchstore_lock(&none, name, 0, &fd, &waited), KA_FETCHSTORE_LOCKLESS);
	assert_int_equal(ka_fetchstore_put(&none, name, some("x")), KA_ERR_SYS);
	ka_fetchstore_note(&none, name, &t);
	ka_fetchstore_set_breaker(&none, 0, &b);
	assert_true(ka_fetchstore_may_ask(&none, 0, 1000, &b));
	assert_true(b.failures == 0 && b.until == 0);
	ka_fetchstore_sweep(&none, INT64_MAX);
	ka_fetchstore_close(&none);
}

static void breaker__each_mirror__has_its_own(void **state)
{
	struct ka_fetchbreaker one = { 5, 1600000000 }, two = { 2, 0 }, back;

	(void)state;
	ka_fetchstore_set_breaker(&store, 0, &one);
	ka_fetchstore_set_breaker(&store, 7, &two);
	ka_fetchstore_breaker(&store, 0, &back);
	assert_true(back.failures == 5 && back.until == 1600000000);
	ka_fetchstore_breaker(&store, 7, &back);
	assert_true(back.failures == 2 && back.until == 0);
	ka_fetchstore_breaker(&store, 1, &back);
	assert_int_equal(back.failures, 0);
	assert_int_equal(count_files(), 2);
}

static void breaker__a_link_or_rubbish__is_closed(void **state)
{
	struct ka_fetchbreaker back;
	int fd = openat(store.dir, "breaker.0", O_WRONLY | O_CREAT, 0640);

	(void)state;
	assert_int_equal(write(fd, "ka1 breaker failures=5 until=", 29), 29);
	close(fd);
	ka_fetchstore_breaker(&store, 0, &back);
	assert_int_equal(back.failures, 0);
	assert_int_equal(unlinkat(store.dir, "breaker.0", 0), 0);
	assert_int_equal(symlinkat("/dev/zero", store.dir, "breaker.0"), 0);
	ka_fetchstore_breaker(&store, 0, &back);
	assert_int_equal(back.failures, 0);
}

/* how many of @n processes that ask at the same moment may */
static int count_allowed(int n, int64_t now)
{
	struct ka_fetchbreaker b;
	int gate[2], allowed = 0, status;

	assert_int_equal(pipe(gate), 0);
	for (int i = 0; i < n; i++) {
		pid_t pid = fork();
		char c;

		assert_true(pid >= 0);
		if (pid == 0) {
			close(gate[1]);
			(void)!read(gate[0], &c, 1);
			_exit(ka_fetchstore_may_ask(&store, 0, now, &b) ? 1 : 0);
		}
	}
	close(gate[0]);
	close(gate[1]);
	while (wait(&status) > 0)
		allowed += WIFEXITED(status) ? WEXITSTATUS(status) : n;
	return allowed;
}

static void breaker__half_open__is_one_process(void **state)
{
	const struct ka_fetchbreaker few = { KA_FETCH_BREAKER_FAILURES - 1, 0 }, open = { KA_FETCH_BREAKER_FAILURES, 1000 };
	struct ka_fetchbreaker b;

	(void)state;
	ka_fetchstore_set_breaker(&store, 0, &few);
	assert_int_equal(count_allowed(8, 1000), 8);
	for (int turn = 0; turn < 50; turn++) {
		ka_fetchstore_set_breaker(&store, 0, &open);
		assert_int_equal(count_allowed(8, 999), 0);
		assert_int_equal(count_allowed(8, 1000), 1);
		assert_int_equal(count_allowed(8, 1000), 0);
	}
	ka_fetchstore_breaker(&store, 0, &b);
	assert_int_equal(b.until, 1000 + KA_FETCH_BREAKER_SEC);
}

static void breaker__another_decides__is_left_to_it(void **state)
{
	const struct ka_fetchbreaker open = { KA_FETCH_BREAKER_FAILURES, 1000 };
	struct ka_fetchbreaker b;
	bool waited;
	int fd;

	(void)state;
	ka_fetchstore_set_breaker(&store, 0, &open);
	assert_int_equal(ka_fetchstore_lock(&store, "breaker.0", 0, &fd, &waited), KA_FETCHSTORE_LOCKED);
	assert_false(ka_fetchstore_may_ask(&store, 0, 1000, &b));
	close(fd);
	assert_true(ka_fetchstore_may_ask(&store, 0, 1000, &b));
}

static void sweep__old_halves__go_and_nothing_else(void **state)
{
	static const char *const names[] = { "0123.new", "0123.try.new", "breaker.0.new.4711", "0123", "0123.try", "0123.lock", "breaker.0" };
	const int64_t now = ka_clock_wall_us() / 1000000;

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(names); i++)
		close(openat(store.dir, names[i], O_WRONLY | O_CREAT, 0640));
	ka_fetchstore_sweep(&store, now - 60);
	assert_int_equal(count_files(), 7);
	ka_fetchstore_sweep(&store, now + 60);
	assert_int_equal(count_files(), 4);
}

static int clean(void **state)
{
	(void)state;
	empty();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(open__a_folder_of_ours__is_made, clean),
		cmocka_unit_test_teardown(open__another_s_or_open_to_others__is_refused, clean),
		cmocka_unit_test_teardown(put__an_entry__is_there_whole, clean),
		cmocka_unit_test_teardown(put__ends_a_noted_failure, clean),
		cmocka_unit_test_teardown(remove__takes_entry_and_failure, clean),
		cmocka_unit_test_teardown(foreign_leftovers__in_the_way__are_replaced, clean),
		cmocka_unit_test_teardown(put__that_cannot_be_written__keeps_the_old_one, clean),
		cmocka_unit_test_teardown(put__killed_at_any_moment__leaves_one_of_the_two, clean),
		cmocka_unit_test_teardown(lock__held_by_another__is_waited_for_or_busy, clean),
		cmocka_unit_test_teardown(without_a_folder__everything_fails_quietly, clean),
		cmocka_unit_test_teardown(breaker__each_mirror__has_its_own, clean),
		cmocka_unit_test_teardown(breaker__a_link_or_rubbish__is_closed, clean),
		cmocka_unit_test_teardown(breaker__half_open__is_one_process, clean),
		cmocka_unit_test_teardown(breaker__another_decides__is_left_to_it, clean),
		cmocka_unit_test_teardown(sweep__old_halves__go_and_nothing_else, clean),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
