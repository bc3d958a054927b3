/* keyaudit/allshow: the table names what is not well and counts the rest; the JSON has every account, as docs/json.md says. */
#include "keyaudit/doctor/allshow.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "tests/unit/lib/caught.h"

#include "base/poison.h"

#define EVIL "\x1b[2J\n\r\x07\xc2\x9b"

static char names[4][KA_USER_NAME_MAX];
static char *pointers[4] = { names[0], names[1], names[2], names[3] };
static struct ka_allusers_passwd passwd[4] = { { .uid = 1001 }, { .uid = 1002 }, { .uid = 1003 }, { .uid = 1004 } };
static struct ka_alluser found[4];
static struct ka_allusers all = { .count = 4, .name = pointers, .passwd = passwd, .found = found };

static int begin(void **state)
{
	static const char *const names_then[] = { "alice", "bob", "carol", "dora" };

	(void)state;
	memset(found, 0, sizeof(found));
	memset(all.sum, 0, sizeof(all.sum));
	for (size_t i = 0; i < 4; i++)
		assert_true(ka_span_copy(ka_span_of(names_then[i]), names[i], sizeof(names[i])));
	found[0] = (struct ka_alluser){ .state = KA_ALLUSER_FAIL, .reason = KA_REASON_PERM_GROUP_WRITABLE, .keys = 3, .path = "/home/alice/.ssh" };
	found[1] = (struct ka_alluser){ .state = KA_ALLUSER_OK, .keys = 2 };
	found[2] = (struct ka_alluser){ .state = KA_ALLUSER_WARN, .reason = KA_REASON_LINE_WRAPPED, .keys = 1, .warnings = 1, .line = 4, .path = "/k" };
	found[3] = (struct ka_alluser){ .state = KA_ALLUSER_NONE };
	for (size_t i = 0; i < 4; i++)
		all.sum[found[i].state]++;
	return 0;
}

static void text__some_not_well__named_worst_last_and_summed(void **state)
{
	(void)state;
	caught_begin();
	ka_allshow_text(&all);
	caught_end();
	assert_string_equal(caught_out, " warn carol     1  line.wrapped  /k:4\n"
					" FAIL alice     3  perm.group-writable  /home/alice/.ssh\n"
					"\n 4 accounts: 1 ok, 1 warn, 1 FAIL, 1 without keys\n keyaudit doctor USER says more of one.\n");
}

static void text__hostile_name_and_path__are_escaped(void **state)
{
	(void)state;
	assert_true(ka_span_copy(ka_span_of(EVIL), names[0], sizeof(names[0])));
	assert_true(ka_span_copy(ka_span_of(EVIL), found[0].path, sizeof(found[0].path)));
	caught_begin();
	ka_allshow_text(&all);
	caught_end();
	assert_true(caught_is_plain(caught_out));
	assert_null(strchr(caught_out, '\x1b'));
}

static void json__every_account_then_the_sum(void **state)
{
	static const char *const want[] = {
		"{\"schema\":\"keyaudit.doctor-account/1\",\"user\":\"alice\",\"uid\":1001,\"state\":\"fail\",\"keys\":3,\"warnings\":0,"
		"\"reason\":\"perm.group-writable\",\"path\":\"/home/alice/.ssh\"}",
		"{\"schema\":\"keyaudit.doctor-account/1\",\"user\":\"bob\",\"uid\":1002,\"state\":\"ok\",\"keys\":2,\"warnings\":0}",
		"{\"schema\":\"keyaudit.doctor-account/1\",\"user\":\"carol\",\"uid\":1003,\"state\":\"warn\",\"keys\":1,\"warnings\":1,"
		"\"reason\":\"line.wrapped\",\"path\":\"/k\",\"line\":4}",
		"{\"schema\":\"keyaudit.doctor-account/1\",\"user\":\"dora\",\"uid\":1004,\"state\":\"none\",\"keys\":0,\"warnings\":0}",
		"{\"schema\":\"keyaudit.doctor-accounts/1\",\"version\":\"" KA_VERSION "\",\"accounts\":4,\"ok\":1,\"none\":1,\"warn\":1,\"fail\":1,\"unknown\":0}",
	};
	const char *p;

	(void)state;
	caught_begin();
	ka_allshow_json(&all);
	caught_end();
	p = caught_out;
	for (size_t i = 0; i < KA_ARRAY_LEN(want); i++) {
		size_t n = strcspn(p, "\n");
		json_t *got = json_loadb(p, n, JSON_REJECT_DUPLICATES, NULL), *wanted = json_loads(want[i], 0, NULL);

		assert_non_null(wanted);
		if (!json_equal(got, wanted))
			fail_msg("%s", p);
		json_decref(got);
		json_decref(wanted);
		p += n + 1;
	}
	assert_string_equal(p, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(text__some_not_well__named_worst_last_and_summed, begin),
		cmocka_unit_test_setup(text__hostile_name_and_path__are_escaped, begin),
		cmocka_unit_test_setup(json__every_account_then_the_sum, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
