/* vet/vetrsa: each RSA rule with a key that breaks it and a neighbour that does not. */
#include "vet/vetrsa.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/vetblob.h"

#include "base/poison.h"

static struct vetblob blob;
static const uint8_t e_65537[] = { 1, 0, 1 };

static struct ka_span usual_e(void)
{
	return (struct ka_span){ e_65537, sizeof(e_65537) };
}

static struct ka_vet judge_n(struct ka_span n, bool whole)
{
	vetblob_rsa(&blob, usual_e(), n);
	return vetblob_judge(&blob, whole);
}

static struct ka_vet judge_e(const char *bytes, size_t len)
{
	vetblob_rsa(&blob, (struct ka_span){ (const uint8_t *)bytes, len }, vetblob_modulus(2048));
	return vetblob_judge(&blob, false);
}

static void assert_only(struct ka_vet v, enum ka_verdict verdict, enum ka_reason reason)
{
	assert_string_equal(ka_vet_verdict_text(v.verdict), ka_vet_verdict_text(verdict));
	assert_string_equal(ka_reason_id(v.count > 0 ? v.reasons[0] : KA_REASON_NONE), ka_reason_id(reason));
	assert_int_equal(v.count, reason == KA_REASON_NONE ? 0 : 1);
}

static void size__outside_the_policy__refused(void **state)
{
	(void)state;
	assert_only(judge_n(vetblob_modulus(1024), false), KA_VERDICT_REJECT, KA_REASON_KEY_RSA_TOO_SHORT);
	assert_only(judge_n(vetblob_modulus(2040), false), KA_VERDICT_REJECT, KA_REASON_KEY_RSA_TOO_SHORT);
	assert_only(judge_n(vetblob_modulus(8200), false), KA_VERDICT_REJECT, KA_REASON_KEY_RSA_TOO_LONG);
	assert_only(judge_n(vetblob_modulus(2048), false), KA_VERDICT_ACCEPT, KA_REASON_NONE);
	assert_only(judge_n(vetblob_modulus(8192), false), KA_VERDICT_ACCEPT, KA_REASON_NONE);
}

/* the numbers behind the two reasons, for people; of a CA's key they do not stand in for the subject's */
static void size__outside_the_policy__says_what_was_found_and_demanded(void **state)
{
	char text[KA_VET_DETAIL_MAX];
	struct ka_buf b;
	struct ka_vet v;

	(void)state;
	v = judge_n(vetblob_modulus(1024), false);
	ka_buf_init_array(&b, text);
	ka_vet_detail(&v, 0, &b);
	assert_string_equal(text, "1024 bits, the policy demands at least 2048");
	v = judge_n(vetblob_modulus(8200), false);
	ka_buf_init_array(&b, text);
	ka_vet_detail(&v, 0, &b);
	assert_string_equal(text, "8200 bits, the policy allows at most 8192");
	v = judge_e("\x03", 1);
	ka_buf_init_array(&b, text);
	ka_vet_detail(&v, 0, &b);
	assert_string_equal(text, "");
}

static void size__above_the_hard_cap__refused_whatever_the_policy_says(void **state)
{
	struct ka_vet_when when = { .whole = true };
	struct ka_vetpolicy policy;
	struct ka_vet v;

	(void)state;
	ka_vetpolicy_default(&policy);
	policy.rsa_max_bits = 100000;
	policy.action[KA_REASON_KEY_RSA_TOO_LONG] = KA_ACTION_OFF;
	vetblob_rsa(&blob, usual_e(), vetblob_modulus(KA_RSA_BITS_HARD_MAX + 1));
	ka_vet_key(&blob.key, &policy, &when, &v);
	assert_only(v, KA_VERDICT_REJECT, KA_REASON_KEY_RSA_TOO_LONG);
	vetblob_rsa(&blob, usual_e(), vetblob_modulus(KA_RSA_BITS_HARD_MAX));
	ka_vet_key(&blob.key, &policy, &when, &v);
	assert_only(v, KA_VERDICT_ACCEPT, KA_REASON_NONE);
}

static void size__not_whole_bytes__warned(void **state)
{
	(void)state;
	assert_only(judge_n(vetblob_modulus(2049), false), KA_VERDICT_WARN, KA_REASON_KEY_RSA_ODD_SIZE);
	assert_only(judge_n(vetblob_modulus(2056), false), KA_VERDICT_ACCEPT, KA_REASON_NONE);
}

/* with e = 1 a signature is the padded hash itself: everybody can make it */
static void exponent__forgeable_or_not_invertible__refused(void **state)
{
	struct ka_span n;

	(void)state;
	assert_only(judge_e("\x01", 1), KA_VERDICT_REJECT, KA_REASON_KEY_RSA_E_INVALID);
	assert_only(judge_e("\x02", 1), KA_VERDICT_REJECT, KA_REASON_KEY_RSA_E_INVALID);
	assert_only(judge_e("\x01\x00\x00", 3), KA_VERDICT_REJECT, KA_REASON_KEY_RSA_E_INVALID);
	n = vetblob_modulus(2048);
	vetblob_rsa(&blob, n, n); /* e = n */
	assert_only(vetblob_judge(&blob, false), KA_VERDICT_REJECT, KA_REASON_KEY_RSA_E_INVALID);
	assert_only(judge_e("\x01\x00\x01", 3), KA_VERDICT_ACCEPT, KA_REASON_NONE);
}

