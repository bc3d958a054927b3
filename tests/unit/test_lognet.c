/* keyaudit/lognet: addresses and networks of both families. */
#include "keyaudit/log/lognet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/err.h"

#include "base/poison.h"

static void has__table(void **state)
{
	static const struct { const char *net, *address; bool in; } rows[] = {
		{ "203.0.113.7", "203.0.113.7", true }, { "203.0.113.7", "203.0.113.8", false }, { "203.0.113.0/24", "203.0.113.255", true },
		{ "203.0.113.9/24", "203.0.113.255", true }, { "203.0.113.0/24", "203.0.114.0", false }, { "203.0.113.4/30", "203.0.113.7", true },
		{ "203.0.113.4/30", "203.0.113.8", false }, { "0.0.0.0/0", "8.8.8.8", true }, { "0.0.0.0/0", "2001:db8::1", false },
		{ "203.0.113.7", "::ffff:203.0.113.7", true }, { "::ffff:203.0.113.7", "203.0.113.7", true },
		{ "2001:db8::/32", "2001:db8:ffff::1", true }, { "2001:db8::/32", "2001:db9::1", false }, { "2001:DB8::1", "2001:db8:0::1", true },
		{ "fe80::/10", "fe80::1%eth0", true }, { "::/0", "2001:db8::1", true }, { "::/0", "", false }, { "::/0", "alice", false },
		{ "0.0.0.0/0", "", false },
	};
	struct ka_lognet net;

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		assert_true(ka_lognet_parse(rows[i].net, &net));
		if (ka_lognet_has(&net, rows[i].address) != rows[i].in)
			fail_msg("%s in %s", rows[i].address, rows[i].net);
	}
}

static void parse__bad__is_refused(void **state)
{
	static const char *const bad[] = {
		"", "/", "/24", "203.0.113.7/", "203.0.113.7/33", "203.0.113.7/-1", "203.0.113", "2001:db8::/129", "2001:db8::/x", "web01",
		"203.0.113.7/24/24", "1:2:3:4:5:6:7:8:9", "fe80::1%eth0",
	};
	struct ka_lognet net;

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(bad); i++) {
		if (ka_lognet_parse(bad[i], &net))
			fail_msg("\"%s\" was taken", bad[i]);
		assert_int_equal(net.bits, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(has__table), cmocka_unit_test(parse__bad__is_refused) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
