/* authkeys-cmd/vet/ecpoint: points of the curve, of none, and in other forms. */
#include "authkeys-cmd/vet/ecpoint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/rsavectors.h"

#include "base/poison.h"

/* 04 || x || y of the base point of P-256, SEC 2 */
static const uint8_t base[65] = {
	0x04, 0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5, 0x63, 0xa4, 0x40, 0xf2, 0x77, 0x03, 0x7d, 0x81, 0x2d,
	0xeb, 0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96, 0x4f, 0xe3, 0x42, 0xe2, 0xfe, 0x1a, 0x7f, 0x9b, 0x8e, 0xe7, 0xeb,
	0x4a, 0x7c, 0x0f, 0x9e, 0x16, 0x2b, 0xce, 0x33, 0x57, 0x6b, 0x31, 0x5e, 0xce, 0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51, 0xf5,
};

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
	p[0] = 0x00; /* infinity */
	assert_int_equal(ka_ecpoint_look(group, (struct ka_span){ p, 1 }, rsavectors_ctx), KA_VETFOUND_YES);
	assert_int_equal(ka_ecpoint_look(group, (struct ka_span){ NULL, 0 }, rsavectors_ctx), KA_VETFOUND_YES);
	assert_int_equal(ka_ecpoint_look(group, (struct ka_span){ base, 64 }, rsavectors_ctx), KA_VETFOUND_YES);
	assert_int_equal(ka_ecpoint_look(other, (struct ka_span){ base, sizeof(base) }, rsavectors_ctx), KA_VETFOUND_YES);
	EC_GROUP_free(group);
	EC_GROUP_free(other);
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
		cmocka_unit_test(point__half_of_it_zeros__is_what_sshd_drops),
	};

	return cmocka_run_group_tests(tests, rsavectors_setup, rsavectors_teardown);
}
