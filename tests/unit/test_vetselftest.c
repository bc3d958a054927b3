/*
 * vet/vetselftest: known answers, with the real libsodium and with invented ones:
 * this program's own crypto_core_ed25519_is_valid_point() stands before the library's.
 */
#include "vet/vetselftest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "vet/veted25519.h"
#include "vet/vetnote.h"

#include "base/poison.h"

static enum { SOUND, OLD, REFUSES_ALL, ACCEPTS_ALL } library;

int crypto_core_ed25519_is_valid_point(const unsigned char *p);

__attribute__((visibility("default"))) int crypto_core_ed25519_is_valid_point(const unsigned char *p)
{
	if (library == REFUSES_ALL || library == ACCEPTS_ALL)
		return library == ACCEPTS_ALL;
	return p[0] == 0x58 || (p[0] == 0x95 && library == OLD);
}

static void library__good__is_sound(void **state)
{
	(void)state;
	library = SOUND;
	assert_int_equal(ka_vetselftest(), KA_ERR_OK);
	assert_false(ka_vetselftest_needs_crosscheck());
	assert_int_equal(ka_vetselftest_ed25519(), KA_VET_ED25519_SOUND);
}

static void library__accepts_order_2l__needs_the_crosscheck(void **state)
{
	(void)state;
	library = OLD;
	assert_int_equal(ka_vetselftest(), KA_ERR_OK);
	assert_true(ka_vetselftest_needs_crosscheck());
	assert_int_equal(ka_vetselftest_ed25519(), KA_VET_ED25519_CROSSCHECK);
}

static void library__knows_nothing__is_broken(void **state)
{
	(void)state;
	library = REFUSES_ALL;
	assert_int_equal(ka_vetselftest(), KA_ERR_CRYPTO);
	assert_int_equal(ka_vetselftest_ed25519(), KA_VET_ED25519_BROKEN);
	library = ACCEPTS_ALL;
	assert_int_equal(ka_vetselftest(), KA_ERR_CRYPTO);
	assert_int_equal(ka_vetselftest_ed25519(), KA_VET_ED25519_BROKEN);
}

/* the quick start leaves one question open; the first refused key asks it */
static void start__asks_about_good_points_when_one_is_refused(void **state)
{
	static const uint8_t pk[32] = { 0x02 };
	struct ka_vet out;
	struct ka_vetpolicy policy;
	struct ka_vetnote note;

	(void)state;
	library = SOUND;
	assert_int_equal(ka_vetselftest_start(), KA_VET_ED25519_UNPROVEN);
	library = OLD;
	assert_int_equal(ka_vetselftest_start(), KA_VET_ED25519_CROSSCHECK);
	library = ACCEPTS_ALL;
	assert_int_equal(ka_vetselftest_start(), KA_VET_ED25519_BROKEN);
	library = REFUSES_ALL;
	assert_int_equal(ka_vetselftest_start(), KA_VET_ED25519_UNPROVEN);
	ka_vetpolicy_default(&policy);
	ka_vetnote_init(&note, &policy, false, &out);
	ka_veted25519_judge((struct ka_span){ pk, sizeof(pk) }, KA_VET_ED25519_UNPROVEN, &note);
	assert_int_equal(out.reasons[0], KA_REASON_INTERNAL_CRYPTO_SELFTEST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(library__good__is_sound),
		cmocka_unit_test(library__accepts_order_2l__needs_the_crosscheck),
		cmocka_unit_test(library__knows_nothing__is_broken),
		cmocka_unit_test(start__asks_about_good_points_when_one_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
