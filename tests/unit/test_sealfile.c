/* seal/sealfile: the last seal, and one more, whatever a crash has left. */
#include "keyaudit/seal/sealfile.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/sealplace.h"

#include "base/poison.h"

static char path[512];

static void begin(void)
{
	char *here;

	verbplace_clear();
	verbplace_shell("chmod 700 .");
	here = getcwd(NULL, 0);
	assert_non_null(here);
	assert_true(snprintf(path, sizeof(path), "%s/seals.jsonl", here) > 0);
	free(here);
	ka_chainsample_begin(&sealplace);
	ka_chainsample_genesis(&sealplace, "first");
}

static void append__many__the_last_one_is_found(void **state)
{
	struct ka_sealfile f;
	struct stat st;

	(void)state;
	begin();
	for (unsigned i = 0; i < 40; i++) {
		size_t from = sealplace.s.len;

		if (i == 30)
			ka_buf_cut(&sealplace.s, from = 0);
		ka_chainsample_seal(&sealplace);
		assert_int_equal(ka_sealfile_open(path, &f), KA_ERR_OK);
		assert_int_equal(f.last.epoch, i);
		assert_int_equal(ka_sealfile_append(&f, ka_span_sub(ka_buf_as_span(&sealplace.s), from, sealplace.s.len)), KA_ERR_OK);
		ka_sealfile_close(&f);
	}
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
}

static void open__torn__is_ended_before_the_next(void **state)
{
	struct ka_sealfile f;
	size_t len = 0;

	(void)state;
	begin();
	ka_chainsample_seal(&sealplace);
	sealplace_put("seals.jsonl", ka_span_sub(ka_buf_as_span(&sealplace.s), 0, 100));
	assert_int_equal(ka_sealfile_open(path, &f), KA_ERR_OK);
	assert_true(f.is_torn);
	assert_int_equal(f.last.epoch, 0);
	assert_int_equal(ka_sealfile_append(&f, ka_buf_as_span(&sealplace.s)), KA_ERR_OK);
	ka_sealfile_close(&f);
	assert_non_null(verbplace_get("seals.jsonl", &len));
	assert_int_equal(len, 101 + sealplace.s.len);
	/* nothing but the newline is missing: that is the seal of its epoch */
	sealplace_put("seals.jsonl", ka_span_sub(ka_buf_as_span(&sealplace.s), 0, sealplace.s.len - 1));
	assert_int_equal(ka_sealfile_open(path, &f), KA_ERR_OK);
	assert_int_equal(f.last.epoch, 1);
	ka_sealfile_close(&f);
	assert_int_equal(chmod(path, 0660), 0);
	assert_int_equal(ka_sealfile_open(path, &f), KA_ERR_SYS);
	assert_int_equal(errno, EPERM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(append__many__the_last_one_is_found), cmocka_unit_test(open__torn__is_ended_before_the_next),
	};

	return cmocka_run_group_tests(tests, verbplace_begin, verbplace_end);
}
