/* seal/sealhead: the chain and its last intact record, also behind what a crash left. */
#include "keyaudit/seal/sealhead.h"

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

static bool found(struct ka_seal *s)
{
	int fd = open("audit.jsonl", O_RDONLY | O_CLOEXEC);
	bool is = false;

	memset(s, 0, sizeof(*s));
	assert_true(fd >= 0);
	assert_int_equal(ka_sealhead_read(fd, s, &is), KA_ERR_OK);
	close(fd);
	return is;
}

static void read__a_trail__its_chain_and_end(void **state)
{
	struct ka_seal s;

	(void)state;
	sealplace_write();
	assert_true(found(&s));
	assert_string_equal(s.chain, KA_CHAINSAMPLE_ID);
	assert_int_equal(s.seq, 10);
	assert_string_equal(s.head, sealplace.head);
	verbplace_append("audit.jsonl", "{\"@timestamp\":\"torn");
	assert_true(found(&s));
	assert_int_equal(s.seq, 10);
}

static void read__no_chain__nothing(void **state)
{
	struct ka_seal s;

	(void)state;
	verbplace_put("audit.jsonl", "");
	assert_false(found(&s));
	verbplace_put("audit.jsonl", "{\"event\":{\"action\":\"trail-genesis\"}}\n");
	assert_false(found(&s));
	ka_chainsample_begin(&sealplace);
	ka_chainsample_records(&sealplace, 3);
	sealplace_put("audit.jsonl", ka_buf_as_span(&sealplace.b));
	assert_false(found(&s));
	ka_chainsample_begin(&sealplace);
	ka_chainsample_put(&sealplace, "trail-genesis", "\"trail\":{\"chain\":\"short\"}");
	sealplace_put("audit.jsonl", ka_buf_as_span(&sealplace.b));
	assert_false(found(&s));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(read__a_trail__its_chain_and_end), cmocka_unit_test(read__no_chain__nothing),
	};

	return cmocka_run_group_tests(tests, verbplace_begin, verbplace_end);
}
