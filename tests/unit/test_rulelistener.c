/* diag/rulelistener: nothing listens, or a Match block refuses. */
#include "diag/rulelistener.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/factsample.h"

#include "base/poison.h"

static void effective(const char *text)
{
	assert_true(ka_sshdconf_parse(ka_span_of(text), &factsample.facts.sshd));
}

/* an sshd that should listen on 22, and nothing does */
static int make(void **state)
{
	factsample_plain(state);
	effective("usepam yes\nlistenaddress 0.0.0.0:22\n");
	factsample.offers[0].said = KA_OFFER_UNKNOWN;
	factsample.subject.by_hand = true;
	factsample.facts.daemon.unit = "ssh";
	factsample.facts.daemon.listener.is_asked = factsample.facts.daemon.ports.is_known = true;
	return 0;
}

static void silent__a_person_asks__is_the_reason(void **state)
{
	(void)state;
	assert_int_equal(factsample_primary(), KA_REASON_CONN_NOT_RUNNING);
	assert_string_equal(factsample.evidence.detail, "ListenAddress 0.0.0.0:22");
	assert_string_equal(factsample.fix.command[0], "systemctl restart ssh");
	assert_false(factsample.would_login);
}

static void silent__somebody_was_refused__is_not(void **state)
{
	(void)state;
	factsample.subject.by_hand = false;
	assert_int_not_equal(factsample_primary(), KA_REASON_CONN_NOT_RUNNING);
	assert_false(factsample_has(KA_REASON_CONN_NOT_RUNNING));
	factsample.subject.by_hand = true;
	factsample.offers[0].said = KA_OFFER_NONE; /* the last refusal has a record: sshd did listen */
	assert_int_not_equal(factsample_primary(), KA_REASON_CONN_NOT_RUNNING);
	assert_true(factsample_has(KA_REASON_CONN_NOT_RUNNING)); /* and is down now */
}

static void listens__is_no_reason(void **state)
{
	(void)state;
	factsample.facts.daemon.ports.count = 1;
	factsample.facts.daemon.ports.ports[0].number = 22;
	(void)factsample_primary();
	assert_false(factsample_has(KA_REASON_CONN_NOT_RUNNING));
}

static void doomed__is_secondary(void **state)
{
	(void)state;
	factsample.facts.sshd.is_known = false;
	factsample.facts.daemon.listener.is_found = factsample.facts.daemon.is_tested = true;
	factsample.facts.daemon.test_status = 255;
	assert_int_not_equal(factsample_primary(), KA_REASON_CONN_NOT_RUNNING);
	assert_true(factsample_has(KA_REASON_CONN_NOT_RUNNING));
}

static void wrapped__the_rule_is_named(void **state)
{
	(void)state;
	factsample.facts.daemon.ports.count = 1;
	factsample.facts.daemon.ports.ports[0].number = 22;
	factsample.facts.wrappers = (struct ka_wrappers){ .is_used = true, .path = "/etc/hosts.deny", .line = 4, .rule = "sshd: ALL" };
	assert_int_not_equal(factsample_primary(), KA_REASON_CONN_TCP_WRAPPERS);
	factsample.facts.wrappers.is_refused = true;
	assert_int_equal(factsample_primary(), KA_REASON_CONN_TCP_WRAPPERS);
	assert_string_equal(factsample.evidence.path, "/etc/hosts.deny");
	assert_int_equal(factsample.evidence.line, 4);
	assert_string_equal(factsample.evidence.detail, "sshd: ALL");
	assert_true(strstr(factsample.fix.advice, "hosts.deny") != NULL);
}

static void ban(const char *set, bool is_alone, enum ka_ban_tool tool)
{
	factsample.facts.daemon.ports.count = 1;
	factsample.facts.daemon.ports.ports[0].number = 22;
	put(factsample.subject.address, "192.0.2.9");
	factsample.facts.ban = (struct ka_ban){ .family = "inet", .table = "filter", .chain = "input", .handle = 7, .is_alone = is_alone, .tool = tool };
	put(factsample.facts.ban.set, set);
	assert_int_not_equal(factsample_primary(), KA_REASON_CONN_BANNED);
	factsample.facts.ban.is_banned = true;
	assert_int_equal(factsample_primary(), KA_REASON_CONN_BANNED);
}

static void banned__set_and_cure_are_named(void **state)
{
	(void)state;
	ban("bad", true, KA_BAN_TOOL_NONE);
	assert_string_equal(factsample.evidence.detail, "inet filter input handle 7, set bad");
	assert_string_equal(factsample.evidence.note, "it drops 192.0.2.9");
	assert_string_equal(factsample.fix.command[0], "nft delete element inet filter bad '{ 192.0.2.9 }'");
}

