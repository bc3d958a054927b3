/* authkeys-cmd/vet/vetter: the reason of each vector, and what is not judged at all. */
#include "authkeys-cmd/vet/vetter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "key/keyb64.h"
#include "tests/unit/lib/rsavectors.h"

#include "base/poison.h"

#define ED25519 "AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"

static struct ka_vetter vetter;
static uint8_t blob[KA_BLOB_MAX];

static struct ka_vetter_out judged(const char *text)
{
	struct ka_vetter_out out;
	struct ka_keyblob key;
	size_t len;

	assert_true(ka_keyb64_decode(ka_span_of(text), blob, sizeof(blob), &len));
	assert_int_equal(ka_keyblob_parse((struct ka_span){ blob, len }, (struct ka_span){ NULL, 0 }, &key), KA_REASON_NONE);
	ka_vetter_judge(&vetter, &key, &out);
	return out;
}

static void vetter__vectors__their_reasons(void **state)
{
	(void)state;
	assert_int_equal(ka_vetter_init(&vetter, 1000), KA_ERR_OK);
	for (size_t i = 0; i < rsavectors_count; i++) {
		struct ka_vetter_out out = judged(rsavectors_blob(rsavectors[i].n));

		assert_true(out.is_judged);
		assert_int_equal(out.reason, rsavectors[i].reason);
		assert_true((out.factor != 0) == (out.reason == KA_REASON_KEY_RSA_SMALL_FACTOR));
	}
	ka_vetter_free(&vetter);
}

/* the primes of a product: those of one of the good vectors, multiplied */
static void vetter__product_of_shared_primes__finds_whose_they_are(void **state)
{
	size_t alone = 0, mine = rsavectors_count;
	BIGNUM *common = BN_new();

	(void)state;
	assert_int_equal(ka_vetter_init(&vetter, 1000), KA_ERR_OK);
	for (size_t i = 0; i < rsavectors_count; i++) {
		struct ka_vetter_out out;

		if (rsavectors[i].reason != KA_REASON_NONE)
			continue;
		if (mine == rsavectors_count) {
			mine = i;
			vetter.shared = BN_dup(rsavectors[i].n);
			assert_true(vetter.shared != NULL && BN_mul_word(vetter.shared, 3));
		}
		out = judged(rsavectors_blob(rsavectors[i].n));
		assert_true(out.is_judged);
		assert_true(BN_gcd(common, rsavectors[i].n, rsavectors[mine].n, rsavectors_ctx)); /* some of them have neighbours */
		alone += BN_is_one(common) ? 1 : 0;
		assert_int_equal(out.reason, !BN_is_one(common) ? KA_REASON_KEY_RSA_SHARED_PRIME : KA_REASON_NONE);
	}
	assert_true(alone > 0);
	BN_free(common);
	ka_vetter_free(&vetter);
}

static void vetter__not_ours__is_not_judged(void **state)
{
	BIGNUM *n = BN_new();

	(void)state;
	assert_int_equal(ka_vetter_init(&vetter, 1000), KA_ERR_OK);
	assert_false(judged(ED25519).is_judged);
	assert_true(BN_set_word(n, 1) && BN_lshift(n, n, 2047)); /* even */
	assert_false(judged(rsavectors_blob(n)).is_judged);
	assert_true(BN_set_word(n, 1));
	assert_false(judged(rsavectors_blob(n)).is_judged);
	BN_free(n);
	ka_vetter_free(&vetter);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vetter__vectors__their_reasons),
		cmocka_unit_test(vetter__product_of_shared_primes__finds_whose_they_are),
		cmocka_unit_test(vetter__not_ours__is_not_judged),
	};

	return cmocka_run_group_tests(tests, rsavectors_setup, rsavectors_teardown);
}
