/* keyaudit/doctor/nftban and nftmatch: what nft 1.0.6 listed of a rule set, and what nobody would list. */
#include "keyaudit/doctor/nftban.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/poison.h"

#define LIST(objects) "{\"nftables\":[{\"metainfo\":{\"json_schema_version\":1}}," objects "]}"
#define CHAIN(family, table, name, policy) \
	"{\"chain\":{\"family\":\"" family "\",\"table\":\"" table "\",\"name\":\"" name "\",\"handle\":1,\"type\":\"filter\",\"hook\":\"input\"," \
	"\"prio\":0,\"policy\":\"" policy "\"}},"
#define RULE(chain, handle, expr) \
	"{\"rule\":{\"family\":\"inet\",\"table\":\"filter\",\"chain\":\"" chain "\",\"handle\":" #handle ",\"expr\":[" expr "]}},"
#define INPUT(rules) LIST(SETS CHAIN("inet", "filter", "input", "accept") rules "{}")
#define SETS \
	"{\"set\":{\"family\":\"inet\",\"name\":\"bad\",\"table\":\"filter\",\"type\":\"ipv4_addr\",\"handle\":5,\"flags\":[\"interval\"]," \
	"\"elem\":[{\"range\":[\"10.1.1.1\",\"10.1.1.9\"]},{\"prefix\":{\"addr\":\"198.51.100.0\",\"len\":24}},\"192.0.2.77\"]}}," \
	"{\"map\":{\"family\":\"inet\",\"name\":\"verdicts\",\"table\":\"filter\",\"type\":\"ipv4_addr\",\"handle\":7,\"map\":\"verdict\"," \
	"\"elem\":[[\"192.0.2.55\",{\"drop\":null}],[\"192.0.2.56\",{\"accept\":null}]]}},"
#define FROM(op, what) \
	"{\"match\":{\"op\":\"" op "\",\"left\":{\"payload\":{\"protocol\":\"ip\",\"field\":\"saddr\"}},\"right\":" what "}}"
#define TO(what) "{\"match\":{\"op\":\"==\",\"left\":{\"payload\":{\"protocol\":\"tcp\",\"field\":\"dport\"}},\"right\":" what "}}"
#define META(key, what) "{\"match\":{\"op\":\"==\",\"left\":{\"meta\":{\"key\":\"" key "\"}},\"right\":\"" what "\"}}"
#define STATE "{\"match\":{\"op\":\"in\",\"left\":{\"ct\":{\"key\":\"state\"}},\"right\":[\"established\",\"related\"]}}"
#define DROP "{\"drop\":null}"
#define ACCEPT "{\"accept\":null}"
#define LIMIT "{\"limit\":{\"rate\":5,\"burst\":5,\"per\":\"second\"}}"

/* as fail2ban's nftables action makes it */
#define F2B LIST("{\"table\":{\"family\":\"inet\",\"name\":\"f2b-table\",\"handle\":1}}," \
	"{\"set\":{\"family\":\"inet\",\"name\":\"addr-set-sshd\",\"table\":\"f2b-table\",\"type\":\"ipv4_addr\",\"handle\":2," \
	"\"elem\":[\"127.1.0.7\",\"192.0.2.9\"]}}," CHAIN("inet", "f2b-table", "f2b-chain", "accept") \
	"{\"rule\":{\"family\":\"inet\",\"table\":\"f2b-table\",\"chain\":\"f2b-chain\",\"handle\":3,\"expr\":[" TO("22") "," \
	FROM("==", "\"@addr-set-sshd\"") ",{\"reject\":{\"type\":\"icmp\",\"expr\":\"port-unreachable\"}}]}}")
