/* keyaudit/doctor/nftmatch: single conditions; rule sets are in test_nftban.c. */
#include "keyaudit/doctor/nftmatch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/poison.h"

static struct ka_nftmatch m;

static enum ka_nftmatch_answer ask(const char *address, const char *match)
{
	json_t *objects = json_loads("[{\"set\":{\"family\":\"inet\",\"table\":\"t\",\"name\":\"s\",\"elem\":[\"2001:db8::7\"]}}]", 0, NULL);
	json_t *object = json_loads(match, 0, NULL);
	enum ka_nftmatch_answer answer;

	assert_non_null(object);
	m = (struct ka_nftmatch){ .objects = objects, .family = "inet", .table = "t", .port = 22, .set = "" };
	assert_true(ka_nftmatch_init(&m, address));
	answer = ka_nftmatch(&m, object);
	json_decref(object);
	json_decref(objects);
	return answer;
}

#define PAYLOAD(protocol, field, right) \
	"{\"op\":\"==\",\"left\":{\"payload\":{\"protocol\":\"" protocol "\",\"field\":\"" field "\"}},\"right\":" right "}"
#define META(key, op, right) "{\"op\":\"" op "\",\"left\":{\"meta\":{\"key\":\"" key "\"}},\"right\":\"" right "\"}"

static void address__what_is_none__is_refused(void **state)
{
	(void)state;
	assert_false(ka_nftmatch_init(&m, ""));
	assert_false(ka_nftmatch_init(&m, "localhost"));
	assert_false(ka_nftmatch_init(&m, "192.0.2.1/24"));
	assert_true(ka_nftmatch_init(&m, "::1"));
	assert_true(m.is_v6 && m.is_loop);
}

static void version_6__sets_and_networks(void **state)
{
	(void)state;
	assert_int_equal(ask("2001:db8::7", PAYLOAD("ip6", "saddr", "\"@s\"")), KA_NFTMATCH_YES);
	assert_true(m.is_address && m.is_alone);
	assert_int_equal(ask("2001:db8::8", PAYLOAD("ip6", "saddr", "\"@s\"")), KA_NFTMATCH_NO);
	assert_int_equal(ask("2001:db8::8", PAYLOAD("ip6", "saddr", "{\"prefix\":{\"addr\":\"2001:db8::\",\"len\":32}}")), KA_NFTMATCH_YES);
	assert_false(m.is_alone);
	assert_int_equal(ask("192.0.2.1", PAYLOAD("ip6", "saddr", "\"@s\"")), KA_NFTMATCH_NO);
	assert_int_equal(ask("2001:db8::8", PAYLOAD("ip", "saddr", "\"192.0.2.1\"")), KA_NFTMATCH_NO);
}

static void the_packet__is_tcp_and_new(void **state)
{
	(void)state;
	assert_int_equal(ask("192.0.2.1", PAYLOAD("udp", "dport", "22")), KA_NFTMATCH_NO);
	assert_int_equal(ask("192.0.2.1", PAYLOAD("th", "dport", "22")), KA_NFTMATCH_YES);
	assert_int_equal(ask("192.0.2.1", PAYLOAD("tcp", "sport", "22")), KA_NFTMATCH_UNTOLD);
	assert_int_equal(ask("192.0.2.1", PAYLOAD("ip", "protocol", "\"udp\"")), KA_NFTMATCH_NO);
	assert_int_equal(ask("192.0.2.1", META("l4proto", "==", "tcp")), KA_NFTMATCH_YES);
	assert_int_equal(ask("192.0.2.1", META("l4proto", "!=", "tcp")), KA_NFTMATCH_NO);
	assert_int_equal(ask("192.0.2.1", META("nfproto", "==", "ipv6")), KA_NFTMATCH_NO);
	assert_int_equal(ask("192.0.2.1", META("skuid", "==", "0")), KA_NFTMATCH_UNTOLD);
	assert_int_equal(ask("192.0.2.1", "{\"op\":\"in\",\"left\":{\"ct\":{\"key\":\"state\"}},\"right\":[\"invalid\",\"new\"]}"), KA_NFTMATCH_YES);
}

static void device__only_the_loop_is_known(void **state)
{
	(void)state;
	assert_int_equal(ask("192.0.2.1", META("iif", "==", "lo")), KA_NFTMATCH_NO);
	assert_int_equal(ask("192.0.2.1", META("iifname", "==", "eth0")), KA_NFTMATCH_UNTOLD);
	assert_int_equal(ask("127.0.0.1", META("iif", "==", "lo")), KA_NFTMATCH_YES);
	assert_int_equal(ask("127.0.0.1", META("iifname", "==", "eth0")), KA_NFTMATCH_NO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(address__what_is_none__is_refused),
		cmocka_unit_test(version_6__sets_and_networks),
		cmocka_unit_test(the_packet__is_tcp_and_new),
		cmocka_unit_test(device__only_the_loop_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
