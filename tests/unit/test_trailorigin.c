/* audit/trailorigin: which file comes before a new one, and what is said of it. */
#include "audit/trailorigin.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "audit/trailscan.h"
#include "base/cleanup.h"
#include "tests/unit/lib/trailplace.h"

#include "base/poison.h"

static enum ka_err next(const struct trailplace *p, const char *file, struct ka_trailorigin *o)
{
	KA_AUTOCLOSE int dir = open(p->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), fd = -1;
	KA_AUTOFREE char *block = malloc(KA_TRAILSCAN_BLOCK);

	assert_true(dir >= 0 && block != NULL);
	if (file == NULL)
		return ka_trailorigin_youngest(dir, "audit.jsonl", block, o);
	fd = openat(dir, file, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	return ka_trailorigin_behind(fd, file, block, o);
}

/* @name beside the trail, last written @sec seconds after the epoch */
static void put(const struct trailplace *p, const char *name, const char *text, mode_t mode, time_t sec)
{
	const struct timespec times[2] = { { sec, 0 }, { sec, 0 } };
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", p->folder, name);
	trailplace_put(path, text, mode);
	assert_int_equal(utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW), 0);
}

static void next__nothing_there__is_the_first(void **state)
{
	const struct trailplace *p = *state;
	struct ka_trailorigin o;
	char path[160];

	assert_int_equal(mkdir(p->folder, 0750), 0);
	put(p, "other", "x", 0640, 100);
	assert_int_equal(next(p, NULL, &o), KA_ERR_OK);
	assert_true(o.begin == KA_TRAIL_FIRST && o.file[0] == '\0' && o.chain[0] == '\0' && o.base == 0);
	snprintf(path, sizeof(path), "%s/other", p->folder);
	assert_int_equal(unlink(path), 0);
}

static void next__the_youngest__counts(void **state)
{
	const struct trailplace *p = *state;
	struct ka_trailorigin o;
	char path[512];

	assert_int_equal(mkdir(p->folder, 0750), 0);
	put(p, "audit.jsonl-b", "old\n", 0640, 100);
	put(p, "audit.jsonl-a", "young\n", 0640, 200);
	put(p, "audit.jsonl-c", "", 0640, 300);      /* empty */
	put(p, "audit.jsonl-d", "x\n", 0660, 400);   /* others may write it */
	snprintf(path, sizeof(path), "%s/audit.jsonl-e", p->folder);
	assert_int_equal(symlink("audit.jsonl-d", path), 0);
	assert_int_equal(next(p, NULL, &o), KA_ERR_OK);
	assert_string_equal(o.file, "audit.jsonl-a");
	assert_true(o.begin == KA_TRAIL_UNCHAINED && o.bytes == 6 && o.base == 6);
	/* printf 'young\n' | sha256sum */
	assert_string_equal(o.sha256, "2b3def7931a792d20cfa87583ac13ae533523577719a7320d2a04e73d38efcf0");
	put(p, "audit.jsonl-z", "same moment\n", 0640, 200);
	assert_int_equal(next(p, NULL, &o), KA_ERR_OK);
	assert_string_equal(o.file, "audit.jsonl-z");
	assert_int_equal(next(p, "audit.jsonl-b", &o), KA_ERR_OK); /* unless it is said which */
	assert_string_equal(o.file, "audit.jsonl-b");
}

static void next__a_chain__goes_on_or_is_damaged(void **state)
{
	const struct trailplace *p = *state;
	struct ka_trailorigin o, own;
	char id[KA_EVENT_ID_MAX], old[160];
	KA_AUTOCLOSE int fd = -1;
	int64_t size;

	trailplace_id(1, 1, id);
	trailplace_append_ok(p, id, KA_TRAIL_WRITTEN);
	size = ka_trail_offset(p->path);
	snprintf(old, sizeof(old), "%s.1", p->path);
	assert_int_equal(rename(p->path, old), 0);
	fd = open(old, O_RDWR | O_APPEND | O_CLOEXEC);
	assert_true(fd >= 0 && ka_trailorigin_read(fd, &own));
	assert_int_equal(own.begin, KA_TRAIL_FIRST);
	assert_int_equal(next(p, NULL, &o), KA_ERR_OK);
	assert_true(o.begin == KA_TRAIL_RENAMED && o.seq == 2 && o.base == size && !o.fragment.is_there);
	assert_string_equal(o.chain, own.chain);
	trailplace_put(old, "torn", 0640);
	assert_int_equal(next(p, NULL, &o), KA_ERR_OK);
	assert_true(o.begin == KA_TRAIL_RENAMED && o.seq == 2 && o.fragment.is_there && o.fragment.bytes == 4);
	for (unsigned i = 0; i < 2 * KA_TRAILSCAN_BLOCK / 16; i++)
		assert_int_equal(write(fd, "0123456789abcdef", 16), 16);
	assert_int_equal(next(p, NULL, &o), KA_ERR_OK);
	assert_true(o.begin == KA_TRAIL_DAMAGED && o.chain[0] == '\0' && o.bytes == size + 4 + 2 * KA_TRAILSCAN_BLOCK && o.sha256[0] != '\0');
}

#define T(f) cmocka_unit_test_setup_teardown(f, trailplace_setup, trailplace_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(next__nothing_there__is_the_first), T(next__the_youngest__counts), T(next__a_chain__goes_on_or_is_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
