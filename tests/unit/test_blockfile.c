/* blocklist/blockfile: what may be opened, and a search that agrees with looking at every record. */
#include "blocklist/blockfile.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "tests/unit/lib/blocksample.h"
#include "tests/unit/lib/tmptree.h"

#include "base/poison.h"

static void assert_wrong(const char *path, const char *wrong)
{
	struct ka_blockfile f;

	ka_blockfile_open(path, &f);
	assert_int_equal(f.state, KA_BLOCKFILE_INVALID);
	assert_string_equal(f.wrong, wrong);
	assert_null(f.records);
	ka_blockfile_close(&f);
}

static void open__not_a_list_of_ours__says_why(void **state)
{
	uint8_t bytes[48] = { 0 };
	char link[128];
	const char *path;

	(void)state;
	assert_wrong(blocksample_write("short", bytes, 47), "its size is no multiple of 16");
	assert_wrong(blocksample_write("empty", bytes, 0), "it is empty");
	path = blocksample_write("open", bytes, 48);
	assert_int_equal(chmod(path, 0664), 0);
	assert_wrong(path, "group or others may write to it");
	assert_int_equal(chmod(path, 0646), 0);
	assert_wrong(path, "group or others may write to it");
	assert_int_equal(chmod(path, 0644), 0);
	assert_true(snprintf(link, sizeof(link), "%s/link", tmptree) > 0);
	assert_int_equal(symlink(path, link), 0);
	assert_wrong(link, "it is a symbolic link");
	assert_int_equal(unlink(link), 0);
	assert_int_equal(mkfifo(link, 0600), 0);
	assert_wrong(link, "it is no regular file");
	assert_wrong(tmptree, "it is no regular file");
	if (geteuid() == 0) {
		assert_int_equal(chown(path, 4242, 0), 0);
		assert_wrong(path, "it is not root's");
	}
}

static void open__absent__is_missing(void **state)
{
	struct ka_blockfile f;

	(void)state;
	ka_blockfile_open("/nowhere/blocklist.dat", &f);
	assert_int_equal(f.state, KA_BLOCKFILE_MISSING);
	assert_null(f.wrong);
}

/* where the hash of record @i would be if its last byte were @delta more or less */
static enum ka_blockfile_found find_beside(const struct ka_blockfile *f, size_t i, int delta, uint8_t *list)
{
	uint8_t hash[KA_BKHASH_LEN];

	memcpy(hash, f->records + i * KA_BLOCKFILE_RECORD, sizeof(hash));
	hash[KA_BKHASH_LEN - 1] = (uint8_t)(hash[KA_BKHASH_LEN - 1] + delta);
	return ka_blockfile_find(f, hash, list);
}

static void find__every_record_and_its_neighbours__as_they_are(void **state)
{
	static const size_t counts[] = { 1, 2, 3, 5, 64, 1000, 20000 };
	uint8_t low[KA_BKHASH_LEN] = { 0 }, high[KA_BKHASH_LEN], list;

	(void)state;
	memset(high, 0xff, sizeof(high));
	for (size_t c = 0; c < KA_ARRAY_LEN(counts); c++) {
		KA_AUTOFREE uint8_t *records = blocksample_fill(counts[c]);
		struct ka_blockfile f;

		ka_blockfile_open(blocksample_write("list", records, counts[c] * KA_BLOCKFILE_RECORD), &f);
		assert_int_equal(f.state, KA_BLOCKFILE_OPEN);
		assert_int_equal(f.count, counts[c]);
		assert_true(f.written > 0);
		for (size_t i = 0; i < counts[c]; i++) {
			list = 0;
			assert_int_equal(find_beside(&f, i, 0, &list), KA_BLOCKFILE_YES);
			assert_int_equal(list, records[i * KA_BLOCKFILE_RECORD + KA_BKHASH_LEN]);
			assert_int_equal(find_beside(&f, i, 1, &list), KA_BLOCKFILE_NO);
			assert_int_equal(find_beside(&f, i, -1, &list), KA_BLOCKFILE_NO);
		}
		assert_int_equal(ka_blockfile_find(&f, low, &list), KA_BLOCKFILE_NO);
		assert_int_equal(ka_blockfile_find(&f, high, &list), KA_BLOCKFILE_NO);
		ka_blockfile_close(&f);
	}
}

