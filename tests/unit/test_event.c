/* audit/event: ids against an independent implementation, levels and addresses that may be said. */
#include "audit/event.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/poison.h"

#define MACHINE "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
#define BOOT "6f1c2d3e4b5a49788796a5b4c3d2e1f0"

/* made with Python's hashlib.blake2b(digest_size=16) and base64.b32encode */
static void id__python_vectors__are_the_same(void **state)
{
	static const struct { pid_t m; uint64_t start; enum ka_action_event action; const char *id; } rows[] = {
		{ 4240, 8123771, KA_EVENT_KEY_REFUSED, "fi7vpgkfaann3oq7v2fa7tnhg4" },
		{ 4240, 8123771, KA_EVENT_LOGIN_ACCEPTED, "fncjkeptle4pzjutp55n6dhi4m" },
		{ 4240, 8123771, KA_EVENT_LOGIN_DENIED, "iytisopn3c4cnbkcqwy2twfqay" },
		{ 4240, 8123771, KA_EVENT_KEY_OFFERED, "ptxualjjm6f2i7xcnojtnxurpu" },
		{ 2147483647, UINT64_MAX, KA_EVENT_KEY_REFUSED, "nih6ubnotrbm6fwordzhkatgnu" },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		struct ka_conn c = { rows[i].m, rows[i].start };
		char id[KA_EVENT_ID_MAX];

		ka_event_id(MACHINE, BOOT, &c, rows[i].action, id);
		assert_string_equal(id, rows[i].id);
	}
}

static void ref__python_vectors__are_the_same(void **state)
{
	struct ka_conn c = { 4240, 8123771 };
	char ref[KA_REF_MAX];

	(void)state;
	ka_event_ref(MACHINE, BOOT, &c, ref);
	assert_string_equal(ref, "asm6lelb");
	c = (struct ka_conn){ 2147483647, UINT64_MAX };
	ka_event_ref(MACHINE, BOOT, &c, ref);
	assert_string_equal(ref, "iom7a6h5");
}

static void id_of__no_connection__comes_from_the_time(void **state)
{
	static const char zeros[33] = "00000000000000000000000000000000";
	struct ka_event e = { .action = KA_EVENT_TRAIL_GAP, .at_us = 1787480142123456, .conn = { 7, 7 } };
	char id[KA_EVENT_ID_MAX], other[KA_EVENT_ID_MAX];

	(void)state;
	ka_event_id_of(&e, zeros, zeros, id);
	assert_string_equal(id, "ytohrvjdoahpalb7o7y7i37tpy");
	e.at_us++;
	ka_event_id_of(&e, zeros, zeros, other);
	assert_string_not_equal(id, other);
	e.has_conn = true;
	ka_event_id_of(&e, zeros, zeros, id);
	e.at_us++;
	ka_event_id_of(&e, zeros, zeros, other);
	assert_string_equal(id, other);
}

static void action_text__out_of_range__is_a_dash(void **state)
{
	(void)state;
	for (int a = 0; a < KA_EVENT_COUNT; a++)
		assert_string_not_equal(ka_event_action_text((enum ka_action_event)a), "-");
	assert_string_equal(ka_event_action_text(KA_EVENT_COUNT), "-");
	assert_string_equal(ka_event_action_text((enum ka_action_event)-1), "-");
}

static void level__without_a_root_witness__is_never_an_alert(void **state)
{
	struct ka_event e = { .level = KA_LEVEL_ALERT, .trust = KA_TRUST_SEEN };

	(void)state;
	assert_int_equal(ka_event_level(&e), KA_LEVEL_ALERT);
	e.trust = KA_TRUST_CLAIMED;
	assert_int_equal(ka_event_level(&e), KA_LEVEL_WARNING);
	e.trust = KA_TRUST_LOG_UNVERIFIED;
	assert_int_equal(ka_event_level(&e), KA_LEVEL_WARNING);
	e.level = 99;
	assert_int_equal(ka_event_level(&e), KA_LEVEL_WARNING);
	e.level = -3;
	assert_int_equal(ka_event_level(&e), KA_LEVEL_INFO);
	for (e.level = KA_LEVEL_INFO; e.level < KA_LEVEL_ALERT; e.level++)
		assert_int_equal(ka_event_level(&e), e.level);
}

static void set_ip(struct ka_event *e, const char *ip)
{
	memset(e->source_ip, 0, sizeof(e->source_ip));
	memcpy(e->source_ip, ip, strlen(ip));
}

static void source__not_an_address__is_absent(void **state)
{
	static const char *const bad[] = { "", "-", "web01.example.org", "203.0.113.7 port 5", "203.0.113", "1.2.3.4\n", "::1::",
					   "0x7f.1", "%eth0", "203.0.113.7\"" };
	struct ka_event e = { .trust = KA_TRUST_SEEN, .source_from = "pam" };
	char ip[64];

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(bad); i++) {
		set_ip(&e, bad[i]);
		assert_false(ka_event_source(&e, ip));
		assert_string_equal(ip, "");
	}
}

static void source__address__is_printed_again(void **state)
{
	static const char *const rows[][2] = {
		{ "203.0.113.7", "203.0.113.7" }, { "2001:DB8:0:0::1", "2001:db8::1" }, { "fe80::1%eth0", "fe80::1" },
		{ "::ffff:203.0.113.7", "::ffff:203.0.113.7" },
	};
	struct ka_event e = { .trust = KA_TRUST_SEEN, .source_from = "socket" };
	char ip[64];

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		set_ip(&e, rows[i][0]);
		assert_true(ka_event_source(&e, ip));
		assert_string_equal(ip, rows[i][1]);
	}
}

static void source__witness_not_believed__is_absent(void **state)
{
	struct ka_event e = { .trust = KA_TRUST_CLAIMED, .source_from = "command" };
	char ip[64];

	(void)state;
	set_ip(&e, "203.0.113.7");
	assert_false(ka_event_source(&e, ip));
	e.trust = KA_TRUST_LOG_UNVERIFIED;
	assert_true(ka_event_source(&e, ip)); /* a witness stands beside it, and the trust says how far to believe it */
	e.source_from = "sshd-log";
	assert_true(ka_event_source(&e, ip));
	e.source_from = NULL;
	assert_false(ka_event_source(&e, ip));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(id__python_vectors__are_the_same), cmocka_unit_test(ref__python_vectors__are_the_same),
		cmocka_unit_test(id_of__no_connection__comes_from_the_time),
		cmocka_unit_test(action_text__out_of_range__is_a_dash),
		cmocka_unit_test(level__without_a_root_witness__is_never_an_alert),
		cmocka_unit_test(source__not_an_address__is_absent), cmocka_unit_test(source__address__is_printed_again),
		cmocka_unit_test(source__witness_not_believed__is_absent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
