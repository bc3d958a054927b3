/* authkeys-vet/rsawiener: private exponents below the bound are found, and no others. */
#include "authkeys-cmd/vet/rsawiener.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/poison.h"

static BN_CTX *ctx;

static enum ka_vetfound look(BIGNUM *n, BIGNUM *e)
{
	enum ka_vetfound found = ka_rsawiener_look(n, e, ctx);

	BN_free(n);
	BN_free(e);
	return found;
}

/* "yes N E WHAT" or "no N E WHAT" */
static void vectors__each__found_or_not(void **state)
{
	FILE *f = fopen("tests/vectors/smalld.txt", "re");
	size_t size = 0, yes = 0, no = 0;
	char *line = NULL;

	(void)state;
	assert_non_null(f);
	while (getline(&line, &size, f) > 0) {
		bool is_one = line[0] == 'y';
		char *hex = strchr(line, ' ');
		BIGNUM *n = NULL, *e = NULL;
		int len;

		if (line[0] == '#')
			continue;
		len = BN_hex2bn(&n, hex + 1);
		assert_true(len > 0 && BN_hex2bn(&e, hex + 1 + len + 1) > 0);
		assert_int_equal(look(n, e), is_one ? KA_VETFOUND_YES : KA_VETFOUND_NO);
		yes += is_one;
		no += !is_one;
	}
	free(line);
	fclose(f);
	assert_true(yes >= 20 && no >= 20);
}

static BIGNUM *word(uint64_t v)
{
	BIGNUM *b = BN_new();

	assert_true(b != NULL && BN_set_word(b, v));
	return b;
}

/* Wiener's own example: n = 90581, e = 17993, d = 5 */
static void small_numbers__end(void **state)
{
	(void)state;
	assert_int_equal(look(word(90581), word(17993)), KA_VETFOUND_YES);
	assert_int_equal(look(word(90581), word(17995)), KA_VETFOUND_NO);
	for (uint64_t n = 3; n < 99; n += 2)
		for (uint64_t e = 1; e < n; e++)
			assert_int_not_equal(look(word(n), word(e)), KA_VETFOUND_FAULT);
	assert_int_equal(look(word(90581), word(0)), KA_VETFOUND_NO);
}

static int setup(void **state)
{
	(void)state;
	ctx = BN_CTX_new();
	return ctx != NULL ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	BN_CTX_free(ctx);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(vectors__each__found_or_not), cmocka_unit_test(small_numbers__end) };

	return cmocka_run_group_tests(tests, setup, teardown);
}