#define CROWDSEC LIST("{\"set\":{\"family\":\"ip\",\"name\":\"crowdsec-blacklists\",\"table\":\"crowdsec\",\"type\":\"ipv4_addr\"," \
	"\"handle\":2,\"flags\":[\"timeout\"],\"elem\":[{\"elem\":{\"val\":\"203.0.113.8\",\"timeout\":14400,\"expires\":14339}}]}}," \
	CHAIN("ip", "crowdsec", "crowdsec-chain", "accept") \
	"{\"rule\":{\"family\":\"ip\",\"table\":\"crowdsec\",\"chain\":\"crowdsec-chain\",\"handle\":3,\"expr\":[" \
	FROM("==", "\"@crowdsec-blacklists\"") "," DROP "]}}")

static struct ka_ban ban;

static bool banned(const char *text, const char *address)
{
	json_error_t wrong;
	json_t *ruleset = json_loads(text, 0, &wrong);

	if (ruleset == NULL)
		fail_msg("%s at %d", wrong.text, wrong.position);
	ka_nftban_judge(ruleset, address, 22, &ban);
	json_decref(ruleset);
	return ban.is_banned;
}

static void fail2ban__its_set_is_named(void **state)
{
	(void)state;
	assert_true(banned(F2B, "192.0.2.9"));
	assert_int_equal(ban.tool, KA_BAN_TOOL_FAIL2BAN);
	assert_string_equal(ban.family, "inet");
	assert_string_equal(ban.table, "f2b-table");
	assert_string_equal(ban.chain, "f2b-chain");
	assert_string_equal(ban.set, "addr-set-sshd");
	assert_int_equal(ban.handle, 3);
	assert_true(ban.is_alone);
	assert_false(banned(F2B, "192.0.2.8"));
	assert_string_equal(ban.set, "");
	assert_false(banned(F2B, "2001:db8::1"));
}

static void crowdsec__its_set_is_named(void **state)
{
	(void)state;
	assert_true(banned(CROWDSEC, "203.0.113.8"));
	assert_int_equal(ban.tool, KA_BAN_TOOL_CROWDSEC);
	assert_false(banned(CROWDSEC, "203.0.113.9"));
}

static void tools__a_condition_beside_the_address__is_a_ban_all_the_same(void **state)
{
	static const char jump[] = INPUT(RULE("input", 1, "{\"xt\":{\"type\":\"match\",\"name\":\"multiport\"}},{\"jump\":{\"target\":\"f2b-sshd\"}}")
					 RULE("f2b-sshd", 2, FROM("==", "\"192.0.2.9\"") "," DROP));
	static const char other[] = INPUT(RULE("input", 1, "{\"xt\":{\"type\":\"match\",\"name\":\"multiport\"}},{\"jump\":{\"target\":\"mine\"}}")
					  RULE("mine", 2, FROM("==", "\"192.0.2.9\"") "," DROP));

	(void)state;
	assert_true(banned(jump, "192.0.2.9"));
	assert_string_equal(ban.chain, "f2b-sshd");
	assert_false(banned(jump, "192.0.2.8"));
	assert_false(banned(other, "192.0.2.9"));
}

static void set__networks_and_ranges__hold_the_address(void **state)
{
	static const char text[] = INPUT(RULE("input", 11, FROM("==", "\"@bad\"") ",{\"counter\":{\"packets\":0,\"bytes\":0}}," DROP));

	(void)state;
	assert_true(banned(text, "198.51.100.255"));
	assert_string_equal(ban.set, "bad");
	assert_false(ban.is_alone);
	assert_int_equal(ban.tool, KA_BAN_TOOL_NONE);
	assert_true(banned(text, "10.1.1.9"));
	assert_true(banned(text, "192.0.2.77"));
	assert_true(ban.is_alone);
	assert_false(banned(text, "198.51.101.0"));
	assert_false(banned(text, "10.1.1.10"));
}

