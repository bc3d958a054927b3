/* authkeys-cmd/vet/ecpoint: points of the curve, of none, and in other forms. */
#include "authkeys-cmd/vet/ecpoint.h"

#include <dlfcn.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/crypto.h>
#include <openssl/err.h>

#include "tests/unit/lib/rsavectors.h"

#include "base/poison.h"

/* 04 || x || y of the base point of P-256, SEC 2 */
static const uint8_t base[65] = {
	0x04, 0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5, 0x63, 0xa4, 0x40, 0xf2, 0x77, 0x03, 0x7d, 0x81, 0x2d,
	0xeb, 0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96, 0x4f, 0xe3, 0x42, 0xe2, 0xfe, 0x1a, 0x7f, 0x9b, 0x8e, 0xe7, 0xeb,
	0x4a, 0x7c, 0x0f, 0x9e, 0x16, 0x2b, 0xce, 0x33, 0x57, 0x6b, 0x31, 0x5e, 0xce, 0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51, 0xf5,
};

static bool is_without_memory;

/* stands before libcrypto's, which it is but for one case */
int EC_POINT_oct2point(const EC_GROUP *group, EC_POINT *point, const unsigned char *p, size_t len, BN_CTX *ctx)
{
	static int (*theirs)(const EC_GROUP *, EC_POINT *, const unsigned char *, size_t, BN_CTX *);

	if (theirs == NULL)
		*(void **)&theirs = dlsym(RTLD_NEXT, "EC_POINT_oct2point");
	assert_non_null(theirs);
	if (!is_without_memory)
		return theirs(group, point, p, len, ctx);
	ERR_raise(ERR_LIB_EC, ERR_R_MALLOC_FAILURE);
	return 0;
}

static void point__each_bit_flipped__is_on_no_curve(void **state)
{
	EC_GROUP *group = ka_ecpoint_group(KA_ECPOINT_P256);
	uint8_t p[sizeof(base)];

	(void)state;
	assert_non_null(group);
	assert_int_equal(ka_ecpoint_look(group, (struct ka_span){ base, sizeof(base) }, rsavectors_ctx), KA_VETFOUND_NO);
	for (size_t bit = 0; bit < 8 * sizeof(base); bit++) {
		memcpy(p, base, sizeof(p));
		p[bit / 8] ^= (uint8_t)(1U << bit % 8);
		assert_int_equal(ka_ecpoint_look(group, (struct ka_span){ p, sizeof(p) }, rsavectors_ctx), KA_VETFOUND_YES);
	}
	EC_GROUP_free(group);
}

static void point__other_forms__are_none(void **state)
{
	EC_GROUP *group = ka_ecpoint_group(KA_ECPOINT_P256), *other = ka_ecpoint_group(KA_ECPOINT_P384);
	uint8_t p[sizeof(base)];

	(void)state;
	memcpy(p, base, sizeof(p));
	p[0] = 0x03; /* compressed */
	assert_int_equal(ka_ecpoint_look(group, (struct ka_span){ p, 33 }, rsavectors_ctx), KA_VETFOUND_YES);
	p[0] = 0x07; /* hybrid: the same point, twice */
	assert_int_equal(ka_ecpoint_look(group, (struct ka_span){ p, sizeof(p) }, rsavectors_ctx), KA_VETFOUND_YES);
	p[0] = 0x00; /* infinity */
	assert_int_equal(ka_ecpoint_look(group, (struct ka_span){ p, 1 }, rsavectors_ctx), KA_VETFOUND_YES);
	assert_int_equal(ka_ecpoint_look(group, (struct ka_span){ NULL, 0 }, rsavectors_ctx), KA_VETFOUND_YES);
	assert_int_equal(ka_ecpoint_look(group, (struct ka_span){ base, 64 }, rsavectors_ctx), KA_VETFOUND_YES);
	assert_int_equal(ka_ecpoint_look(other, (struct ka_span){ base, sizeof(base) }, rsavectors_ctx), KA_VETFOUND_YES);
	EC_GROUP_free(group);
	EC_GROUP_free(other);
}

