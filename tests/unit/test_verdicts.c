/*
 * verdict/verdicts: the file. What was kept is found again; a file that others had a hand in is not believed; and whatever happens
 * to it - cut, flipped, full, two at once, killed - the answer is the right one or none.
 */
#include "verdict/verdicts.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "tests/unit/lib/tmptree.h"
#include "tests/unit/lib/trustroot.h"
#include "tests/unit/lib/verdictsample.h"
#include "verdict/verdictrow.h"

#include "base/poison.h"

#define WRITERS 8
#define QUESTIONS 200

static char table[128];

static int make_dir(void **state)
{
	if (tmptree_make(state) != 0)
		return -1;
	return snprintf(table, sizeof(table), "%s/" KA_VERDICTS_TABLE, tmptree) > 0 ? 0 : -1;
}

static bool keep(const char *dir, const struct ka_verdictkey *key)
{
	struct ka_vetanswer a = verdictsample_answer(key);

	return ka_verdicts_put(dir, key, &a);
}

enum answer { MISS, RIGHT, WRONG };

static enum answer ask(const char *dir, const struct ka_verdictkey *key)
{
	struct ka_vetanswer got = { .word = KA_VETANSWER_OK, .factor = 1 }, want = verdictsample_answer(key);

	if (!ka_verdicts_get(dir, key, &got))
		return got.word == KA_VETANSWER_UNJUDGED && got.reason == KA_REASON_NONE && got.factor == 0 ? MISS : WRONG;
	return verdictsample_is_same(&got, &want) ? RIGHT : WRONG;
}

static off_t size_of_table(void)
{
	struct stat st;

	assert_int_equal(lstat(table, &st), 0);
	return st.st_size;
}

