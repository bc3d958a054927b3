/* trail/trailfiles: the files of one chain, in the order of their numbers, each once. */
#include "keyaudit/trail/trailfiles.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/caught.h"
#include "lib/sealplace.h"

#include "base/poison.h"

static struct ka_trailfiles f;

/* three files of one chain in memory, and where each ends */
static size_t cut[3];

static void make(const char *oldest, const char *old, const char *trail)
{
	size_t from = 0;
	const char *const names[] = { oldest, old, trail };

	verbplace_clear();
	ka_chainsample_begin(&sealplace);
	for (size_t i = 0; i < 3; i++) {
		ka_chainsample_genesis(&sealplace, i == 0 ? "first" : "rotated");
		ka_chainsample_put(&sealplace, "trail-rotate", "\"trail\":{\"chain\":\"" KA_CHAINSAMPLE_ID "\"}");
		cut[i] = sealplace.b.len;
	}
	for (size_t i = 0; i < 3; from = cut[i++])
		if (names[i] != NULL)
			sealplace_put(names[i], ka_span_sub(ka_buf_as_span(&sealplace.b), from, cut[i] - from));
}

/* the names that are found, with a blank behind each */
static const char *find(const char *path, unsigned which)
{
	static char text[512];
	struct ka_buf b;

	ka_trailfiles_free(&f);
	ka_buf_init_array(&b, text);
	if (ka_trailfiles_find(path, which, &f) != KA_ERR_OK)
		return strerrorname_np(errno);
	for (size_t i = 0; i < f.count; i++) {
		ka_buf_text(&b, f.file[i].name);
		ka_buf_text(&b, " ");
	}
	return text;
}

static void find__rotated__in_their_order_and_no_others(void **state)
{
	(void)state;
	make("t.jsonl-b", "t.jsonl-a", "t.jsonl");
	sealplace_put("t.jsonlx", ka_span_sub(ka_buf_as_span(&sealplace.b), 0, cut[0]));
	verbplace_put("t.jsonl-unchained", "{\"event\":1}\n");
	verbplace_put("t.jsonl-empty", "");
	verbplace_put("t.jsonl-1.xz", "");
	verbplace_shell("mkdir t.jsonl-dir; mkfifo t.jsonl-pipe; "
			"sed 's/" KA_CHAINSAMPLE_ID "/ffffffffffffffffffffffffffffffff/' t.jsonl-b > t.jsonl-other");
	assert_string_equal(find("t.jsonl", KA_TRAILFILES_ALL), "./t.jsonl-b ./t.jsonl-a t.jsonl ");
	assert_int_equal(f.foreign, 1);
	assert_int_equal(f.unread, 0);
	assert_int_equal(f.file[0].seq, 1);
	assert_int_equal(f.file[2].seq, 5);
	assert_true(f.file[2].is_trail && !f.file[1].is_trail);
	assert_int_equal(ka_trailfiles_where(&f, f.file[1].device, f.file[1].inode), 1);
	assert_int_equal(ka_trailfiles_where(&f, f.file[1].device, 0), 3);
	assert_string_equal(find("./t.jsonl", KA_TRAILFILES_PLAIN), "./t.jsonl-b ./t.jsonl-a ./t.jsonl ");
	assert_string_equal(find("missing/t.jsonl", KA_TRAILFILES_ALL), "ENOENT");
	assert_string_equal(find("t.jsonl-dir", KA_TRAILFILES_ALL), "EINVAL");
	assert_string_equal(find("t.jsonl-pipe", KA_TRAILFILES_ALL), "EINVAL");
	/* an unchained one has no others */
	assert_string_equal(find("t.jsonl-unchained", KA_TRAILFILES_ALL), "t.jsonl-unchained ");
}