static void rule__names_the_address_itself(void **state)
{
	static const char text[] = INPUT(
		RULE("input", 1, META("iif", "lo") "," ACCEPT) RULE("input", 2, STATE "," ACCEPT)
		RULE("input", 3, FROM("==", "{\"set\":[\"192.0.2.3\",{\"prefix\":{\"addr\":\"192.0.2.128\",\"len\":25}}]}") "," DROP)
		RULE("input", 4, TO("{\"range\":[22,25]}") "," FROM("==", "\"192.0.2.4\"") ",{\"log\":{\"prefix\":\"x\"}},{\"reject\":null}")
		RULE("input", 5, TO("80") "," FROM("==", "\"192.0.2.5\"") "," DROP)
		RULE("input", 6, LIMIT "," FROM("==", "\"192.0.2.6\"") "," DROP)
		RULE("input", 7, FROM("!=", "{\"prefix\":{\"addr\":\"192.0.0.0\",\"len\":16}}") "," DROP));

	(void)state;
	assert_true(banned(text, "192.0.2.3"));
	assert_int_equal(ban.handle, 3);
	assert_string_equal(ban.set, "");
	assert_true(banned(text, "192.0.2.200"));
	assert_true(banned(text, "192.0.2.4"));
	assert_int_equal(ban.handle, 4);
	assert_false(banned(text, "192.0.2.5")); /* another port */
	assert_false(banned(text, "192.0.2.6")); /* only above a rate */
	assert_true(banned(text, "203.0.113.1"));
	assert_false(banned(text, "127.0.0.1"));
	assert_false(banned(text, "2001:db8::1"));
}

static void accepted_before__is_not_banned(void **state)
{
	static const char text[] = INPUT(RULE("input", 1, FROM("==", "\"192.0.2.77\"") "," ACCEPT) RULE("input", 2, FROM("==", "\"@bad\"") "," DROP));
	static const char perhaps[] = INPUT(RULE("input", 1, META("iifname", "eth0") "," ACCEPT) RULE("input", 2, FROM("==", "\"@bad\"") "," DROP));
	static const char back[] = INPUT(RULE("input", 1, "{\"return\":null}") RULE("input", 2, FROM("==", "\"@bad\"") "," DROP));
	static const char queue[] = INPUT(RULE("input", 1, "{\"queue\":{\"num\":0}}") RULE("input", 2, FROM("==", "\"@bad\"") "," DROP));

	(void)state;
	assert_false(banned(text, "192.0.2.77"));
	assert_true(banned(text, "10.1.1.1"));
	assert_false(banned(perhaps, "10.1.1.1"));
	assert_false(banned(back, "10.1.1.1"));
	assert_false(banned(queue, "10.1.1.1"));
}

static void maps_and_jumps__are_followed(void **state)
{
	static const char text[] = INPUT(
		RULE("input", 1, "{\"vmap\":{\"key\":{\"payload\":{\"protocol\":\"ip\",\"field\":\"saddr\"}},\"data\":\"@verdicts\"}}")
		RULE("input", 2, "{\"vmap\":{\"key\":{\"payload\":{\"protocol\":\"ip\",\"field\":\"saddr\"}},\"data\":{\"set\":[[\"192.0.2.57\",{\"drop\":null}]]}}}")
		RULE("input", 3, "{\"jump\":{\"target\":\"extra\"}}") RULE("extra", 4, FROM("==", "\"192.0.2.200\"") "," DROP)
		RULE("input", 5, FROM("==", "\"192.0.2.56\"") "," DROP));

	(void)state;
	assert_true(banned(text, "192.0.2.55"));
	assert_false(banned(text, "192.0.2.56"));
	assert_true(banned(text, "192.0.2.57"));
	assert_false(ban.is_alone);
	assert_true(banned(text, "192.0.2.200"));
	assert_string_equal(ban.chain, "extra");
}

