/* store/serial: the memory only rises, what cannot be read is never "nothing", and a lost memory is said once. */
#include "store/serial.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/lib/serialplace.h"

#include "base/poison.h"

#define HEX "00ff"

static uint8_t text_a[64], text_b[64];

static int make(void **state)
{
	memset(text_a, 0xa1, sizeof(text_a));
	memset(text_b, 0xb2, sizeof(text_b));
	return serialplace_make(state);
}

static struct ka_serial_kept remember(uint64_t serial, const uint8_t *sha512)
{
	struct ka_serial_new n = { .source = "corp", .what = HEX, .serial = serial, .sha512 = sha512, .now = 1790000000 };
	struct ka_serial_kept kept;

	assert_int_equal(ka_serial_remember(&serialplace, &n, &kept), KA_ERR_OK);
	return kept;
}

static struct ka_serial_memory read_as(enum ka_serial_answer want)
{
	struct ka_serial_memory m;
	enum ka_serial_answer answer;

	assert_int_equal(ka_serial_read(&serialplace, "corp", HEX, &answer, &m), KA_ERR_OK);
	assert_int_equal(answer, want);
	assert_int_equal(m.known, want == KA_SERIAL_KNOWN);
	return m;
}

static void memory__raised__read_back(void **state)
{
	struct ka_serial_memory m;
	size_t len;
	char *text;

	(void)state;
	read_as(KA_SERIAL_MISSING);
	assert_int_equal(remember(7, text_a).reason, KA_REASON_NONE);
	m = read_as(KA_SERIAL_KNOWN);
	assert_int_equal(m.serial, 7);
	assert_memory_equal(m.sha512, text_a, 64);
	text = serialplace_get("corp." HEX, &len);
	assert_non_null(strstr(text, "ka1 serial serial=7 sha512=a1a1"));
	assert_non_null(strstr(text, " at=1790000000\n"));
	free(text);
	assert_int_equal(remember(INT64_MAX, text_b).reason, KA_REASON_NONE);
	assert_int_equal(read_as(KA_SERIAL_KNOWN).serial, INT64_MAX);
}

static void memory__lower_or_other_text__stays(void **state)
{
	struct ka_serial_memory m;

	(void)state;
	remember(7, text_a);
	assert_int_equal(remember(6, text_a).reason, KA_REASON_STORE_SERIAL_LOWER);
	assert_int_equal(remember(6, text_b).reason, KA_REASON_STORE_SERIAL_LOWER);
	assert_int_equal(remember(7, text_b).reason, KA_REASON_STORE_SERIAL_REUSED);
	assert_int_equal(remember(7, text_a).reason, KA_REASON_NONE);
	m = read_as(KA_SERIAL_KNOWN);
	assert_int_equal(m.serial, 7);
	assert_memory_equal(m.sha512, text_a, 64);
}

static ino_t inode(void)
{
	struct stat st;

	assert_int_equal(fstatat(serialplace.fd, "corp." HEX, &st, 0), 0);
	return st.st_ino;
}

static void memory__same_document__not_written(void **state)
{
	ino_t before;

	(void)state;
	remember(7, text_a);
	before = inode();
	remember(7, text_a);
	assert_int_equal(inode(), before);
	remember(8, text_a);
	assert_int_not_equal(inode(), before);
}

static void memory__first_of_its_source__said_once(void **state)
{
	struct ka_serial_new other = { .source = "corp", .what = "11ee", .serial = 1, .sha512 = text_a };
	struct ka_serial_kept kept;
	bool was_there;
	size_t count;

	(void)state;
	assert_true(remember(7, text_a).is_first);
	assert_false(remember(8, text_a).is_first);
	assert_int_equal(ka_serial_remember(&serialplace, &other, &kept), KA_ERR_OK);
	assert_false(kept.is_first);
	assert_int_equal(ka_serial_forget(&serialplace, "corp", HEX, &was_there), KA_ERR_OK);
	assert_true(was_there);
	assert_false(remember(7, text_a).is_first); /* one memory went, not all */
	assert_int_equal(ka_serial_forget_source(&serialplace, "corp", &count), KA_ERR_OK);
	assert_int_equal(count, 2);
	assert_true(remember(7, text_a).is_first);
}