static void find__compressed__is_one_of_them(void **state)
{
	(void)state;
	make("t.jsonl-1", "t.jsonl-2", "t.jsonl");
	verbplace_shell("gzip -k t.jsonl-1; gzip t.jsonl-2; cp t.jsonl-2.gz t.jsonl-3");
	/* the plain one is still there, and a compressed one may be called otherwise */
	assert_string_equal(find("t.jsonl", KA_TRAILFILES_ALL), "./t.jsonl-1 ./t.jsonl-3 t.jsonl ");
	assert_true(f.file[1].bytes.is_packed);
	/* one that is just being made is nothing yet, and one that was made of another file is itself */
	verbplace_shell("gzip -c t.jsonl-1 | head -c 15 > t.jsonl-1.gz");
	assert_string_equal(find("t.jsonl", KA_TRAILFILES_ALL), "./t.jsonl-1 ./t.jsonl-3 t.jsonl ");
	assert_int_equal(f.unread, 0);
	verbplace_shell("mv t.jsonl-3 t.jsonl-1.gz; rm t.jsonl-2.gz");
	assert_string_equal(find("t.jsonl", KA_TRAILFILES_ALL), "./t.jsonl-1 ./t.jsonl-1.gz t.jsonl ");
	verbplace_shell("mv t.jsonl-1.gz t.jsonl-2.gz; gzip -k t.jsonl-1; cp t.jsonl-2.gz t.jsonl-3");
	verbplace_shell("rm t.jsonl-1 t.jsonl-3");
	assert_string_equal(find("t.jsonl", KA_TRAILFILES_ALL), "./t.jsonl-1.gz ./t.jsonl-2.gz t.jsonl ");
	assert_string_equal(find("t.jsonl", KA_TRAILFILES_PLAIN), "t.jsonl ");
	/* damaged behind its first line it is one of them; before it nobody knows */
	verbplace_shell("size=$(stat -c %s t.jsonl-1.gz); truncate -s $((size - 4)) t.jsonl-1.gz; head -c 12 t.jsonl-2.gz > x; mv x t.jsonl-2.gz");
	assert_string_equal(find("t.jsonl", KA_TRAILFILES_ALL), "./t.jsonl-1.gz t.jsonl ");
	assert_int_equal(f.unread, 1);
	assert_string_equal(f.unread_name, "./t.jsonl-2.gz");
	assert_int_equal(f.unread_why, KA_TRAILBYTES_DAMAGED);
	assert_true(f.left_us > 0);
}

static void find__copies__once_or_as_they_are(void **state)
{
	(void)state;
	make("t.jsonl-1", "t.jsonl-2", "t.jsonl");
	verbplace_shell("head -n 1 t.jsonl-1 > t.jsonl-copy; cp t.jsonl t.jsonl.bak; ln t.jsonl t.jsonl.link; ln t.jsonl-2 t.jsonl-again");
	find("t.jsonl", KA_TRAILFILES_ALL);
	assert_int_equal(f.count, 3);
	assert_string_equal(f.file[0].name, "./t.jsonl-1");
	assert_string_equal(f.file[2].name, "t.jsonl");
	find("t.jsonl", KA_TRAILFILES_COPIES);
	assert_int_equal(f.count, 5);
	assert_string_equal(f.file[4].name, "t.jsonl");
}

/* the moment between two files, and a trail that somebody else has renamed */
static void find__no_trail__what_lies_beside(void **state)
{
	(void)state;
	make("t.jsonl-1", "t.jsonl-2", NULL);
	assert_string_equal(find("t.jsonl", KA_TRAILFILES_ALL), "./t.jsonl-1 ./t.jsonl-2 ");
	verbplace_shell("sed 's/" KA_CHAINSAMPLE_ID "/ffffffffffffffffffffffffffffffff/; s/2026-/2025-/' t.jsonl-2 > t.jsonl-older");
	assert_string_equal(find("t.jsonl", KA_TRAILFILES_ALL), "./t.jsonl-1 ./t.jsonl-2 ");
	verbplace_shell("rm t.jsonl-*");
	assert_string_equal(find("t.jsonl", KA_TRAILFILES_ALL), "ENOENT");
	ka_trailfiles_free(&f);
}