/* hex on both sides of each bound; points of the curves, which only their size makes unusual */
static void point__at_each_bound__as_sshd_has_it(void **state)
{
	static const struct { enum ka_ecpoint_curve curve; enum ka_vetfound found; const char *x, *y; } rows[] = {
		/* x has half the bits */
		{ KA_ECPOINT_P256, KA_VETFOUND_YES, "00000000000000000000000000000000ffffffffffffffffffffffffffffffff",
		  "4f2b92b4c596a5a47f8b041d2dea6043021ac77b9a80b1343ac9d778f4f8f733" },
		/* and one more */
		{ KA_ECPOINT_P256, KA_VETFOUND_NO, "0000000000000000000000000000000100000000000000000000000000000000",
		  "4d8531d11aecbfe7bc2c6f48e2a1a3fd264a9165a891001f9b7c2d4a19d9d622" },
		/* y has half the bits */
		{ KA_ECPOINT_P256, KA_VETFOUND_YES, "d1f4f2a6a65d70d7133156e7f1ad2ca4a0d00d048e717a250f971f7a494c191c",
		  "00000000000000000000000000000000ffffffffffffffffffffffffffffffff" },
		/* and one more */
		{ KA_ECPOINT_P256, KA_VETFOUND_NO, "6abedadec8ed495f8fbe881824703527ce3effeb8bc5512bc7eaffb64406361d",
		  "0000000000000000000000000000000100000000000000000000000000000000" },
		/* x is the order less two */
		{ KA_ECPOINT_P256, KA_VETFOUND_NO, "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc63254f",
		  "924a828ba19708d6f5e27ece0fdd074dda5060240d4b8ebc7dd3774593c9ed87" },
		/* y is the order less one */
		{ KA_ECPOINT_P256, KA_VETFOUND_YES, "e5b2bc2bd37b97a13fd4d4aa58707ba045deff3cec7e6f74d93a48167beafb0d",
		  "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550" },
		/* x is the order less one */
		{ KA_ECPOINT_P384, KA_VETFOUND_YES, "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52972",
		  "a0c33fa03ea3227aba1380da2ae232a5123aca9ca6e67875132c095e8228fd94965eacf8356cdcdd138e5ac56b2cfcee" },
		/* x is the order */
		{ KA_ECPOINT_P384, KA_VETFOUND_YES, "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973",
		  "92676e065c1d9864f665fd8a6946ef1ce615ea17d4bf534ebc4c32e910b347db29b77f8e5960fa7c6b99afb8a38e47f8" },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		EC_GROUP *group = ka_ecpoint_group(rows[i].curve);
		EC_POINT *point = EC_POINT_new(group);
		uint8_t p[1 + 2 * 48] = { 0x04 };
		size_t size = strlen(rows[i].x) / 2;

		assert_true(strlen(rows[i].y) == 2 * size && 1 + 2 * size <= sizeof(p));
		assert_true(OPENSSL_hexstr2buf_ex(p + 1, size, NULL, rows[i].x, '\0') == 1);
		assert_true(OPENSSL_hexstr2buf_ex(p + 1 + size, size, NULL, rows[i].y, '\0') == 1);
		assert_int_equal(EC_POINT_oct2point(group, point, p, 1 + 2 * size, rsavectors_ctx), 1);
		assert_int_equal(ka_ecpoint_look(group, (struct ka_span){ p, 1 + 2 * size }, rsavectors_ctx), rows[i].found);
		EC_POINT_free(point);
		EC_GROUP_free(group);
	}
}

static void group__each_curve__is_the_one_of_its_name(void **state)
{
	static const int bits[KA_ECPOINT_CURVES] = { [KA_ECPOINT_P256] = 256, [KA_ECPOINT_P384] = 384, [KA_ECPOINT_P521] = 521 };

	(void)state;
	for (int i = 0; i < KA_ECPOINT_CURVES; i++) {
		EC_GROUP *group = ka_ecpoint_group((enum ka_ecpoint_curve)i);

		assert_non_null(group);
		assert_int_equal(EC_GROUP_get_degree(group), bits[i]);
		EC_GROUP_free(group);
	}
}

/* no memory is no answer about the point; what somebody else met before is none either, and nothing is left for the next one */
static void point__no_memory__is_a_fault_of_that_look_alone(void **state)
{
	EC_GROUP *group = ka_ecpoint_group(KA_ECPOINT_P256);
	uint8_t p[33] = { 0x03 };

	(void)state;
	is_without_memory = true;
	assert_int_equal(ka_ecpoint_look(group, (struct ka_span){ base, sizeof(base) }, rsavectors_ctx), KA_VETFOUND_FAULT);
	is_without_memory = false;
	assert_int_equal(ERR_peek_error(), 0);
	ERR_raise(ERR_LIB_EC, ERR_R_MALLOC_FAILURE);
	assert_int_equal(ka_ecpoint_look(group, (struct ka_span){ p, sizeof(p) }, rsavectors_ctx), KA_VETFOUND_YES);
	assert_int_equal(ERR_peek_error(), 0);
	EC_GROUP_free(group);
}

/* the two points of P-256 with x = 0: the curve has them, sshd does not take them */
static void point__half_of_it_zeros__is_what_sshd_drops(void **state)
{
	static const uint8_t roots[2][32] = {
		{ 0x66, 0x48, 0x5c, 0x78, 0x0e, 0x2f, 0x83, 0xd7, 0x24, 0x33, 0xbd, 0x5d, 0x84, 0xa0, 0x6b, 0xb6,
		  0x54, 0x1c, 0x2a, 0xf3, 0x1d, 0xae, 0x87, 0x17, 0x28, 0xbf, 0x85, 0x6a, 0x17, 0x4f, 0x93, 0xf4 },
		{ 0x99, 0xb7, 0xa3, 0x86, 0xf1, 0xd0, 0x7c, 0x29, 0xdb, 0xcc, 0x42, 0xa2, 0x7b, 0x5f, 0x94, 0x49,
		  0xab, 0xe3, 0xd5, 0x0d, 0xe2, 0x51, 0x78, 0xe8, 0xd7, 0x40, 0x7a, 0x95, 0xe8, 0xb0, 0x6c, 0x0b },
	};
	EC_GROUP *group = ka_ecpoint_group(KA_ECPOINT_P256);
	uint8_t p[sizeof(base)] = { 0x04 };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(roots); i++) {
		EC_POINT *point = EC_POINT_new(group);

		memcpy(p + 33, roots[i], sizeof(roots[i]));
		assert_int_equal(EC_POINT_oct2point(group, point, p, sizeof(p), rsavectors_ctx), 1);
		assert_int_equal(ka_ecpoint_look(group, (struct ka_span){ p, sizeof(p) }, rsavectors_ctx), KA_VETFOUND_YES);
		EC_POINT_free(point);
	}
	EC_GROUP_free(group);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(point__each_bit_flipped__is_on_no_curve), cmocka_unit_test(point__other_forms__are_none),
		cmocka_unit_test(point__half_of_it_zeros__is_what_sshd_drops), cmocka_unit_test(point__at_each_bound__as_sshd_has_it),
		cmocka_unit_test(group__each_curve__is_the_one_of_its_name),
		cmocka_unit_test(point__no_memory__is_a_fault_of_that_look_alone),
	};

	return cmocka_run_group_tests(tests, rsavectors_setup, rsavectors_teardown);
}