/* all hashes in one corner, where nobody expects them */
static void find__uneven_spread__still_found(void **state)
{
	enum { COUNT = 3000 };
	KA_AUTOFREE uint8_t *records = blocksample_fill(COUNT);
	struct ka_blockfile f = { .state = KA_BLOCKFILE_OPEN, .records = records, .count = COUNT };
	uint8_t list;

	(void)state;
	for (int corner = 0; corner < 2; corner++) {
		for (size_t i = 0; i < COUNT; i++) {
			uint8_t *r = records + i * KA_BLOCKFILE_RECORD;

			memset(r, corner == 0 ? 0 : 0xff, 4);
			r[4] = (uint8_t)(i >> 8);
			r[5] = (uint8_t)i;
		}
		for (size_t i = 0; i < COUNT; i++) {
			assert_int_equal(find_beside(&f, i, 0, &list), KA_BLOCKFILE_YES);
			assert_int_equal(find_beside(&f, i, 1, &list), KA_BLOCKFILE_NO);
		}
	}
}

static void find__one_hash_in_two_lists__the_lower_number(void **state)
{
	uint8_t two[2 * KA_BLOCKFILE_RECORD] = { [0] = 7, [15] = 2, [16] = 7, [31] = 9 }, hash[KA_BKHASH_LEN] = { 7 }, list;
	struct ka_blockfile f = { .state = KA_BLOCKFILE_OPEN, .records = two, .count = 2 };

	(void)state;
	assert_int_equal(ka_blockfile_find(&f, hash, &list), KA_BLOCKFILE_YES);
	assert_int_equal(list, 2);
}

static void find__out_of_order_beside_the_way__damaged(void **state)
{
	enum { COUNT = 1000 };
	KA_AUTOFREE uint8_t *records = blocksample_fill(COUNT);
	struct ka_blockfile f = { .state = KA_BLOCKFILE_OPEN, .records = records, .count = COUNT };
	uint8_t hash[KA_BKHASH_LEN], list;

	(void)state;
	assert_true(ka_blockfile_is_in_order(&f));
	/* the second half of the file stands first: whatever is looked for, its surroundings are wrong somewhere */
	for (size_t i = 1; i < COUNT; i += 2)
		for (size_t k = 0; k < KA_BLOCKFILE_RECORD; k++) {
			uint8_t *a = records + (i - 1) * KA_BLOCKFILE_RECORD + k, *b = records + i * KA_BLOCKFILE_RECORD + k, t = *a;

			*a = *b;
			*b = t;
		}
	for (unsigned i = 0; i < 256; i++) {
		memset(hash, (int)i, sizeof(hash));
		assert_int_equal(ka_blockfile_find(&f, hash, &list), KA_BLOCKFILE_DAMAGED);
	}
	assert_false(ka_blockfile_is_in_order(&f));
	/* the same record twice */
	memcpy(records + KA_BLOCKFILE_RECORD, records, KA_BLOCKFILE_RECORD);
	memset(hash, 0, sizeof(hash));
	assert_int_equal(ka_blockfile_find(&f, hash, &list), KA_BLOCKFILE_DAMAGED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(open__not_a_list_of_ours__says_why, tmptree_make, tmptree_remove),
		cmocka_unit_test(open__absent__is_missing),
		cmocka_unit_test_setup_teardown(find__every_record_and_its_neighbours__as_they_are, tmptree_make, tmptree_remove),
		cmocka_unit_test(find__uneven_spread__still_found),
		cmocka_unit_test(find__one_hash_in_two_lists__the_lower_number),
		cmocka_unit_test(find__out_of_order_beside_the_way__damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
