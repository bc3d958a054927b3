/* diag/rulelists on invented facts: each list by itself, and the first one decides. */
#include "diag/rulelists.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/factsample.h"

#include "base/poison.h"

/* alice is in alice and staff; her key stands in a file, so that nothing else keeps her out */
static int begin(void **state)
{
	int rc = factsample_plain(state);

	factsample_hit(factsample_there(0), 0, KA_REASON_NONE, KA_KEYSCAN_LISTED);
	factsample.offers[0].said = KA_OFFER_UNKNOWN;
	factsample.facts.groups.is_known = true;
	factsample.facts.groups.count = 2;
	put(factsample.facts.groups.name[0], "alice");
	put(factsample.facts.groups.name[1], "staff");
	return rc;
}

static enum ka_reason with(const char *lines)
{
	factsample_sshd(lines);
	return factsample_primary();
}

static void lists__table__the_first_that_refuses(void **state)
{
	static const struct {
		const char *lines;
		enum ka_reason reason;
	} table[] = {
		{ "denyusers alice", KA_REASON_SSHD_USER_DENIED },
		{ "denyusers alicf", KA_REASON_NONE },
		{ "denyusers bob\ndenyusers al*@192.0.2.0/24", KA_REASON_SSHD_USER_DENIED },
		{ "denyusers al*@198.51.100.0/24", KA_REASON_NONE },
		{ "allowusers bob", KA_REASON_SSHD_USER_NOT_ALLOWED },
		{ "allowusers bob\nallowusers alice", KA_REASON_NONE },
		{ "allowusers alice@198.51.100.1", KA_REASON_SSHD_USER_NOT_ALLOWED },
		{ "allowusers alice@192.0.2.7", KA_REASON_NONE },
		{ "allowusers alice\ndenyusers alice", KA_REASON_SSHD_USER_DENIED },
		{ "denygroups staff", KA_REASON_SSHD_GROUP_DENIED },
		{ "denygroups wheel\ndenygroups sta?f", KA_REASON_SSHD_GROUP_DENIED },
		{ "denygroups wheel", KA_REASON_NONE },
		{ "allowgroups wheel", KA_REASON_SSHD_GROUP_NOT_ALLOWED },
		{ "allowgroups wheel\nallowgroups alice", KA_REASON_NONE },
		{ "allowusers bob\nallowgroups wheel", KA_REASON_SSHD_USER_NOT_ALLOWED },
		{ "allowusers alice\nallowgroups wheel", KA_REASON_SSHD_GROUP_NOT_ALLOWED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		enum ka_reason got = with(table[i].lines);

		if (got != table[i].reason)
			fail_msg("%s: %s", table[i].lines, ka_reason_id(got));
		assert_int_equal(factsample.would_login, table[i].reason == KA_REASON_NONE);
	}
}

static void denied__entry_is_the_evidence(void **state)
{
	(void)state;
	assert_int_equal(with("denyusers bob\ndenyusers al*\ndenyusers carol"), KA_REASON_SSHD_USER_DENIED);
	assert_string_equal(factsample.evidence.detail, "DenyUsers al*");
	assert_int_equal(factsample.fix.commands, 0);
	assert_int_equal(with("denygroups wheel\ndenygroups staff"), KA_REASON_SSHD_GROUP_DENIED);
	assert_string_equal(factsample.evidence.detail, "DenyGroups staff");
	assert_string_equal(factsample.evidence.note, "the user's groups: alice staff");
}

static void not_allowed__whole_list_is_the_evidence(void **state)
{
	(void)state;
	assert_int_equal(with("allowusers bob\nallowusers carol"), KA_REASON_SSHD_USER_NOT_ALLOWED);
	assert_string_equal(factsample.evidence.detail, "AllowUsers bob carol");
	assert_string_equal(factsample.evidence.note, "no entry matches the user");
	assert_int_equal(with("allowusers bob\nallowusers alice@10.0.0.0/8"), KA_REASON_SSHD_USER_NOT_ALLOWED);
	assert_non_null(strstr(factsample.evidence.note, "other addresses than 192.0.2.7"));
}

static void not_allowed__one_group_that_exists__is_a_command(void **state)
{
	(void)state;
	factsample.facts.groups.wanted_exists = true;
	assert_int_equal(with("allowgroups wheel"), KA_REASON_SSHD_GROUP_NOT_ALLOWED);
	assert_int_equal(factsample.fix.commands, 1);
	assert_string_equal(factsample.fix.command[0], "usermod -aG wheel -- alice");
	assert_int_equal(with("allowgroups domain users"), KA_REASON_SSHD_GROUP_NOT_ALLOWED);
	assert_string_equal(factsample.fix.command[0], "usermod -aG 'domain users' -- alice");
	factsample.facts.groups.wanted_exists = false;
	assert_int_equal(with("allowgroups wheel"), KA_REASON_SSHD_GROUP_NOT_ALLOWED);
	assert_int_equal(factsample.fix.commands, 0);
}

static void lists__nobody_can_tell__say_nothing(void **state)
{
	(void)state;
	put(factsample.subject.address, "");
	assert_int_equal(with("allowusers alice@192.0.2.7"), KA_REASON_NONE);
	assert_int_equal(with("denyusers alice@192.0.2.7"), KA_REASON_NONE);
	assert_int_equal(with("allowusers bob@192.0.2.7"), KA_REASON_SSHD_USER_NOT_ALLOWED);
	factsample.facts.groups.is_cut = true;
	assert_int_equal(with("allowgroups wheel"), KA_REASON_NONE);
	assert_int_equal(with("denygroups staff"), KA_REASON_SSHD_GROUP_DENIED);
	factsample.facts.groups.is_known = false;
	factsample.facts.groups.count = 0;
	assert_int_equal(with("allowgroups wheel"), KA_REASON_NONE);
	factsample.facts.sshd.is_known = false;
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
}

static void lists__no_group_at_all__passes_neither_list_of_groups(void **state)
{
	(void)state;
	factsample.facts.groups.count = 0;
	assert_int_equal(with("denygroups wheel"), KA_REASON_SSHD_GROUP_NOT_ALLOWED);
	assert_string_equal(factsample.evidence.note, "the user's groups: none");
	assert_int_equal(with("allowusers alice"), KA_REASON_NONE);
}

static void lists__a_record_says_that_sshd_went_on__are_no_cause(void **state)
{
	(void)state;
	factsample.offers[0].said = KA_OFFER_NONE;
	assert_int_equal(with("denyusers alice"), KA_REASON_NONE);
	assert_true(factsample_has(KA_REASON_SSHD_USER_DENIED));
}

static void lists__more_groups_than_fit__note_is_cut(void **state)
{
	(void)state;
	factsample.facts.groups.count = 64;
	for (size_t i = 0; i < 64; i++)
		put(factsample.facts.groups.name[i], "a-rather-long-name");
	assert_int_equal(with("allowgroups wheel"), KA_REASON_SSHD_GROUP_NOT_ALLOWED);
	assert_string_equal(factsample.evidence.note + strlen(factsample.evidence.note) - 4, " ...");
}

/* the log and the configuration are one finding, and the finding has the list */
static void lists__log_says_the_same__is_one_item(void **state)
{
	static struct ka_said said;

	(void)state;
	assert_true(ka_said_make(ka_span_of("User alice from 192.0.2.7 not allowed because listed in DenyUsers"), true, 1, &said));
	factsample.subject.said = &said;
	factsample.subject.said_count = 1;
	factsample.subject.offers_count = factsample.facts.offers_count = 0;
	assert_int_equal(with("denyusers alice"), KA_REASON_SSHD_USER_DENIED);
	assert_int_equal(factsample.out.count, 1);
	assert_string_equal(factsample.evidence.detail, "DenyUsers alice");
	assert_int_equal(with("denyusers bob"), KA_REASON_SSHD_USER_DENIED); /* mended since */
	assert_string_equal(factsample.evidence.detail, said.message);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(lists__table__the_first_that_refuses, begin),
		cmocka_unit_test_setup(denied__entry_is_the_evidence, begin),
		cmocka_unit_test_setup(not_allowed__whole_list_is_the_evidence, begin),
		cmocka_unit_test_setup(not_allowed__one_group_that_exists__is_a_command, begin),
		cmocka_unit_test_setup(lists__nobody_can_tell__say_nothing, begin),
		cmocka_unit_test_setup(lists__no_group_at_all__passes_neither_list_of_groups, begin),
		cmocka_unit_test_setup(lists__a_record_says_that_sshd_went_on__are_no_cause, begin),
		cmocka_unit_test_setup(lists__more_groups_than_fit__note_is_cut, begin),
		cmocka_unit_test_setup(lists__log_says_the_same__is_one_item, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