static void table__kept__found_by_its_name(void **state)
{
	struct ka_verdictkey a = verdictsample_key(1), b = verdictsample_key(2);
	struct stat st;

	(void)state;
	assert_int_equal(ask("/nowhere/at/all", &a), MISS);
	assert_false(keep("/nowhere/at/all", &a));
	assert_int_equal(ask(tmptree, &a), MISS);
	assert_true(keep(tmptree, &a));
	assert_int_equal(ask(tmptree, &a), RIGHT);
	assert_int_equal(ask(tmptree, &b), MISS);
	assert_true(keep(tmptree, &b));
	assert_int_equal(ask(tmptree, &a), RIGHT);
	assert_int_equal(ask(tmptree, &b), RIGHT);
	assert_int_equal(lstat(table, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(st.st_size, KA_VERDICTS_BYTES);
}

static void table__unjudged__nothing_is_begun(void **state)
{
	struct ka_verdictkey key = verdictsample_key(1);
	const struct ka_vetanswer none = { .word = KA_VETANSWER_UNJUDGED };

	(void)state;
	assert_false(ka_verdicts_put(tmptree, &key, &none));
	assert_int_equal(access(table, F_OK), -1);
}

static void table__longer_path_than_any__a_miss(void **state)
{
	static char dir[2 * KA_PATH_TRUSTED_MAX];
	struct ka_verdictkey key = verdictsample_key(1);

	(void)state;
	memset(dir, '/', sizeof(dir) - 1);
	assert_int_equal(ask(dir, &key), MISS);
}

/* a table that others may have written is neither believed nor written */
static void refuses(const struct ka_verdictkey *key, const char *why)
{
	enum answer got = ask(tmptree, key);

	if (got != MISS)
		fail_msg("%s: believed", why);
	if (keep(tmptree, key))
		fail_msg("%s: written", why);
}

static void table__not_ours_alone__not_believed_and_not_touched(void **state)
{
	struct ka_verdictkey key = verdictsample_key(1);
	char other[160];

	(void)state;
	assert_true(snprintf(other, sizeof(other), "%s/other", tmptree) > 0);
	assert_true(keep(tmptree, &key));
	assert_int_equal(chmod(table, 0620), 0);
	refuses(&key, "0620");
	assert_int_equal(chmod(table, 0602), 0);
	refuses(&key, "0602");
	assert_int_equal(chmod(table, 0644), 0); /* that others can read it harms nobody */
	assert_int_equal(ask(tmptree, &key), RIGHT);
	assert_int_equal(link(table, other), 0);
	refuses(&key, "two names");
	assert_int_equal(unlink(table), 0);
	assert_int_equal(symlink("other", table), 0);
	refuses(&key, "a symbolic link");
	assert_int_equal(unlink(table), 0);
	assert_int_equal(mkfifo(table, 0600), 0);
	refuses(&key, "a fifo");
	assert_int_equal(unlink(table), 0);
	assert_int_equal(mkdir(table, 0700), 0);
	refuses(&key, "a directory");
	assert_int_equal(rmdir(table), 0);
	assert_int_equal(rename(other, table), 0);
	assert_int_equal(ask(tmptree, &key), RIGHT);
	if (geteuid() == 0) {
		assert_int_equal(chown(table, 65534, (gid_t)-1), 0);
		refuses(&key, "another owner");
	}
}

static void table__directory_not_ours_alone__none_is_begun(void **state)
{
	struct ka_verdictkey key = verdictsample_key(1);

	(void)state;
	assert_int_equal(chmod(tmptree, 0770), 0);
	assert_false(keep(tmptree, &key));
	assert_int_equal(chmod(tmptree, 0703), 0);
	assert_false(keep(tmptree, &key));
	assert_int_equal(chmod(tmptree, 0700), 0);
	if (geteuid() == 0) { /* root by hand */
		assert_int_equal(chown(tmptree, 65534, (gid_t)-1), 0);
		assert_false(keep(tmptree, &key));
		assert_int_equal(chown(tmptree, 0, (gid_t)-1), 0);
	}
	assert_int_equal(access(table, F_OK), -1);
	assert_true(keep(tmptree, &key));
}

static void table__cut_at_every_byte__a_miss_and_mended(void **state)
{
	struct ka_verdictkey key = verdictsample_key(7);
	off_t end = ((off_t)ka_verdictrow_bucket(&key) + 1) * KA_VERDICTROW_BUCKET;

	(void)state;
	for (off_t cut = end + 1; cut >= end - KA_VERDICTROW_BUCKET - 1; cut--) {
		assert_true(keep(tmptree, &key));
		assert_int_equal(size_of_table(), KA_VERDICTS_BYTES);
		assert_int_equal(truncate(table, cut), 0);
		assert_int_equal(ask(tmptree, &key), cut >= end ? RIGHT : MISS);
	}
	assert_int_equal(truncate(table, 0), 0);
	assert_int_equal(ask(tmptree, &key), MISS);
	assert_true(keep(tmptree, &key));
	assert_int_equal(ask(tmptree, &key), RIGHT);
}

static void table__something_behind_its_end__cut_off(void **state)
{
	struct ka_verdictkey key = verdictsample_key(7), other = verdictsample_key(8);

	(void)state;
	assert_true(keep(tmptree, &key));
	assert_int_equal(truncate(table, KA_VERDICTS_BYTES + 12345), 0);
	assert_int_equal(ask(tmptree, &key), RIGHT);
	assert_true(keep(tmptree, &other));
	assert_int_equal(size_of_table(), KA_VERDICTS_BYTES);
	assert_int_equal(ask(tmptree, &key), RIGHT);
}

static void table__every_bit_of_a_row_flipped__a_miss(void **state)
{
	struct ka_verdictkey key = verdictsample_key(9);
	off_t at = (off_t)(ka_verdictrow_bucket(&key) * KA_VERDICTROW_BUCKET);
	uint8_t row[KA_VERDICTS_ROW];
	KA_AUTOCLOSE int fd = -1;

	(void)state;
	assert_true(keep(tmptree, &key));
	fd = open(table, O_RDWR | O_CLOEXEC);
	assert_int_equal(pread(fd, row, sizeof(row), at), sizeof(row));
	for (size_t bit = 0; bit < 8 * sizeof(row); bit++) {
		uint8_t flipped = row[bit / 8] ^ (uint8_t)(1u << bit % 8);

		assert_int_equal(pwrite(fd, &flipped, 1, at + (off_t)(bit / 8)), 1);
		assert_int_equal(ask(tmptree, &key), MISS);
		assert_int_equal(pwrite(fd, &row[bit / 8], 1, at + (off_t)(bit / 8)), 1);
	}
	assert_int_equal(ask(tmptree, &key), RIGHT);
}

static void table__more_than_fit__bounded(void **state)
{
	size_t found = 0;

	(void)state;
	for (unsigned i = 0; i < 50; i++) {
		struct ka_verdictkey key = verdictsample_in_bucket(i);

		assert_true(keep(tmptree, &key));
		assert_int_equal(ask(tmptree, &key), RIGHT); /* the newest is always there */
	}
	for (unsigned i = 0; i < 50; i++) {
		struct ka_verdictkey key = verdictsample_in_bucket(i);
		enum answer got = ask(tmptree, &key);

		assert_int_not_equal(got, WRONG);
		found += got == RIGHT;
	}
	assert_int_equal(found, KA_VERDICTS_WAYS);
	assert_int_equal(size_of_table(), KA_VERDICTS_BYTES);
}

/* half of the questions stand in one bucket, where they drive each other out */
static struct ka_verdictkey question(unsigned i)
{
	return i % 2 == 0 ? verdictsample_key(i) : verdictsample_in_bucket(i);
}

static bool asks_wrong(const char *dir)
{
	for (unsigned i = 0; i < QUESTIONS; i++) {
		struct ka_verdictkey key = question(i);

		if (ask(dir, &key) == WRONG)
			return true;
	}
	return false;
}

static void table__eight_write_and_read_at_once__never_wrong(void **state)
{
	pid_t pids[WRITERS];
	size_t there = 0;

	(void)state;
	for (unsigned w = 0; w < WRITERS; w++) {
		pids[w] = fork();
		assert_true(pids[w] >= 0);
		if (pids[w] != 0)
			continue;
		for (unsigned i = 0; i < 5 * QUESTIONS; i++) {
			struct ka_verdictkey mine = question((i * 7 + w * 31) % QUESTIONS), other = question(i % QUESTIONS);

			if (!keep(tmptree, &mine) || ask(tmptree, &mine) == WRONG || ask(tmptree, &other) == WRONG)
				_exit(1);
		}
		_exit(0);
	}
	for (unsigned w = 0; w < WRITERS; w++) {
		int status = -1;

		assert_int_equal(waitpid(pids[w], &status, 0), pids[w]);
		assert_int_equal(status, 0);
	}
	assert_false(asks_wrong(tmptree));
	for (unsigned i = 0; i < QUESTIONS; i += 2) {
		struct ka_verdictkey key = question(i);

		there += ask(tmptree, &key) == RIGHT;
	}
	assert_true(there > QUESTIONS / 2 - 5);
	assert_int_equal(size_of_table(), KA_VERDICTS_BYTES);
}

static void table__writers_killed__never_wrong_and_still_written(void **state)
{
	(void)state;
	for (unsigned round = 0; round < 100; round++) {
		int ready[2];
		pid_t pid;
		char c;

		assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
		pid = fork();
		assert_true(pid >= 0);
		if (pid == 0)
			for (unsigned i = round;; i++) {
				struct ka_verdictkey key = question(i % QUESTIONS);

				if (!keep(tmptree, &key) || (i == round && ka_fd_write_all(ready[1], "x", 1) != KA_ERR_OK))
					_exit(1);
			}
		close(ready[1]);
		assert_int_equal(read(ready[0], &c, 1), 1);
		close(ready[0]);
		for (unsigned i = 0; i < round; i++) { /* another moment each time */
			struct ka_verdictkey key = question(i);

			assert_int_not_equal(ask(tmptree, &key), WRONG);
		}
		assert_int_equal(kill(pid, SIGKILL), 0);
		assert_int_equal(waitpid(pid, NULL, 0), pid);
		assert_false(round % 10 == 0 && asks_wrong(tmptree));
	}
	for (unsigned i = 0; i < QUESTIONS; i++) {
		struct ka_verdictkey key = question(i);

		assert_true(keep(tmptree, &key));
		assert_int_equal(ask(tmptree, &key), RIGHT);
	}
}

/* as a limit of sshd's unit would have it: a write beyond it would end the process */
static void table__file_size_limit__not_kept_and_nobody_dies(void **state)
{
	struct ka_verdictkey key = verdictsample_key(1);
	struct rlimit was;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &(struct rlimit){ 4096, was.rlim_max }), 0);
	assert_false(keep(tmptree, &key));
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
	assert_true(keep(tmptree, &key));
}

