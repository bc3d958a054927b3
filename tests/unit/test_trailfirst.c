/* trail/trailfirst: a genesis at the beginning, or nothing. */
#include "keyaudit/trail/trailfirst.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/sealplace.h"

#include "base/poison.h"

static uint64_t first_of(const char *name)
{
	struct ka_trailfile f = { .begun_us = INT64_MIN };

	assert_int_equal(ka_trailbytes_open(-100, name, &f.bytes), KA_ERR_OK); /* AT_FDCWD */
	ka_trailfirst_read(&f);
	assert_true(f.seq == 0 || (strlen(f.chain) == 32 && f.begun_us > 0));
	ka_trailbytes_close(&f.bytes);
	return f.seq;
}

static void read__table(void **state)
{
	(void)state;
	verbplace_clear();
	ka_chainsample_begin(&sealplace);
	ka_chainsample_genesis(&sealplace, "first");
	ka_chainsample_records(&sealplace, 3);
	sealplace_put("good", ka_buf_as_span(&sealplace.b));
	verbplace_shell("gzip -c good > packed; sed 1d good > second; head -c 100 good > torn; tr -d '\\n' < good > unended; "
			"sed 's/" KA_CHAINSAMPLE_ID "/0123/' good > short; sed '1s/trail-genesis/trail-rotate/' good > rotate; "
			"head -c 9000 /dev/zero > zeros; (head -c 5000 /dev/zero; echo; cat good) > late; : > empty; printf '{}\\n' > bare");
	assert_int_equal(first_of("good"), 1);
	assert_int_equal(first_of("packed"), 1);
	static const char *const none[] = { "second", "torn", "unended", "short", "rotate", "zeros", "late", "empty", "bare" };

	for (size_t i = 0; i < KA_ARRAY_LEN(none); i++)
		assert_int_equal(first_of(none[i]), 0);
}

static void time__table(void **state)
{
	static const char *const bad[] = { "", "2026", "2026-08-23", "2026-08-23T10:15", "2026-08-23 10:15:42Z", "2026-13-23T10:15:42Z",
					   "2026-00-23T10:15:42Z", "2026-08-23T10:15:42", "2026-08-23T10:15:99Z", "x026-08-23T10:15:42Z" };
	int64_t us = 7;

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(bad); i++)
		assert_false(ka_trailfirst_time(bad[i], &us));
	assert_int_equal(us, 7);
	assert_true(ka_trailfirst_time("1970-01-02T00:00:01.999999Z", &us));
	assert_int_equal(us, INT64_C(86401) * 1000000);
	assert_true(ka_trailfirst_time("1970-01-01T00:00:00Z", &us));
	assert_int_equal(us, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(read__table), cmocka_unit_test(time__table) };

	return cmocka_run_group_tests(tests, verbplace_begin, verbplace_end);
}
