/* store/signedindex: found, absent by signed words, and never "absent" where a line was not understood. */
#include "store/signedindex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/poison.h"

#define H "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define FOUND KA_SIGNEDINDEX_FOUND
#define ABSENT KA_SIGNEDINDEX_ABSENT
#define BAD KA_SIGNEDINDEX_BAD

static struct ka_signedindex_entry entry;

static enum ka_signedindex_answer find(const char *body, const char *user)
{
	struct ka_signeddoc doc = { .kind = KA_SIGNEDDOC_INDEX, .body = ka_span_of(body) };

	return ka_signedindex_find(&doc, user, &entry);
}

static void user__listed__serial_and_hash(void **state)
{
	(void)state;
	assert_int_equal(find("# all\n\nalice 42 " H "\nbob 7 " H "\n", "bob"), FOUND);
	assert_int_equal(entry.serial, 7);
	assert_int_equal(entry.sha256[0], 0xe3);
	assert_int_equal(entry.sha256[31], 0x55);
	assert_true(ka_span_is(entry.user, "bob"));
}

static void index__answers(void **state)
{
	static const struct { const char *body, *user; enum ka_signedindex_answer answer; } rows[] = {
		{ "", "alice", ABSENT },
		{ "# alice 42 " H "\n", "alice", ABSENT },
		{ "alice 42 " H "\n", "alic", ABSENT },
		{ "alice 42 " H "\n", "alicee", ABSENT },
		{ "alice 42 " H "\n", "Alice", ABSENT },
		{ "alice 42 " H "\n", "", ABSENT },
		{ "alice 42 " H "\n", "alice", FOUND },
		{ "alice 42 " H, "alice", FOUND },
		{ "alice 42 " H "\nalice 43 " H "\n", "alice", BAD },
		{ "alice 42 " H "\nalice 42 " H "\n", "bob", ABSENT }, /* says nothing about alice, but is clear about bob */
		{ "alice 42 " H "\nbob 7\n", "alice", BAD }, /* the rest was not understood: alice may stand there again */
		{ "alice 42 " H "\nbob 7\n", "carol", BAD },
		{ "alice 042 " H "\n", "alice", BAD },
		{ "alice 0 " H "\n", "alice", BAD },
		{ "alice 42  " H "\n", "alice", BAD },
		{ "alice\t42 " H "\n", "alice", BAD },
		{ " alice 42 " H "\n", "alice", BAD },
		{ "alice 42 " H " \n", "alice", BAD },
		{ "alice 42 " H " x\n", "alice", BAD },
		{ "alice 42 e3b0\n", "alice", BAD },
		{ "alice 42 E3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n", "alice", BAD },
		{ "alice 42 x3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n", "alice", BAD },
		{ "alice\n", "alice", BAD },
		{ "../x 42 " H "\n", "alice", BAD },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (find(rows[i].body, rows[i].user) != rows[i].answer)
			fail_msg("row %zu: %s", i, rows[i].body);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(user__listed__serial_and_hash), cmocka_unit_test(index__answers) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