static void banned__by_a_tool__the_tool_lifts_it(void **state)
{
	(void)state;
	ban("addr-set-sshd", true, KA_BAN_TOOL_FAIL2BAN);
	assert_string_equal(factsample.fix.command[0], "fail2ban-client unban 192.0.2.9");
	factsample.facts.ban.tool = KA_BAN_TOOL_CROWDSEC;
	(void)factsample_primary();
	assert_string_equal(factsample.fix.command[0], "cscli decisions delete --ip 192.0.2.9");
}

/* with the network others would come in too */
static void banned__by_a_network_or_a_rule__is_advice(void **state)
{
	(void)state;
	ban("bad", false, KA_BAN_TOOL_NONE);
	assert_int_equal(factsample.fix.commands, 0);
	assert_true(strstr(factsample.fix.advice, "network") != NULL);
	factsample.facts.ban.set[0] = '\0';
	(void)factsample_primary();
	assert_true(strstr(factsample.fix.advice, "nft delete rule") != NULL);
	factsample.facts.ban.handle = 0;
	(void)factsample_primary();
	assert_string_equal(factsample.evidence.detail, "inet filter input policy drop");
	assert_true(strstr(factsample.fix.advice, "accept") != NULL);
}

static void banned__a_hostile_name__is_no_command(void **state)
{
	(void)state;
	ban("b\033[2J", true, KA_BAN_TOOL_NONE);
	assert_int_equal(factsample.fix.commands, 0);
	assert_string_not_equal(factsample.fix.advice, "");
}

static void dropped__just_now__is_the_reason(void **state)
{
	struct ka_recorded d = { .reason = KA_REASON_CONN_SOURCE_PENALTY, .at = "2026-08-01T10:30:00Z", .why = "last from 192.0.2.9" };

	(void)state;
	factsample.facts.daemon.ports.count = 1;
	factsample.facts.daemon.ports.ports[0].number = 22;
	factsample.subject.dropped = &d;
	assert_int_equal(factsample_primary(), KA_REASON_CONN_SOURCE_PENALTY);
	assert_string_equal(factsample.evidence.detail, "last from 192.0.2.9");
	assert_true(strstr(factsample.evidence.note, "10:30") != NULL);
	assert_true(strstr(factsample.fix.advice, "PerSourcePenaltyExemptList") != NULL);
	d.reason = KA_REASON_CONN_MAX_STARTUPS;
	effective("usepam yes\nlistenaddress 0.0.0.0:22\nmaxstartups 1:100:1\n");
	assert_int_equal(factsample_primary(), KA_REASON_CONN_MAX_STARTUPS);
	assert_string_equal(factsample.evidence.detail, "MaxStartups 1:100:1");
	d.reason = KA_REASON_NONE;
	assert_int_not_equal(factsample_primary(), KA_REASON_CONN_MAX_STARTUPS);
}

static void refused_by_configuration(void **state)
{
	(void)state;
	factsample.subject.by_hand = false;
	effective("usepam yes\nrefuseconnection no\n");
	assert_int_not_equal(factsample_primary(), KA_REASON_CONN_REFUSED_BY_CONFIG);
	effective("usepam yes\nRefuseConnection yes\n");
	assert_int_equal(factsample_primary(), KA_REASON_CONN_REFUSED_BY_CONFIG);
	assert_string_equal(factsample.evidence.detail, "RefuseConnection yes");
	assert_string_not_equal(factsample.fix.advice, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(silent__a_person_asks__is_the_reason, make),
		cmocka_unit_test_setup(silent__somebody_was_refused__is_not, make),
		cmocka_unit_test_setup(listens__is_no_reason, make),
		cmocka_unit_test_setup(doomed__is_secondary, make),
		cmocka_unit_test_setup(wrapped__the_rule_is_named, make),
		cmocka_unit_test_setup(banned__set_and_cure_are_named, make),
		cmocka_unit_test_setup(banned__by_a_tool__the_tool_lifts_it, make),
		cmocka_unit_test_setup(banned__by_a_network_or_a_rule__is_advice, make),
		cmocka_unit_test_setup(banned__a_hostile_name__is_no_command, make),
		cmocka_unit_test_setup(dropped__just_now__is_the_reason, make),
		cmocka_unit_test_setup(refused_by_configuration, make),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
