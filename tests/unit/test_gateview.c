/* diag/gateview: what enforce would say, for good and bad keys, certificates, exempt users, and a configuration that is broken. */
#include "diag/gateview.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/keysample.h"

#include "base/poison.h"

static struct ka_pamconf pam;
static struct ka_conf conf;
static struct ka_keyscan_offer offers[4];
static struct ka_gateview out;

static void offer(size_t i, const char *name, bool with_text)
{
	static struct ka_keysample sample;
	struct ka_offer o = { .said = KA_OFFER_UNKNOWN };

	ka_keysample_find(name, &sample);
	assert_true(ka_span_copy(ka_span_of(sample.type), o.type, sizeof(o.type)));
	assert_true(ka_span_copy(ka_span_of(sample.fingerprint), o.fp, sizeof(o.fp)));
	if (with_text)
		assert_true(ka_span_copy(sample.base64, o.key, sizeof(o.key)));
	ka_keyscan_offer(&o, &offers[i]);
}

static int setup(void **state)
{
	(void)state;
	memset(&pam, 0, sizeof(pam));
	pam.enforce = KA_PAMCONF_ENFORCE_HARD;
	ka_conf_default(&conf);
	offer(0, "rsa1024", true);
	offer(1, "ed25519", true);
	offer(2, "rsa1024", false);
	offer(3, "ed25519-cert", true);
	return 0;
}

static void make(const struct ka_conf *c, const char *user)
{
	memset(&out, 0xa5, sizeof(out));
	ka_gateview_make(&pam, c, KA_REASON_CONF_UNSAFE, user, offers, KA_ARRAY_LEN(offers), &out);
}

static void gate__weak_key__refused_with_its_sizes(void **state)
{
	(void)state;
	make(&conf, "alice");
	assert_int_equal(out.reason[0], KA_REASON_KEY_RSA_TOO_SHORT);
	assert_string_equal(out.detail[0], "1024 bits, the policy demands at least 2048");
	assert_int_equal(out.reason[1], KA_REASON_NONE);
	assert_false(out.is_unknown[0] || out.is_unknown[1]);
}

static void gate__certificate__is_judged_by_its_key(void **state)
{
	(void)state;
	make(&conf, "alice");
	assert_int_equal(out.reason[3], KA_REASON_NONE);
	assert_false(out.is_unknown[3]);
}

static void gate__only_a_fingerprint__is_not_judged(void **state)
{
	(void)state;
	make(&conf, "alice");
	assert_int_equal(out.reason[2], KA_REASON_NONE);
	assert_true(out.is_unknown[2]);
}

static void gate__none_or_exempt__says_nothing(void **state)
{
	static const char text[] = "[policy]\nenforce_exempt = bob alice\n";
	struct ka_conf_errors errors = { .count = 0 };

	(void)state;
	ka_conf_read(&conf, "f", ka_span_of(text), &errors);
	assert_int_equal(errors.count, 0);
	make(&conf, "alice");
	assert_true(out.is_exempt);
	assert_int_equal(out.reason[0], KA_REASON_NONE);
	make(&conf, "alic");
	assert_int_equal(out.reason[0], KA_REASON_KEY_RSA_TOO_SHORT);
	pam.enforce = KA_PAMCONF_ENFORCE_NO;
	make(&conf, "alic");
	assert_int_equal(out.reason[0], KA_REASON_NONE);
	assert_false(out.is_unknown[2]);
}

/* a broken configuration is a fault: it closes the gate, and opens the soft one */
static void gate__configuration_cannot_be_used__as_enforce_says(void **state)
{
	static const char text[] = "[policy]\nforce_options = no-such\n";
	struct ka_conf_errors errors = { .count = 0 };

	(void)state;
	make(NULL, "alice");
	assert_int_equal(out.reason[1], KA_REASON_CONF_UNSAFE);
	ka_conf_read(&conf, "f", ka_span_of(text), &errors);
	make(&conf, "alice");
	assert_int_equal(out.reason[1], KA_REASON_CONF_INVALID);
	pam.enforce = KA_PAMCONF_ENFORCE_SOFT;
	make(NULL, "alice");
	assert_int_equal(out.reason[0], KA_REASON_NONE);
	ka_conf_default(&conf);
	make(&conf, "alice"); /* a weak key is no fault */
	assert_int_equal(out.reason[0], KA_REASON_KEY_RSA_TOO_SHORT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(gate__weak_key__refused_with_its_sizes, setup),
		cmocka_unit_test_setup(gate__certificate__is_judged_by_its_key, setup),
		cmocka_unit_test_setup(gate__only_a_fingerprint__is_not_judged, setup),
		cmocka_unit_test_setup(gate__none_or_exempt__says_nothing, setup),
		cmocka_unit_test_setup(gate__configuration_cannot_be_used__as_enforce_says, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
