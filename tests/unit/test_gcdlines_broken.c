/* authkeys-cmd/vet/gcdlines: when the comparison fails nobody is called anything, also who was known to stand there twice. */
#include "authkeys-cmd/vet/gcdlines.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "authkeys-cmd/vet/gcdtree.h"
#include "base/fd.h"
#include "tests/unit/lib/rsavectors.h"

#include "base/poison.h"

static enum ka_err fault;

/* stands before the one in the archive */
enum ka_err ka_gcdtree_run(BIGNUM *const *n, size_t count, BIGNUM **common, BN_CTX *ctx, ka_gcdtree_told *told, void *told_ctx)
{
	(void)n;
	(void)ctx;
	(void)told;
	(void)told_ctx;
	for (size_t i = 0; i < count; i++)
		assert_true(BN_one(common[i]));
	return fault;
}

/* the same key twice, and another one */
static void answers(const char *want)
{
	int in = memfd_create("in", MFD_CLOEXEC), out = memfd_create("out", MFD_CLOEXEC);
	BIGNUM *n = BN_new();
	char got[256];
	size_t len;

	for (BN_ULONG i = 0; i < 3; i++) {
		const char *text;

		assert_true(BN_set_word(n, 1000003 + 2 * (i / 2)));
		text = rsavectors_blob(n);
		assert_int_equal(ka_fd_write_all(in, text, strlen(text)), KA_ERR_OK);
		assert_int_equal(ka_fd_write_all(in, "\n", 1), KA_ERR_OK);
	}
	assert_int_equal(lseek(in, 0, SEEK_SET), 0);
	assert_int_equal(ka_gcdlines_run(in, out), KA_ERR_OK);
	assert_int_equal(lseek(out, 0, SEEK_SET), 0);
	assert_int_equal(ka_fd_read_all(out, got, sizeof(got) - 1, &len), KA_ERR_OK);
	got[len] = '\0';
	assert_string_equal(got, want);
	BN_free(n);
	close(in);
	close(out);
}

static void run__comparison_fails__all_are_unjudged(void **state)
{
	static const enum ka_err faults[] = { KA_ERR_NOMEM, KA_ERR_LIMIT, KA_ERR_CRYPTO };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(faults); i++) {
		fault = faults[i];
		answers("unjudged\nunjudged\nunjudged\n");
	}
	fault = KA_ERR_OK;
	answers("shared 2\nshared 1\nalone\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(run__comparison_fails__all_are_unjudged),
	};

	return cmocka_run_group_tests(tests, rsavectors_setup, rsavectors_teardown);
}