static void exponent__forgeable__cannot_be_allowed_by_policy(void **state)
{
	struct ka_vet_when when = { 0 };
	struct ka_vetpolicy policy;
	struct ka_vet v;

	(void)state;
	ka_vetpolicy_default(&policy);
	memset(policy.action, KA_ACTION_OFF, sizeof(policy.action));
	vetblob_rsa(&blob, (struct ka_span){ (const uint8_t *)"\x01", 1 }, vetblob_modulus(2048));
	ka_vet_key(&blob.key, &policy, &when, &v);
	assert_only(v, KA_VERDICT_REJECT, KA_REASON_KEY_RSA_E_INVALID);
}

static void exponent__small__warned(void **state)
{
	(void)state;
	assert_only(judge_e("\x03", 1), KA_VERDICT_WARN, KA_REASON_KEY_RSA_E_SMALL);
	assert_only(judge_e("\xff\xff", 2), KA_VERDICT_WARN, KA_REASON_KEY_RSA_E_SMALL);
	assert_only(judge_e("\x01\x00\x03", 3), KA_VERDICT_ACCEPT, KA_REASON_NONE);
}

static void exponent__above_32_bits__refused(void **state)
{
	(void)state;
	assert_only(judge_e("\x01\x00\x00\x00\x01", 5), KA_VERDICT_REJECT, KA_REASON_KEY_RSA_E_TOO_LARGE);
	assert_only(judge_e("\xff\xff\xff\xff", 4), KA_VERDICT_ACCEPT, KA_REASON_NONE);
}

static void modulus__even__refused(void **state)
{
	uint8_t n[256];

	(void)state;
	memcpy(n, vetblob_modulus(2048).p, sizeof(n));
	n[255] &= 0xfe;
	assert_only(judge_n((struct ka_span){ n, sizeof(n) }, false), KA_VERDICT_REJECT, KA_REASON_KEY_RSA_N_EVEN);
	n[255] |= 1;
	assert_only(judge_n((struct ka_span){ n, sizeof(n) }, false), KA_VERDICT_ACCEPT, KA_REASON_NONE);
}

/* keep the bits of @mask (little-endian chunk of @width bytes) clear */
static struct ka_span light_modulus(const uint8_t *mask, size_t width, uint8_t everywhere)
{
	static uint8_t n[256];

	memcpy(n, vetblob_modulus(2048).p, sizeof(n));
	for (size_t i = 0; i < sizeof(n); i++)
		n[sizeof(n) - 1 - i] &= (uint8_t)(everywhere & ~mask[i % width]);
	n[0] |= 0x80;
	n[255] |= 1;
	return (struct ka_span){ n, sizeof(n) };
}

static void modulus__light_in_both_halves__refused_with_its_kind(void **state)
{
	static const uint8_t in_128[16] = { [2] = 0xff, [3] = 0xff, [4] = 0xff, [5] = 0xff, [6] = 0xff, [7] = 0xff };
	static const uint8_t in_32[4] = { [2] = 0xf0, [3] = 0x3f };
	static const uint8_t nothing[1] = { 0 };
	struct ka_vet v;

	(void)state;
	v = judge_n(light_modulus(in_128, 16, 0xff), false);
	assert_only(v, KA_VERDICT_REJECT, KA_REASON_KEY_RSA_POLY);
	assert_string_equal(v.details[0], "128-bit chunks with bits 16 to 63 clear");
	v = judge_n(light_modulus(in_32, 4, 0xff), false);
	assert_only(v, KA_VERDICT_REJECT, KA_REASON_KEY_RSA_POLY);
	assert_string_equal(v.details[0], "32-bit chunks with bits 20 to 29 clear");
	v = judge_n(light_modulus(nothing, 1, 0x9d), true);
	assert_true(vetblob_has(&v, KA_REASON_KEY_RSA_POLY));
	assert_string_equal(v.details[0], "few one bits");
}

static void modulus__light_in_the_upper_half_only__is_a_pattern(void **state)
{
	uint8_t n[256];

	(void)state;
	memcpy(n, vetblob_modulus(2048).p, sizeof(n));
	memset(n + 1, 0, 100);
	n[0] = 0x80;
	assert_only(judge_n((struct ka_span){ n, sizeof(n) }, false), KA_VERDICT_WARN, KA_REASON_KEY_RSA_PATTERN);
	memset(n + 1, 0x55, 100);
	assert_only(judge_n((struct ka_span){ n, sizeof(n) }, false), KA_VERDICT_ACCEPT, KA_REASON_NONE);
	memset(n + 1, 0xff, 100);
	assert_only(judge_n((struct ka_span){ n, sizeof(n) }, false), KA_VERDICT_WARN, KA_REASON_KEY_RSA_PATTERN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(size__outside_the_policy__refused),
		cmocka_unit_test(size__outside_the_policy__says_what_was_found_and_demanded),
		cmocka_unit_test(size__above_the_hard_cap__refused_whatever_the_policy_says),
		cmocka_unit_test(size__not_whole_bytes__warned),
		cmocka_unit_test(exponent__forgeable_or_not_invertible__refused),
		cmocka_unit_test(exponent__forgeable__cannot_be_allowed_by_policy),
		cmocka_unit_test(exponent__small__warned),
		cmocka_unit_test(exponent__above_32_bits__refused),
		cmocka_unit_test(modulus__even__refused),
		cmocka_unit_test(modulus__light_in_both_halves__refused_with_its_kind),
		cmocka_unit_test(modulus__light_in_the_upper_half_only__is_a_pattern),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
