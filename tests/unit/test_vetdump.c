/* keyaudit/vet/vetdump: both forms of a line, and what is none. */
#include "keyaudit/vet/vetdump.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"

#include "base/poison.h"

static struct ka_vetdump dump;

static void read__both_forms__account_and_line(void **state)
{
	static const struct { const char *text, *account, *line; } rows[] = {
		{ "alice\tssh-ed25519 AAAA me", "alice", "ssh-ed25519 AAAA me" },
		{ "alice@web1\tfrom=\"a\"\tssh-rsa\tAAAA", "alice@web1", "from=\"a\"\tssh-rsa\tAAAA" },
		{ "a b\t", "a b", "" },
		{ "alice\t# ssh-rsa AAAA\r", "alice", "# ssh-rsa AAAA\r" },
		{ "{\"account\":\"alice\",\"line\":\"ssh-rsa AAAA\"}", "alice", "ssh-rsa AAAA" },
		{ " {\"line\":\"\",\"host\":\"web1\",\"n\":[1,{}],\"account\":\"\\u0061\\tb\"} \r", "a\tb", "" },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		assert_int_equal(ka_vetdump_read(ka_span_of(rows[i].text), &dump), KA_VETDUMP_KEY);
		assert_true(ka_span_is(dump.account, rows[i].account));
		assert_true(ka_span_is(dump.line, rows[i].line));
	}
}

static void read__blank_and_comment__nothing(void **state)
{
	static const char *const lines[] = { "", " ", "\t", "\r", "# alice\tssh-rsa", "  # x" };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(lines); i++)
		assert_int_equal(ka_vetdump_read(ka_span_of(lines[i]), &dump), KA_VETDUMP_NOTHING);
}

static void read__anything_else__is_broken(void **state)
{
	static const char *const lines[] = {
		"ssh-rsa AAAA", "\tssh-rsa AAAA", "{", "{}", "{\"account\":\"a\"}", "{\"line\":\"a\"}", "{\"account\":\"\",\"line\":\"a\"}",
		"{\"account\":1,\"line\":\"a\"}", "{\"account\":\"a\",\"line\":null}", "{\"account\":\"a\",\"account\":\"b\",\"line\":\"c\"}",
		"{\"account\":\"a\",\"line\":\"b\"} x", "{\"account\":\"a\",\"line\":\"\xff\"}",
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(lines); i++)
		assert_int_equal(ka_vetdump_read(ka_span_of(lines[i]), &dump), KA_VETDUMP_BROKEN);
}

static void read__long_account__is_broken_and_no_other_account(void **state)
{
	char text[KA_VET_ACCOUNT_MAX + 64];

	(void)state;
	memset(text, 'a', sizeof(text));
	text[KA_VET_ACCOUNT_MAX] = '\t';
	text[KA_VET_ACCOUNT_MAX + 1] = '\0';
	assert_int_equal(ka_vetdump_read(ka_span_of(text), &dump), KA_VETDUMP_KEY);
	assert_int_equal(dump.account.len, KA_VET_ACCOUNT_MAX);
	memcpy(text + KA_VET_ACCOUNT_MAX, "a\tx", 4);
	assert_int_equal(ka_vetdump_read(ka_span_of(text), &dump), KA_VETDUMP_BROKEN);
	memcpy(text, "{\"account\":\"", 12);
	memcpy(text + 12 + KA_VET_ACCOUNT_MAX + 1, "\",\"line\":\"x\"}", 14);
	assert_int_equal(ka_vetdump_read(ka_span_of(text), &dump), KA_VETDUMP_BROKEN);
}

/* a NUL in a text of JSON stays what it is: the judge refuses the line for it */
static void read__long_line_and_nul__reach_the_judge(void **state)
{
	static char text[2 * KA_LINE_MAX];
	size_t n = 0;

	(void)state;
	assert_int_equal(ka_vetdump_read(ka_span_of("{\"account\":\"a\",\"line\":\"b\\u0000c\"}"), &dump), KA_VETDUMP_KEY);
	assert_int_equal(dump.line.len, 3);
	memcpy(text, "{\"account\":\"a\",\"line\":\"", n = 23);
	memset(text + n, 'x', KA_LINE_MAX + 100);
	n += KA_LINE_MAX + 100;
	memcpy(text + n, "\"}", 3);
	assert_int_equal(ka_vetdump_read(ka_span_of(text), &dump), KA_VETDUMP_KEY);
	assert_int_equal(dump.line.len, KA_LINE_MAX + 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(read__both_forms__account_and_line),
		cmocka_unit_test(read__blank_and_comment__nothing),
		cmocka_unit_test(read__anything_else__is_broken),
		cmocka_unit_test(read__long_account__is_broken_and_no_other_account),
		cmocka_unit_test(read__long_line_and_nul__reach_the_judge),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