/* 0: right; 77: no file system of our own can be made here */
static int on_a_full_disk(void)
{
	unsigned kept = 0;

	if (!trustroot_enter())
		return 77;
	if (mkdir("/small", 0700) != 0 || mount("small", "/small", "tmpfs", 0, "size=64k,mode=0700") != 0)
		return 2;
	for (unsigned i = 0; i < QUESTIONS; i++) {
		struct ka_verdictkey key = verdictsample_key(i);
		bool is_kept = keep("/small", &key);

		kept += is_kept;
		if (is_kept != (ask("/small", &key) == RIGHT))
			return 3;
	}
	if (kept == 0 || kept == QUESTIONS)
		return 4;
	for (unsigned i = 0; i < QUESTIONS; i++) {
		struct ka_verdictkey key = verdictsample_key(i);

		if (ask("/small", &key) == WRONG)
			return 5;
	}
	return 0;
}

static void table__full_disk__what_was_kept_stays(void **state)
{
	pid_t pid = fork();
	int status = -1;

	(void)state;
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(on_a_full_disk());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void is_table__what_it_says__of_an_owner(void **state)
{
	struct ka_verdictkey key = verdictsample_key(1);
	struct stat st;
	KA_AUTOCLOSE int fd = -1;

	(void)state;
	assert_true(keep(tmptree, &key));
	fd = open(table, O_RDONLY | O_CLOEXEC);
	assert_true(ka_verdicts_is_table(fd, geteuid(), &st));
	assert_int_equal(st.st_size, KA_VERDICTS_BYTES);
	assert_false(ka_verdicts_is_table(fd, geteuid() + 1, &st));
	assert_false(ka_verdicts_is_table(-1, geteuid(), &st));
}

int main(void)
{
#define IN_DIR(f) cmocka_unit_test_setup_teardown(f, make_dir, tmptree_remove)
	const struct CMUnitTest tests[] = {
		IN_DIR(table__kept__found_by_its_name),
		IN_DIR(table__unjudged__nothing_is_begun),
		IN_DIR(table__longer_path_than_any__a_miss),
		IN_DIR(table__not_ours_alone__not_believed_and_not_touched),
		IN_DIR(table__directory_not_ours_alone__none_is_begun),
		IN_DIR(table__cut_at_every_byte__a_miss_and_mended),
		IN_DIR(table__something_behind_its_end__cut_off),
		IN_DIR(table__every_bit_of_a_row_flipped__a_miss),
		IN_DIR(table__more_than_fit__bounded),
		IN_DIR(table__eight_write_and_read_at_once__never_wrong),
		IN_DIR(table__writers_killed__never_wrong_and_still_written),
		IN_DIR(table__file_size_limit__not_kept_and_nobody_dies),
		IN_DIR(table__full_disk__what_was_kept_stays),
		IN_DIR(is_table__what_it_says__of_an_owner),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