static void find__times__between_a_file_and_the_next(void **state)
{
	int64_t hour = INT64_C(3600) * 1000000;

	(void)state;
	make("t.jsonl-1", "t.jsonl-2", "t.jsonl");
	verbplace_shell("sed -i 's/2026-08-23T1/2026-08-21T1/' t.jsonl-1; sed -i 's/2026-08-23T1/2026-08-22T1/' t.jsonl-2");
	find("t.jsonl", KA_TRAILFILES_ALL);
	assert_int_equal(f.file[0].until_us - f.file[1].from_us, 2 * hour);
	assert_true(f.file[0].from_us < f.file[1].from_us && f.file[1].from_us < f.file[2].from_us);
	assert_int_equal(f.file[2].until_us, INT64_MAX);
	/* a clock was set back: what is in front is of any time up to then, what is behind from then on */
	verbplace_shell("sed -i 's/2026-08-22T1/2026-08-20T1/' t.jsonl-2");
	find("t.jsonl", KA_TRAILFILES_ALL);
	assert_int_equal(f.file[0].from_us, f.file[1].from_us);
	assert_true(f.file[0].until_us < f.file[1].until_us);
	verbplace_shell("sed -i 's/2026-08-20T1/xxxx-08-20T1/' t.jsonl-2");
	find("t.jsonl", KA_TRAILFILES_ALL);
	assert_int_equal(f.file[0].until_us, INT64_MAX);
	assert_int_equal(f.file[1].from_us, INT64_MIN);
}

/* they were opened: whatever becomes of their names, they are read */
static void find__removed_meanwhile__still_there(void **state)
{
	char line[8];

	(void)state;
	make("t.jsonl-1", "t.jsonl-2", "t.jsonl");
	verbplace_shell("gzip t.jsonl-2");
	find("t.jsonl", KA_TRAILFILES_ALL);
	verbplace_shell("rm t.jsonl*");
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(ka_trailbytes_read(&f.file[i].bytes, 0, line, sizeof(line)), sizeof(line));
	ka_trailfiles_free(&f);
}

/* no right to list the folder, or to open one of the files; as somebody who is not root */
static bool is_closed(void)
{
	if (!caught_as_nobody() || strcmp(find("t.jsonl", KA_TRAILFILES_ALL), "./t.jsonl-1 t.jsonl ") != 0)
		return false;
	return f.unread == 1 && strcmp(f.unread_name, "./t.jsonl-2") == 0 && f.unread_why == KA_TRAILBYTES_CLOSED;
}

static bool is_alone(void)
{
	if (!caught_as_nobody() || strcmp(find("d/t.jsonl", KA_TRAILFILES_ALL), "d/t.jsonl ") != 0)
		return false;
	return f.unread == 1 && strcmp(f.unread_name, "d") == 0;
}

static bool holds(bool (*what)(void))
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0)
		_exit(what() ? 0 : 1);
	return waitpid(pid, &status, 0) == pid && status == 0;
}

static void find__no_permission__is_said(void **state)
{
	(void)state;
	make("t.jsonl-1", "t.jsonl-2", "t.jsonl");
	verbplace_shell("chmod 755 .; chmod 644 *; chmod 600 t.jsonl-2; mkdir -m 711 d; cp t.jsonl t.jsonl-1 d; chmod 644 d/*");
	if (geteuid() != 0)
		verbplace_shell("chmod 0 t.jsonl-2; chmod 311 d");
	assert_true(holds(is_closed));
	assert_true(holds(is_alone));
	verbplace_shell("chmod 755 d");
}

static void take__any_file__alone(void **state)
{
	(void)state;
	make("t.jsonl-1", NULL, "t.jsonl");
	verbplace_put("plain", "no event\n");
	memset(&f, 0, sizeof(f));
	assert_int_equal(ka_trailfiles_take("t.jsonl-1", &f), KA_ERR_OK);
	assert_int_equal(ka_trailfiles_take("plain", &f), KA_ERR_OK);
	assert_int_equal(f.count, 2);
	assert_int_equal(f.file[0].seq, 1);
	assert_int_equal(f.file[1].seq, 0);
	assert_int_equal(ka_trailfiles_take("missing", &f), KA_ERR_SYS);
	assert_int_equal(f.count, 2);
	ka_trailfiles_free(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(find__rotated__in_their_order_and_no_others),
		cmocka_unit_test(find__compressed__is_one_of_them),
		cmocka_unit_test(find__copies__once_or_as_they_are),
		cmocka_unit_test(find__no_trail__what_lies_beside),
		cmocka_unit_test(find__times__between_a_file_and_the_next),
		cmocka_unit_test(find__removed_meanwhile__still_there),
		cmocka_unit_test(find__no_permission__is_said),
		cmocka_unit_test(take__any_file__alone),
	};

	return cmocka_run_group_tests(tests, verbplace_begin, verbplace_end);
}
