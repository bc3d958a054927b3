/* metrics/metricsread: each record once, over rotations, with and without the file that was read last. */
#include "keyaudit/metrics/metricsread.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/lib/metricsplace.h"
#include "tests/unit/lib/verbplace.h"

#include "base/poison.h"

/* instead of libc's: what was brought to the disk, and how long it was then */
static struct stat synced;

int fsync(int fd)
{
	return fstat(fd, &synced);
}

/* a power cut takes nothing that was counted: other records would have its numbers */
static void read__counted__is_on_the_disk(void **state)
{
	static struct ka_metricscount c;
	struct stat st;

	(void)state;
	metricsplace_put("audit.jsonl", metricsplace_genesis);
	metricsplace_put("audit.jsonl", metricsplace_refused);
	assert_int_equal(ka_metricsread("./audit.jsonl", &c), KA_ERR_OK);
	assert_int_equal(stat("audit.jsonl", &st), 0);
	assert_int_equal(synced.st_ino, st.st_ino);
	assert_int_equal(synced.st_size, c.offset);
	assert_int_equal(unlink("audit.jsonl"), 0);
}

static void read__rotation__each_record_once(void **state)
{
	static struct ka_metricscount c;
	static struct ka_metricscount again, before;

	(void)state;
	assert_int_equal(ka_metricsread("./audit.jsonl", &c), KA_ERR_SYS);
	metricsplace_put("audit.jsonl", metricsplace_genesis);
	metricsplace_put("audit.jsonl", metricsplace_refused);
	assert_int_equal(ka_metricsread("./audit.jsonl", &c), KA_ERR_OK);
	assert_int_equal(ka_metricsread("./audit.jsonl", &c), KA_ERR_OK);
	assert_int_equal(c.refusals[KA_REASON_PERM_GROUP_WRITABLE], 1);
	before = c;
	/* one more before the rotation, and two behind it */
	metricsplace_put("audit.jsonl", metricsplace_refused);
	assert_int_equal(rename("audit.jsonl", "audit.jsonl-20260101-000000"), 0);
	metricsplace_put("audit.jsonl", metricsplace_genesis);
	metricsplace_put("audit.jsonl", metricsplace_refused);
	again = c;
	again.inode = 0; /* the file that was read last is gone: known by the numbers */
	assert_int_equal(ka_metricsread("./audit.jsonl", &c), KA_ERR_OK);
	assert_int_equal(c.refusals[KA_REASON_PERM_GROUP_WRITABLE], 3);
	assert_int_equal(c.plain[KA_METRICS_RECORDS], 5);
	assert_false(c.is_broken);
	assert_int_equal(ka_metricsread("./audit.jsonl", &again), KA_ERR_OK);
	assert_memory_equal(&again, &c, sizeof(c));
	/* it was compressed before its end was counted */
	again = before;
	verbplace_shell("gzip audit.jsonl-20260101-000000");
	assert_int_equal(ka_metricsread("./audit.jsonl", &again), KA_ERR_OK);
	assert_int_equal(again.refusals[KA_REASON_PERM_GROUP_WRITABLE], 3);
	assert_int_equal(again.plain[KA_METRICS_RECORDS], 5);
	assert_int_equal(unlink("audit.jsonl-20260101-000000.gz"), 0);
	metricsplace_put("audit.jsonl", metricsplace_refused);
	assert_int_equal(ka_metricsread("./audit.jsonl", &c), KA_ERR_OK);
	assert_int_equal(c.refusals[KA_REASON_PERM_GROUP_WRITABLE], 4);
	assert_int_equal(unlink("audit.jsonl"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(read__rotation__each_record_once), cmocka_unit_test(read__counted__is_on_the_disk),
	};
	int failed;

	if (!metricsplace_in())
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	return metricsplace_out() ? failed : 1;
}
