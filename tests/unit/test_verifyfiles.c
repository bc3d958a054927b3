/* verify/verifyfiles: the files of one chain, in the order of their numbers. */
#include "keyaudit/verify/verifyfiles.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/sealplace.h"

#include "base/poison.h"

static void files__rotated__in_their_order_and_no_others(void **state)
{
	struct ka_verifyfiles f;
	size_t cut[3];

	(void)state;
	verbplace_clear();
	ka_chainsample_begin(&sealplace);
	for (size_t i = 0; i < 3; i++) {
		ka_chainsample_genesis(&sealplace, i == 0 ? "first" : "rotated");
		ka_chainsample_put(&sealplace, "trail-rotate", "\"trail\":{\"chain\":\"" KA_CHAINSAMPLE_ID "\"}");
		cut[i] = sealplace.b.len;
	}
	sealplace_put("t.jsonl-b", ka_span_sub(ka_buf_as_span(&sealplace.b), 0, cut[0]));
	sealplace_put("t.jsonl-a", ka_span_sub(ka_buf_as_span(&sealplace.b), cut[0], cut[1] - cut[0]));
	sealplace_put("t.jsonl", ka_span_sub(ka_buf_as_span(&sealplace.b), cut[1], cut[2] - cut[1]));
	sealplace_put("t.jsonlx", ka_span_sub(ka_buf_as_span(&sealplace.b), 0, cut[0]));
	verbplace_put("t.jsonl-unchained", "{\"event\":1}\n");
	verbplace_put("t.jsonl-empty", "");
	verbplace_put("t.jsonl-1.gz", "");
	verbplace_shell("mkdir t.jsonl-dir; sed 's/" KA_CHAINSAMPLE_ID "/ffffffffffffffffffffffffffffffff/' t.jsonl-b > t.jsonl-other");
	assert_int_equal(ka_verifyfiles_find("t.jsonl", &f), KA_ERR_OK);
	assert_int_equal(f.count, 3);
	assert_string_equal(f.names[0], "./t.jsonl-b");
	assert_string_equal(f.names[1], "./t.jsonl-a");
	assert_string_equal(f.names[2], "t.jsonl");
	assert_int_equal(f.compressed, 1);
	ka_verifyfiles_free(&f);
	assert_int_equal(ka_verifyfiles_find("./t.jsonl", &f), KA_ERR_OK);
	assert_int_equal(f.count, 3);
	ka_verifyfiles_free(&f);
	assert_int_equal(ka_verifyfiles_find("missing/t.jsonl", &f), KA_ERR_SYS);
	ka_verifyfiles_free(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(files__rotated__in_their_order_and_no_others) };

	return cmocka_run_group_tests(tests, verbplace_begin, verbplace_end);
}
