/* authkeys-cmd/vet/rsashared: a factor in common is found wherever it is; and which file is read. */
#include "authkeys-cmd/vet/rsashared.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/limits.h"
#include "tests/unit/lib/blocksample.h"
#include "tests/unit/lib/rsavectors.h"
#include "tests/unit/lib/tmptree.h"

#include "base/poison.h"

static enum ka_vetfound look(uint64_t product, uint64_t n)
{
	BIGNUM *p = BN_new(), *m = BN_new();
	enum ka_vetfound found;

	assert_true(BN_set_word(p, product) && BN_set_word(m, n));
	found = ka_rsashared_look(p, m, rsavectors_ctx);
	BN_free(p);
	BN_free(m);
	return found;
}

static void look__factor_in_common__found(void **state)
{
	(void)state;
	/* 101 * 103 * 107 */
	assert_int_equal(look(1113121, 101 * 211), KA_VETFOUND_YES);
	assert_int_equal(look(1113121, 107 * 10007), KA_VETFOUND_YES);
	assert_int_equal(look(1113121, 101 * 107), KA_VETFOUND_YES); /* both */
	assert_int_equal(look(1113121, 211 * 223), KA_VETFOUND_NO);
	assert_int_equal(look(103, 103 * UINT64_C(1000003)), KA_VETFOUND_YES); /* a product below n */
	assert_int_equal(look(103, 109 * UINT64_C(1000003)), KA_VETFOUND_NO);
}

static const char *read_file(const char *path, BIGNUM **out)
{
	const char *wrong = ka_rsashared_read(path, out);

	return wrong != NULL ? wrong : "";
}

static void read__file_of_ours__the_number(void **state)
{
	static uint8_t large[KA_RSASHARED_BYTES_MAX + 1];
	const char *path = blocksample_write("primes", "\x01\x00\x01", 3);
	char link[128];
	BIGNUM *p;

	(void)state;
	assert_string_equal(read_file(path, &p), "");
	assert_int_equal(BN_get_word(p), 65537);
	BN_free(p);
	assert_int_equal(chmod(path, 0664), 0);
	assert_string_equal(read_file(path, &p), "group or others may write to it");
	assert_null(p);
	assert_int_equal(chmod(path, 0644), 0);
	snprintf(link, sizeof(link), "%s/link", tmptree);
	assert_int_equal(symlink(path, link), 0);
	assert_string_equal(read_file(link, &p), "it is a symbolic link");
	assert_string_equal(read_file("/nonexistent", &p), "it is not there");
	assert_string_equal(read_file(tmptree, &p), "it is no regular file");
	assert_string_equal(read_file(blocksample_write("primes", "\x02", 1), &p), "it is no product of odd primes");
	assert_string_equal(read_file(blocksample_write("primes", "\x01", 1), &p), "it is no product of odd primes");
	assert_string_equal(read_file(blocksample_write("primes", "", 0), &p), "it is empty or too large");
	assert_string_equal(read_file(blocksample_write("primes", large, sizeof(large)), &p), "it is empty or too large");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(look__factor_in_common__found),
		cmocka_unit_test_setup_teardown(read__file_of_ours__the_number, tmptree_make, tmptree_remove),
	};

	return cmocka_run_group_tests(tests, rsavectors_setup, rsavectors_teardown);
}