static void memory__forgotten__lower_serial_counts_again(void **state)
{
	bool was_there;

	(void)state;
	remember(9, text_a);
	assert_int_equal(remember(3, text_b).reason, KA_REASON_STORE_SERIAL_LOWER);
	assert_int_equal(ka_serial_forget(&serialplace, "corp", HEX, &was_there), KA_ERR_OK);
	assert_true(was_there);
	assert_int_equal(ka_serial_forget(&serialplace, "corp", HEX, &was_there), KA_ERR_OK);
	assert_false(was_there);
	assert_int_equal(remember(3, text_b).reason, KA_REASON_NONE);
	assert_int_equal(read_as(KA_SERIAL_KNOWN).serial, 3);
}

static void source__forgotten__its_namesakes_and_its_revoked_list_stay(void **state)
{
	size_t count, len;
	char *text;

	(void)state;
	remember(9, text_a);
	serialplace_put("corp.index", "x", 1, 0600);
	serialplace_put("corp.revoked", "x", 1, 0600);
	serialplace_put("corp.eu.00ff", "x", 1, 0600);
	assert_int_equal(ka_serial_forget_source(&serialplace, "corp", &count), KA_ERR_OK);
	assert_int_equal(count, 2);
	assert_int_equal(serialplace_count(), 2);
	text = serialplace_get("corp.revoked", &len);
	assert_non_null(text);
	free(text);
	assert_int_equal(ka_serial_forget_source(&serialplace, "corp", &count), KA_ERR_OK);
	assert_int_equal(count, 0);
}

/* every cut and every bit of a good memory: broken, or the very same; never "missing" */
static void memory__damaged__broken_and_kept(void **state)
{
	struct ka_serial_new n = { .source = "corp", .what = HEX, .serial = 99, .sha512 = text_b };
	struct ka_serial_memory m;
	enum ka_serial_answer answer;
	struct ka_serial_kept kept;
	size_t len, known = 0;
	char *good, bad[KA_SERIAL_FILE_MAX + 1];

	(void)state;
	remember(7, text_a);
	good = serialplace_get("corp." HEX, &len);
	assert_true(len < KA_SERIAL_FILE_MAX);
	for (size_t i = 0; i < len; i++) {
		serialplace_put("corp." HEX, good, i, 0600);
		read_as(KA_SERIAL_BROKEN);
		for (unsigned bit = 0; bit < 8; bit++) {
			memcpy(bad, good, len);
			bad[i] ^= (char)(1u << bit);
			serialplace_put("corp." HEX, bad, len, 0600);
			assert_int_equal(ka_serial_read(&serialplace, "corp", HEX, &answer, &m), KA_ERR_OK);
			assert_int_not_equal(answer, KA_SERIAL_MISSING);
			known += answer == KA_SERIAL_KNOWN; /* another digit somewhere */
		}
	}
	assert_in_range(known, 1, 700);
	serialplace_put("corp." HEX, good, len - 1, 0600);
	assert_int_equal(ka_serial_remember(&serialplace, &n, &kept), KA_ERR_SYNTAX);
	read_as(KA_SERIAL_BROKEN);
	memset(bad, 'x', sizeof(bad));
	serialplace_put("corp." HEX, bad, sizeof(bad), 0600);
	read_as(KA_SERIAL_BROKEN);
	free(good);
	serialplace_put("corp." HEX, "", 0, 0600);
	read_as(KA_SERIAL_BROKEN);
	serialplace_put("corp." HEX, "", 0, 0622);
	read_as(KA_SERIAL_BROKEN);
}

static void name__that_cannot_be__limit(void **state)
{
	struct ka_serial_new n = { .source = "../x", .what = HEX, .serial = 1, .sha512 = text_a };
	struct ka_serial_memory m;
	enum ka_serial_answer answer;
	struct ka_serial_kept kept;

	(void)state;
	assert_int_equal(ka_serial_read(&serialplace, "../x", HEX, &answer, &m), KA_ERR_LIMIT);
	assert_int_equal(answer, KA_SERIAL_BROKEN);
	assert_int_equal(ka_serial_remember(&serialplace, &n, &kept), KA_ERR_LIMIT);
	n = (struct ka_serial_new){ .source = "corp", .what = HEX, .serial = 0, .sha512 = text_a };
	assert_int_equal(ka_serial_remember(&serialplace, &n, &kept), KA_ERR_LIMIT);
	assert_int_equal(serialplace_count(), 0);
}

