/* vet/vetcert: what is wrong with a certificate before any CA is asked. */
#include "vet/vetcert.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/poison.h"

#define NOW 1700000000

static struct ka_vetpolicy policy;
static struct ka_vet out;
static struct ka_keycert cert;
static char critical[128];
static struct ka_buf critical_buf;
static int64_t now = NOW;

static void good_cert(void)
{
	ka_vetpolicy_default(&policy);
	ka_buf_init_array(&critical_buf, critical);
	cert = (struct ka_keycert){ .type = KA_CERT_TYPE_USER, .principals_count = 1,
				    .valid_after = NOW - 10, .valid_before = NOW + 10 };
}

static void add_value(const char *name, struct ka_span value)
{
	ka_buf_string(&critical_buf, ka_span_of(name));
	ka_buf_string(&critical_buf, value);
	cert.critical = ka_buf_as_span(&critical_buf);
}

static void add_critical(const char *name)
{
	static const uint8_t text[] = { 0, 0, 0, 4, 'd', 'a', 't', 'a' };

	add_value(name, (struct ka_span){ text, strcmp(name, "verify-required") != 0 ? sizeof(text) : 0 });
}

static const char *verdict(void)
{
	struct ka_vet_when when = { .now_sec = now };
	struct ka_vetnote note;

	ka_vetnote_init(&note, &policy, false, &out);
	ka_vetcert_judge(&cert, &when, &note);
	return ka_reason_id(out.count > 0 ? out.reasons[0] : KA_REASON_NONE);
}

static void cert__good__accepted(void **state)
{
	(void)state;
	good_cert();
	assert_string_equal(verdict(), "-");
	cert.valid_after = 0;
	cert.valid_before = UINT64_MAX;
	add_critical("force-command");
	add_critical("source-address");
	add_critical("verify-required");
	assert_string_equal(verdict(), "-");
}

static void type__host__refused(void **state)
{
	(void)state;
	good_cert();
	cert.type = KA_CERT_TYPE_HOST;
	assert_string_equal(verdict(), "cert.host-type");
	cert.type = 3; /* neither */
	assert_string_equal(verdict(), "cert.host-type");
}

static void time__outside__refused(void **state)
{
	(void)state;
	good_cert();
	cert.valid_after = NOW + 1;
	assert_string_equal(verdict(), "cert.not-yet-valid");
	cert.valid_after = NOW;
	assert_string_equal(verdict(), "-");
	cert.valid_before = NOW;
	assert_string_equal(verdict(), "cert.expired");
	cert.valid_before = NOW + 1;
	assert_string_equal(verdict(), "-");
	cert.valid_before = (uint64_t)INT64_MAX + 5;
	assert_string_equal(verdict(), "-");
	good_cert();
	now = -1; /* a clock that stands before 1970 is no far future */
	assert_string_equal(verdict(), "cert.not-yet-valid");
	cert.valid_after = 0;
	assert_string_equal(verdict(), "-");
	now = NOW;
}

/* what an admin made a warning of hides nothing behind it */
static void cert__warned_of_one_thing__the_next_is_still_found(void **state)
{
	static const enum ka_reason warned[] = { KA_REASON_CERT_HOST_TYPE, KA_REASON_CERT_NOT_YET_VALID, KA_REASON_CERT_EXPIRED,
						 KA_REASON_CERT_NO_PRINCIPALS, KA_REASON_CERT_CRITICAL_UNKNOWN };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(warned); i++) {
		good_cert();
		policy.action[warned[i]] = KA_ACTION_WARN;
		if (i == 0)
			cert.type = KA_CERT_TYPE_HOST;
		if (i == 1)
			cert.valid_after = NOW + 1;
		if (i == 2)
			cert.valid_before = NOW;
		if (i == 3)
			cert.principals_count = 0;
		if (i == 4)
			add_critical("only-on-sunday@example.com");
		assert_string_equal(verdict(), ka_reason_id(warned[i]));
		assert_int_equal(out.verdict, KA_VERDICT_WARN);
		add_value("force-command", (struct ka_span){ NULL, 0 });
		assert_string_equal(verdict(), "cert.malformed");
		assert_int_equal(out.verdict, KA_VERDICT_REJECT);
	}
}

static void principals__none__never_everybody(void **state)
{
	(void)state;
	good_cert();
	cert.principals_count = 0;
	assert_string_equal(verdict(), "cert.no-principals");
}

static void critical__unknown_or_cut__refused(void **state)
{
	(void)state;
	good_cert();
	add_critical("force-command");
	add_critical("only-on-sunday@example.com");
	assert_string_equal(verdict(), "cert.critical-unknown");
	good_cert();
	add_critical("force-command");
	cert.critical.len--;
	assert_string_equal(verdict(), "cert.malformed");
	cert.critical.len = 4 + strlen("force-comman"); /* in its name */
	assert_string_equal(verdict(), "cert.malformed");
}

/* sshd refuses them as corrupt */
static void critical__value_of_another_form__malformed(void **state)
{
	static const uint8_t behind[] = { 0, 0, 0, 1, 'x', 'y' }, nul[] = { 0, 0, 0, 2, 'x', 0 }, cut[] = { 0, 0, 0, 2, 'x' };
	static const struct { const char *name; struct ka_span value; } cases[] = {
		{ "force-command", { behind, sizeof(behind) } }, { "force-command", { nul, sizeof(nul) } }, { "force-command", { cut, sizeof(cut) } },
		{ "force-command", { NULL, 0 } }, { "source-address", { behind, sizeof(behind) } }, { "source-address", { cut, 3 } },
		{ "verify-required", { behind, 5 } }, { "verify-required", { behind, 1 } },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(cases); i++) {
		good_cert();
		add_value(cases[i].name, cases[i].value);
		assert_string_equal(verdict(), "cert.malformed");
	}
	good_cert();
	add_value("force-command", (struct ka_span){ behind, 5 });
	assert_string_equal(verdict(), "-");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cert__good__accepted),
		cmocka_unit_test(type__host__refused),
		cmocka_unit_test(time__outside__refused),
		cmocka_unit_test(cert__warned_of_one_thing__the_next_is_still_found),
		cmocka_unit_test(principals__none__never_everybody),
		cmocka_unit_test(critical__unknown_or_cut__refused),
		cmocka_unit_test(critical__value_of_another_form__malformed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
