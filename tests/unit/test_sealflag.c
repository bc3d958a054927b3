/* audit/sealflag: raised by the last record of an epoch alone. */
#include "audit/sealflag.h"

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

#include "lib/verbplace.h"

#include "base/limits.h"

#include "base/poison.h"

static void raise__full_epochs__only(void **state)
{
	(void)state;
	verbplace_clear();
	for (uint64_t seq = 1; seq < 2 * KA_SEAL_RECORDS + 2; seq++) {
		ka_sealflag_raise("./trail.lock", seq - 1, seq);
		assert_int_equal(verbplace_has("seal.wanted"), seq % KA_SEAL_RECORDS == 0);
		(void)unlink("seal.wanted");
	}
	ka_sealflag_raise("missing/trail.lock", 1, KA_SEAL_RECORDS);
	ka_sealflag_raise("trail.lock", KA_SEAL_RECORDS - 1, KA_SEAL_RECORDS + 1); /* a recovery has the full number */
	assert_true(verbplace_has("seal.wanted"));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(raise__full_epochs__only) };

	return cmocka_run_group_tests(tests, verbplace_begin, verbplace_end);
}
