/* vet/vetec: the second look at points, behind a parser that is taken to have failed. */
#include "vet/vetec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/keysample.h"
#include "tests/unit/lib/vetblob.h"

#include "base/poison.h"

static struct ka_keysample sample;
static struct ka_vetpolicy policy;
static struct ka_vet out;
static uint8_t point[160];

/* a good key of that name, its point where the test may change it */
static struct ka_keyblob key_of(const char *name)
{
	struct ka_keyblob key;

	ka_keysample_find(name, &sample);
	assert_int_equal(ka_keyblob_parse(sample.blob, ka_span_of(sample.type), &key), KA_REASON_NONE);
	memset(point, 4, sizeof(point));
	memcpy(point, key.pk.p, key.pk.len);
	key.pk.p = point;
	return key;
}

static enum ka_reason judge(const struct ka_keyblob *key)
{
	struct ka_vetnote note;

	ka_vetnote_init(&note, &policy, true, &out);
	ka_vetec_judge(key, &note);
	assert_int_equal(out.verdict, out.count > 0 ? KA_VERDICT_REJECT : KA_VERDICT_ACCEPT);
	assert_int_equal(note.over, out.count > 0);
	return out.count > 0 ? out.reasons[0] : KA_REASON_NONE;
}

static const char *const names[] = { "ecdsa256", "ecdsa384", "ecdsa521" };

static void judge__every_form_of_each_curve__only_one_passes(void **state)
{
	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(names); i++) {
		struct ka_keyblob key = key_of(names[i]);
		size_t len = key.pk.len;

		assert_int_equal(judge(&key), KA_REASON_NONE);
		for (unsigned first = 0; first < 256; first++) {
			point[0] = (uint8_t)first;
			assert_int_equal(judge(&key), first == 4 ? KA_REASON_NONE : KA_REASON_KEY_ECDSA_POINT_FORMAT);
		}
		point[0] = 4;
		for (key.pk.len = 0; key.pk.len < sizeof(point); key.pk.len++)
			assert_int_equal(judge(&key), key.pk.len == len ? KA_REASON_NONE : KA_REASON_KEY_ECDSA_POINT_LENGTH);
	}
}

static void judge__another_curve__is_refused_before_its_point(void **state)
{
	static const char *const bad[] = { "", "nistp25", "nistp2566", "NISTP256", "nistp384", "1.2.840.10045.3.1.7" };
	struct ka_keyblob key = key_of("ecdsa256");

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(bad); i++) {
		key.curve = ka_span_of(bad[i]);
		assert_int_equal(judge(&key), KA_REASON_KEY_ECDSA_CURVE_MISMATCH);
	}
	key.curve = ka_span_of("nistp256");
	assert_int_equal(judge(&key), KA_REASON_NONE);
	key.type = ka_keytype_find(ka_span_of("ssh-ed25519"), NULL); /* a type without a curve */
	assert_int_equal(judge(&key), KA_REASON_KEY_ECDSA_CURVE_MISMATCH);
}

/* no policy lets a broken structure pass */
static void judge__policy_that_is_off__refuses_all_the_same(void **state)
{
	struct ka_keyblob key = key_of("ecdsa256");

	(void)state;
	memset(policy.action, KA_ACTION_OFF, sizeof(policy.action));
	point[0] = 2;
	assert_int_equal(judge(&key), KA_REASON_KEY_ECDSA_POINT_FORMAT);
	ka_vetpolicy_default(&policy);
}

static void judge__through_the_front_door__refused(void **state)
{
	const struct ka_vet_when when = { 0 };
	struct ka_keyblob key = key_of("ecdsa256");

	(void)state;
	point[0] = 0x02;
	ka_vet_key(&key, &policy, &when, &out);
	assert_int_equal(out.reasons[0], KA_REASON_KEY_ECDSA_POINT_FORMAT);
	key.pk.len = 64;
	ka_vet_key(&key, &policy, &when, &out);
	assert_int_equal(out.reasons[0], KA_REASON_KEY_ECDSA_POINT_LENGTH);
	key.curve = ka_span_of("nistp384");
	ka_vet_key(&key, &policy, &when, &out);
	assert_int_equal(out.reasons[0], KA_REASON_KEY_ECDSA_CURVE_MISMATCH);
}

static void x__each_curve__is_the_first_half(void **state)
{
	static const size_t lens[] = { 32, 48, 66 };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(names); i++) {
		struct ka_keyblob key = key_of(names[i]);
		struct ka_span x = ka_vetec_x(&key);

		assert_int_equal(x.len, lens[i]);
		assert_ptr_equal(x.p, point + 1);
	}
}

static void x__any_other_form__is_empty(void **state)
{
	struct ka_keyblob key = key_of("ecdsa256");

	(void)state;
	for (size_t n = 0; n < 8; n++) {
		uint8_t *exact = malloc(n > 0 ? n : 1); /* to the byte, for the address sanitizer */

		assert_non_null(exact);
		memset(exact, 4, n > 0 ? n : 1);
		key.pk = (struct ka_span){ n > 0 ? exact : NULL, n };
		assert_int_equal(ka_vetec_x(&key).len, n >= 3 && n % 2 == 1 ? (n - 1) / 2 : 0);
		free(exact);
	}
	for (unsigned first = 0; first < 256; first++) {
		key.pk = (struct ka_span){ point, 65 };
		point[0] = (uint8_t)first;
		assert_int_equal(ka_vetec_x(&key).len, first == 4 ? 32 : 0);
	}
}

static int make_policy(void **state)
{
	(void)state;
	ka_vetpolicy_default(&policy);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judge__every_form_of_each_curve__only_one_passes),
		cmocka_unit_test(judge__another_curve__is_refused_before_its_point),
		cmocka_unit_test(judge__policy_that_is_off__refuses_all_the_same),
		cmocka_unit_test(judge__through_the_front_door__refused),
		cmocka_unit_test(x__any_other_form__is_empty),
		cmocka_unit_test(x__each_curve__is_the_first_half),
	};

	return cmocka_run_group_tests(tests, make_policy, NULL);
}
