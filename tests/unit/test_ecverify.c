/* authkeys-cmd/vet/ecverify: the equation by a published example, and the numbers that it must not be given. */
#include "authkeys-cmd/vet/ecverify.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "authkeys-cmd/vet/ecpoint.h"
#include "base/buf.h"

#include "base/poison.h"

/* RFC 6979 A.2.5, P-256 and SHA-256, "sample" */
static const char x_hex[] = "60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6",
		  y_hex[] = "7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299",
		  r_hex[] = "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716",
		  s_hex[] = "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8",
		  digest_hex[] = "AF2BDBE1AA9B6EC1E2ADE1D694F41FC71A831D0268E9891562113D8A62ADD1BF",
		  order_hex[] = "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551";

static EC_GROUP *group;
static BN_CTX *ctx;
static uint8_t point[65], digest[32], value[80];

static void take(const char *hex, uint8_t *out, size_t len)
{
	BIGNUM *n = NULL;

	assert_true(BN_hex2bn(&n, hex) > 0);
	assert_int_equal(BN_bn2binpad(n, out, (int)len), (int)len);
	BN_free(n);
}

/* an mpint with @lead zero bytes in front, one being what these numbers need */
static void put(struct ka_buf *b, const char *hex, size_t lead)
{
	uint8_t bytes[40] = { 0 };

	take(hex, bytes + lead, 32);
	ka_buf_string(b, (struct ka_span){ bytes, 32 + lead });
}

static enum ka_vetfound look(const char *r, size_t r_lead, const char *s, size_t tail)
{
	struct ka_buf b;

	ka_buf_init_array(&b, value);
	put(&b, r, r_lead);
	put(&b, s, 1);
	ka_buf_put(&b, "\0\0", tail);
	assert_false(b.overflow);
	return ka_ecverify_look(group, (struct ka_span){ point, sizeof(point) }, (struct ka_span){ digest, sizeof(digest) }, ka_buf_as_span(&b), ctx);
}

static int begin(void **state)
{
	(void)state;
	group = ka_ecpoint_group(KA_ECPOINT_P256);
	ctx = BN_CTX_new();
	if (group == NULL || ctx == NULL)
		return -1;
	point[0] = 4;
	take(x_hex, point + 1, 32);
	take(y_hex, point + 33, 32);
	take(digest_hex, digest, 32);
	return 0;
}

static int end(void **state)
{
	(void)state;
	EC_GROUP_free(group);
	BN_CTX_free(ctx);
	return 0;
}

static void look__example_of_the_rfc__is_genuine(void **state)
{
	(void)state;
	assert_int_equal(look(r_hex, 1, s_hex, 0), KA_VETFOUND_YES);
	digest[31] ^= 1;
	assert_int_equal(look(r_hex, 1, s_hex, 0), KA_VETFOUND_NO);
	digest[31] ^= 1;
	assert_int_equal(look(s_hex, 1, r_hex, 0), KA_VETFOUND_NO);
}

static void look__numbers_in_another_form__is_none(void **state)
{
	(void)state;
	assert_int_equal(look(r_hex, 0, s_hex, 0), KA_VETFOUND_NO); /* negative */
	assert_int_equal(look(r_hex, 2, s_hex, 0), KA_VETFOUND_NO); /* not the shortest */
	assert_int_equal(look(r_hex, 1, s_hex, 1), KA_VETFOUND_NO); /* something behind */
	assert_int_equal(look(r_hex, 1, order_hex, 0), KA_VETFOUND_NO);
	assert_int_equal(look(order_hex, 1, s_hex, 0), KA_VETFOUND_NO);
	for (size_t len = 0; len < 74; len++) {
		look(r_hex, 1, s_hex, 0);
		assert_int_equal(ka_ecverify_look(group, (struct ka_span){ point, sizeof(point) }, (struct ka_span){ digest, sizeof(digest) },
						  (struct ka_span){ value, len }, ctx), KA_VETFOUND_NO);
	}
}

static void look__zero__is_none(void **state)
{
	static const uint8_t zeros[][10] = { { 0 }, { 0, 0, 0, 1, 0, 0, 0, 0, 1, 0 }, { 0, 0, 0, 1, 1, 0, 0, 0, 1, 0 }, { 0, 0, 0, 1, 0, 0, 0, 0, 1, 1 } };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(zeros); i++)
		assert_int_equal(ka_ecverify_look(group, (struct ka_span){ point, sizeof(point) }, (struct ka_span){ digest, sizeof(digest) },
						  (struct ka_span){ zeros[i], i == 0 ? 8 : 10 }, ctx), KA_VETFOUND_NO);
}

static void look__point_off_the_curve__has_signed_nothing(void **state)
{
	(void)state;
	point[64] ^= 1;
	assert_int_equal(look(r_hex, 1, s_hex, 0), KA_VETFOUND_NO);
	point[64] ^= 1;
	point[0] = 6; /* hybrid */
	assert_int_equal(look(r_hex, 1, s_hex, 0), KA_VETFOUND_NO);
	point[0] = 4;
	assert_int_equal(look(r_hex, 1, s_hex, 0), KA_VETFOUND_YES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(look__example_of_the_rfc__is_genuine),
		cmocka_unit_test(look__numbers_in_another_form__is_none),
		cmocka_unit_test(look__zero__is_none),
		cmocka_unit_test(look__point_off_the_curve__has_signed_nothing),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
