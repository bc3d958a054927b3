/* vet/veted25519: each kind of bad point by its name, and the group test that does not trust libsodium. */
#include "vet/veted25519.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "base/text.h"
#include "tests/unit/lib/vetblob.h"

#include "base/poison.h"

static struct vetblob blob;

static const char *verdict_on(const char *hex, enum ka_vet_ed25519 trust)
{
	struct ka_vet_when when = { .ed25519 = trust };
	struct ka_vetpolicy policy;
	struct ka_vet v;

	ka_vetpolicy_default(&policy);
	vetblob_ed25519_hex(&blob, hex);
	ka_vet_key(&blob.key, &policy, &when, &v);
	assert_int_equal(v.verdict == KA_VERDICT_REJECT, v.count == 1);
	return ka_reason_id(v.count > 0 ? v.reasons[0] : KA_REASON_NONE);
}

static void assert_verdict(const char *hex, const char *id)
{
	assert_string_equal(verdict_on(hex, KA_VET_ED25519_SOUND), id);
	assert_string_equal(verdict_on(hex, KA_VET_ED25519_CROSSCHECK), id);
}

#define FF15 "ffffffffffffffffffffffffffffff"

/* with the identity as key, R = identity and S = 0 is a valid signature of every message */
static void point__of_small_order__refused(void **state)
{
	(void)state;
	assert_verdict("0100000000000000000000000000000000000000000000000000000000000000", "key.ed25519-low-order");
	assert_verdict("0000000000000000000000000000000000000000000000000000000000000000", "key.ed25519-low-order");
	assert_verdict("0000000000000000000000000000000000000000000000000000000000000080", "key.ed25519-low-order");
	assert_verdict("ec" FF15 FF15 "7f", "key.ed25519-low-order");
	assert_verdict("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", "key.ed25519-low-order");
	assert_verdict("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85", "key.ed25519-low-order");
	assert_verdict("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a", "key.ed25519-low-order");
	assert_verdict("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa", "key.ed25519-low-order");
}

static void point__second_spelling__refused(void **state)
{
	(void)state;
	assert_verdict("ed" FF15 FF15 "7f", "key.ed25519-non-canonical"); /* y = p, the zero */
	assert_verdict("ee" FF15 FF15 "ff", "key.ed25519-non-canonical"); /* y = p + 1, either sign */
	assert_verdict("ff" FF15 FF15 "ff", "key.ed25519-non-canonical");
	assert_verdict("0100000000000000000000000000000000000000000000000000000000000080", "key.ed25519-non-canonical");
	assert_verdict("ec" FF15 FF15 "ff", "key.ed25519-non-canonical");
}

static void point__off_the_curve__refused(void **state)
{
	(void)state;
	assert_verdict("0200000000000000000000000000000000000000000000000000000000000000", "key.ed25519-off-curve");
}

static void point__with_a_small_part__refused(void **state)
{
	static const uint8_t order_8[32] = { 0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4,
					     0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6,
					     0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05 };
	uint8_t good[32], mixed[32];
	struct ka_vet v;

	(void)state;
	/* B + (0,-1), order 2L: what libsodium accepted before the fix of CVE-2025-69277 */
	assert_verdict("9599999999999999999999999999999999999999999999999999999999999999", "key.ed25519-mixed-order");
	vetblob_good_point(good);
	assert_int_equal(crypto_core_ed25519_add(mixed, good, order_8), 0);
	vetblob_ed25519(&blob, mixed);
	v = vetblob_judge(&blob, false);
	assert_string_equal(ka_reason_id(v.reasons[0]), "key.ed25519-mixed-order");
	vetblob_ed25519(&blob, good);
	v = vetblob_judge(&blob, false);
	assert_int_equal(v.verdict, KA_VERDICT_ACCEPT);
}

static void group_test__of_our_own__knows_members(void **state)
{
	uint8_t pk[32], sk[64], seed[32] = { 0 };

	(void)state;
	for (uint8_t i = 0; i < 32; i++) { /* both signs of x come up */
		seed[0] = i;
		assert_int_equal(crypto_sign_seed_keypair(pk, sk, seed), 0);
		assert_true(ka_veted25519_in_group(pk));
	}
	memset(pk, 0x99, sizeof(pk));
	pk[0] = 0x95;
	assert_false(ka_veted25519_in_group(pk));
}

static void library__failed_its_selftest__no_point_passes(void **state)
{
	uint8_t good[32];
	char hex[65];

	(void)state;
	vetblob_good_point(good);
	ka_text_hex(good, sizeof(good), hex, sizeof(hex));
	assert_string_equal(verdict_on(hex, KA_VET_ED25519_BROKEN), "internal.crypto-selftest");
	assert_string_equal(verdict_on(hex, KA_VET_ED25519_CROSSCHECK), "-");
}

static void length__not_32__refused(void **state)
{
	struct ka_vet_when when = { 0 };
	struct ka_vetpolicy policy;
	struct ka_vet v;
	uint8_t good[32];

	(void)state;
	ka_vetpolicy_default(&policy);
	vetblob_good_point(good);
	vetblob_ed25519(&blob, good);
	blob.key.pk.len = 31; /* the parser refuses it first; a second look costs nothing */
	ka_vet_key(&blob.key, &policy, &when, &v);
	assert_string_equal(ka_reason_id(v.reasons[0]), "key.ed25519-length");
}

/* the cheap half alone: what needs arithmetic passes it */
static void bytes__without_arithmetic__the_named_ones_only(void **state)
{
	static const uint8_t identity[32] = { 1 }, zero[32];
	uint8_t pk[32];

	(void)state;
	assert_int_equal(ka_veted25519_bytes((struct ka_span){ identity, 31 }), KA_REASON_KEY_ED25519_LENGTH);
	assert_int_equal(ka_veted25519_bytes((struct ka_span){ identity, 32 }), KA_REASON_KEY_ED25519_LOW_ORDER);
	assert_int_equal(ka_veted25519_bytes((struct ka_span){ zero, 32 }), KA_REASON_KEY_ED25519_LOW_ORDER);
	memset(pk, 0xff, sizeof(pk));
	assert_int_equal(ka_veted25519_bytes((struct ka_span){ pk, 32 }), KA_REASON_KEY_ED25519_NON_CANONICAL);
	memset(pk, 0x99, sizeof(pk));
	pk[0] = 0x95; /* B + (0,-1), order 2L */
	assert_int_equal(ka_veted25519_bytes((struct ka_span){ pk, 32 }), KA_REASON_NONE);
	assert_int_equal(ka_veted25519_point((struct ka_span){ pk, 32 }, KA_VET_ED25519_CROSSCHECK), KA_REASON_KEY_ED25519_MIXED_ORDER);
	vetblob_good_point(pk);
	assert_int_equal(ka_veted25519_point((struct ka_span){ pk, 32 }, KA_VET_ED25519_CROSSCHECK), KA_REASON_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes__without_arithmetic__the_named_ones_only),
		cmocka_unit_test(point__of_small_order__refused),
		cmocka_unit_test(point__second_spelling__refused),
		cmocka_unit_test(point__off_the_curve__refused),
		cmocka_unit_test(point__with_a_small_part__refused),
		cmocka_unit_test(group_test__of_our_own__knows_members),
		cmocka_unit_test(library__failed_its_selftest__no_point_passes),
		cmocka_unit_test(length__not_32__refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