/* eight processes accept documents of their own at once, each after its own look: the highest stays */
static void memory__many_at_once__highest_stays(void **state)
{
	enum { PROCESSES = 8, EACH = 12 };
	struct ka_serial_memory m;

	(void)state;
	for (uint64_t p = 0; p < PROCESSES; p++)
		if (fork() == 0) {
			struct ka_serialdir mine;

			if (ka_serialdir_open(serialplace_path, &mine) != KA_ERR_OK)
				_exit(1);
			for (uint64_t i = 0; i < EACH; i++) {
				struct ka_serial_new n = { .source = "corp", .what = HEX, .sha512 = text_a,
							   .serial = 1 + (i * 31 + p * 17) % 97 + (i == 5 && p == 3 ? 1000 : 0) };
				struct ka_serial_kept kept;
				enum ka_err err;

				do
					err = ka_serial_remember(&mine, &n, &kept);
				while (err == KA_ERR_TIMEOUT);
				if (err != KA_ERR_OK)
					_exit(1);
			}
			_exit(0);
		}
	for (int p = 0; p < PROCESSES; p++) {
		int status;

		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	m = read_as(KA_SERIAL_KNOWN);
	assert_true(m.serial > 1000);
	assert_int_equal(serialplace_count(), 2); /* the memory and the note that there is one */
}

/* whatever it was doing: what is there is whole, never lower than before, and nobody is locked out */
static void memory__writer_killed_at_any_moment__whole_and_never_lower(void **state)
{
	enum { KILLS = 80 };
	uint64_t before = 0;

	(void)state;
	for (unsigned k = 0; k < KILLS; k++) {
		/* 0.2 to 2.1 ms; longer and longer where a disk has not let the first one through yet */
		struct timespec some = { .tv_nsec = 200000 + (long)(k * 7919 % 97) * 20000 + (before == 0 ? (long)k * 2000000 : 0) };
		struct ka_serial_memory m;
		enum ka_serial_answer answer;
		pid_t pid = fork();

		if (pid == 0) {
			struct ka_serialdir mine;

			if (ka_serialdir_open(serialplace_path, &mine) != KA_ERR_OK)
				_exit(1);
			for (uint64_t serial = before + 1;; serial++) {
				struct ka_serial_new n = { .source = "corp", .what = HEX, .serial = serial, .sha512 = text_a };
				struct ka_serial_kept kept;

				if (ka_serial_remember(&mine, &n, &kept) != KA_ERR_OK)
					_exit(1);
			}
		}
		assert_true(pid > 0);
		nanosleep(&some, NULL);
		assert_int_equal(kill(pid, SIGKILL), 0);
		assert_int_equal(waitpid(pid, NULL, 0), pid);
		assert_int_equal(ka_serial_read(&serialplace, "corp", HEX, &answer, &m), KA_ERR_OK);
		assert_int_not_equal(answer, KA_SERIAL_BROKEN);
		assert_true(m.serial >= before);
		before = m.serial;
	}
	assert_true(before > 0);
	assert_int_equal(remember(before + 1, text_b).reason, KA_REASON_NONE);
}

int main(void)
{
#define IN_PLACE(f) cmocka_unit_test_setup_teardown(f, make, serialplace_drop)
	const struct CMUnitTest tests[] = {
		IN_PLACE(memory__raised__read_back),
		IN_PLACE(memory__lower_or_other_text__stays),
		IN_PLACE(memory__same_document__not_written),
		IN_PLACE(memory__first_of_its_source__said_once),
		IN_PLACE(memory__forgotten__lower_serial_counts_again),
		IN_PLACE(source__forgotten__its_namesakes_and_its_revoked_list_stay),
		IN_PLACE(memory__damaged__broken_and_kept),
		IN_PLACE(name__that_cannot_be__limit),
		IN_PLACE(memory__many_at_once__highest_stays),
		IN_PLACE(memory__writer_killed_at_any_moment__whole_and_never_lower),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