static void policy__what_no_rule_accepts(void **state)
{
	static const char text[] = LIST(CHAIN("inet", "filter", "input", "drop") RULE("input", 2, TO("80") "," ACCEPT) "{}");
	static const char open[] = LIST(CHAIN("inet", "filter", "input", "drop") RULE("input", 2, TO("{\"set\":[22,80]}") "," ACCEPT) "{}");

	(void)state;
	assert_true(banned(text, "192.0.2.1"));
	assert_int_equal(ban.handle, 0);
	assert_false(banned(open, "192.0.2.1"));
}

static void elsewhere__is_not_asked(void **state)
{
	static const char output[] = LIST("{\"chain\":{\"family\":\"inet\",\"table\":\"filter\",\"name\":\"input\",\"type\":\"filter\",\"hook\":\"output\"}},"
					  RULE("input", 1, DROP) "{}");
	static const char dormant[] = LIST("{\"table\":{\"family\":\"inet\",\"name\":\"filter\",\"flags\":[\"dormant\"]}},"
					   CHAIN("inet", "filter", "input", "accept") RULE("input", 1, DROP) "{}");

	(void)state;
	assert_false(banned(output, "192.0.2.1"));
	assert_false(banned(dormant, "192.0.2.1"));
}

/* other types than the manual names, loops, names that are too long: never a ban, and an end */
static void hostile__claims_nothing(void **state)
{
	static const char *const these[] = {
		"{}", "[]", "{\"nftables\":7}", "{\"nftables\":[null,1,\"x\",[],{\"chain\":[]},{\"chain\":{\"hook\":[],\"family\":{}}}]}",
		INPUT(RULE("input", 1, "{\"jump\":{\"target\":\"input\"}},{\"jump\":7}")),
		INPUT(RULE("input", 1, "{\"jump\":{\"target\":\"a\"}}") RULE("a", 2, "{\"jump\":{\"target\":\"a\"}}")
		      RULE("a", 3, "{\"jump\":{\"target\":\"a\"}}")),
		INPUT(RULE("input", 1, FROM("==", "{\"prefix\":{\"addr\":\"192.0.2.1\",\"len\":-1}}") "," DROP)),
		INPUT(RULE("input", 1, FROM("==", "{\"prefix\":{\"addr\":\"192.0.2.1\",\"len\":129}}") "," DROP)),
		INPUT(RULE("input", 1, FROM("==", "{\"range\":[\"x\"]}") "," DROP)),
		INPUT(RULE("input", 1, FROM("==", "\"@nothing\"") "," DROP)),
		INPUT(RULE("input", 1, FROM("<", "\"192.0.2.9\"") "," DROP)),
		INPUT(RULE("input", 1, "{\"match\":{\"left\":{\"concat\":[]},\"op\":\"==\",\"right\":\"x\"}}," DROP)),
		INPUT(RULE("input", 1, "{\"vmap\":{\"key\":7,\"data\":[]}}")),
		INPUT(RULE("input", 1, "{\"vmap\":{\"key\":{\"payload\":{\"protocol\":\"ip\",\"field\":\"saddr\"}},\"data\":\"@none\"}}")
		      RULE("input", 2, DROP)),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(these) / sizeof(these[0]); i++)
		assert_false(banned(these[i], "192.0.2.1"));
	assert_false(banned(F2B, ""));
	assert_false(banned(F2B, "192.0.2.9; x"));
	ka_nftban_judge(NULL, "192.0.2.9", 22, &ban);
	assert_false(ban.is_banned);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fail2ban__its_set_is_named),
		cmocka_unit_test(crowdsec__its_set_is_named),
		cmocka_unit_test(tools__a_condition_beside_the_address__is_a_ban_all_the_same),
		cmocka_unit_test(set__networks_and_ranges__hold_the_address),
		cmocka_unit_test(rule__names_the_address_itself),
		cmocka_unit_test(accepted_before__is_not_banned),
		cmocka_unit_test(maps_and_jumps__are_followed),
		cmocka_unit_test(policy__what_no_rule_accepts),
		cmocka_unit_test(elsewhere__is_not_asked),
		cmocka_unit_test(hostile__claims_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
