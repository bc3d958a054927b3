/* authkeys-fetch/fetchjsonitem: one item: its conditions, its expiry, its keys; what has the wrong type is a wrong answer. */
#include "authkeys-cmd/fetch/fetchjsonitem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "authkeys-cmd/fetch/fetchjson.h"
#include "base/err.h"
#include "tests/unit/lib/jsonmap.h"

#include "base/poison.h"

static void where__all_conditions__must_hold(void **state)
{
	(void)state;
	use("items = [*]\nkey = key\nwhere = usage_type != \"signing\" && active == true");
	assert_string_equal(map("[{\"key\":\"a\",\"active\":true},{\"key\":\"b\",\"usage_type\":\"signing\",\"active\":true},"
				"{\"key\":\"c\",\"usage_type\":\"auth\",\"active\":true},{\"key\":\"d\",\"active\":false},{\"key\":\"e\"},"
				"{\"key\":\"f\",\"active\":\"true\"}]"),
			    "a\nc\n");
	/* what is left out need not have a key at all */
	assert_string_equal(map("[{\"usage_type\":\"signing\"}]"), "store.no-keys");
	assert_string_equal(map("[{\"active\":true}]"), "store.bad-answer");
}

static void where__numbers_and_null__are_compared(void **state)
{
	(void)state;
	use("items = [*]\nkey = key\nwhere = n == 5");
	assert_string_equal(map("[{\"key\":\"a\",\"n\":5},{\"key\":\"b\",\"n\":\"5\"},{\"key\":\"c\",\"n\":6},{\"key\":\"d\",\"n\":null}]"), "a\nb\n");
	use("items = [*]\nkey = key\nwhere = n == -5");
	assert_string_equal(map("[{\"key\":\"a\",\"n\":-5},{\"key\":\"b\",\"n\":5}]"), "a\n");
	use("items = [*]\nkey = key\nwhere = gone == null");
	assert_string_equal(map("[{\"key\":\"a\"},{\"key\":\"b\",\"gone\":null},{\"key\":\"c\",\"gone\":0}]"), "a\nb\n");
	use("items = [*]\nkey = key\nwhere = gone != null");
	assert_string_equal(map("[{\"key\":\"a\"},{\"key\":\"b\",\"gone\":null},{\"key\":\"c\",\"gone\":0}]"), "c\n");
}

/* "!=" of several values would be true for ever, and serve what it should leave out */
static void where__a_path_to_several_values__is_bad(void **state)
{
	(void)state;
	use("items = [*]\nkey = key\nwhere = uses[*] != \"signing\"");
	assert_string_equal(map("[{\"key\":\"a\",\"uses\":[\"signing\",\"auth\"]}]"), "store.bad-answer");
	assert_string_equal(map("[{\"key\":\"a\",\"uses\":\"signing\"}]"), "store.bad-answer");
	assert_string_equal(map("[{\"key\":\"a\",\"uses\":[\"auth\"]}]"), "a\n");
	assert_string_equal(map("[{\"key\":\"a\",\"uses\":[\"signing\"]}]"), "store.no-keys");
}

static void expires__what_is_over__is_left_out(void **state)
{
	(void)state;
	use("items = [*]\nkey = key\nexpires = at\nexpires_unit = unix");
	assert_string_equal(map("[{\"key\":\"a\",\"at\":1600000000},{\"key\":\"b\",\"at\":1600000001},{\"key\":\"c\"},{\"key\":\"d\",\"at\":null},"
				"{\"key\":\"e\",\"at\":\"\"},{\"key\":\"f\",\"at\":\"1600000001\"}]"),
			    "b\nc\nd\ne\nf\n");
	assert_string_equal(map("[{\"key\":\"a\",\"at\":1}]"), "store.no-keys");
}

static void expires__that_cannot_be_read__is_bad(void **state)
{
	(void)state;
	use("items = [*]\nkey = key\nexpires = at");
	assert_string_equal(map("[{\"key\":\"a\",\"at\":\"2030-01-01T00:00:00Z\"}]"), "a\n");
	assert_string_equal(map("[{\"key\":\"a\",\"at\":\"soon\"}]"), "store.bad-answer");
	assert_string_equal(map("[{\"key\":\"a\",\"at\":17}]"), "store.bad-answer");
	assert_string_equal(map("[{\"key\":\"a\",\"at\":false}]"), "store.bad-answer");
	use("items = [*]\nkey = key\nexpires = at[*]");
	assert_string_equal(map("[{\"key\":\"a\",\"at\":[\"2010-01-01T00:00:00Z\",\"2030-01-01T00:00:00Z\"]}]"), "store.bad-answer");
}

static void options_and_label__stand_around_the_key(void **state)
{
	(void)state;
	use("items = [*]\nkey = key\nkey_options = o\nlabel = l");
	assert_string_equal(map("[{\"key\":\"ssh-x A\",\"o\":\"from=\\\"a b\\\"\",\"l\":\"Ann's key \xc3\xa9\\n\\u001b\"}]"),
			    "from=\"a b\" ssh-x A Ann%27s%20key%20%c3%a9%0a%1b\n");
	/* with a label each line ends in one, so that the comment that a key brings is never taken for it */
	assert_string_equal(map("[{\"key\":\"ssh-x A root@example.org\",\"o\":\"\",\"l\":null}]"), "ssh-x A root@example.org -\n");
	assert_string_equal(map("[{\"key\":\"ssh-x A\"}]"), "ssh-x A -\n");
	assert_string_equal(map("[{\"key\":\"k\",\"l\":-17}]"), "k -17\n");
	assert_string_equal(map("[{\"key\":\"k\",\"l\":9223372036854775807}]"), "k 9223372036854775807\n");
	assert_string_equal(map("[{\"key\":\"k\",\"l\":1.5}]"), "store.bad-answer");
	assert_string_equal(map("[{\"key\":\"k\",\"o\":1}]"), "store.bad-answer");
	assert_string_equal(map("[{\"key\":\"k\",\"l\":{}}]"), "store.bad-answer");
	assert_string_equal(map("[{\"key\":\"k\",\"o\":\"a\\nssh-x B\"}]"), "store.bad-answer");
	/* options of nothing are no line */
	assert_string_equal(map("[{\"key\":\"\",\"o\":\"restrict\"}]"), "store.no-keys");
	assert_string_equal(map("[{\"key\":\"# ssh-x A\",\"o\":\"restrict\"}]"), "store.no-keys");
}

static void split__several_keys_in_one_value(void **state)
{
	(void)state;
	use("items = .data\nkey = keys\nsplit = lines\nkey_options = o");
	assert_string_equal(map("{\"data\":{\"keys\":\"ssh-x A\\r\\n\\nssh-x B\\n# note\\n\",\"o\":\"restrict\"}}"),
			    "restrict ssh-x A\nrestrict ssh-x B\n");
	assert_string_equal(map("{\"data\":{\"keys\":\"\\n\"}}"), "store.no-keys");
	assert_string_equal(map("{\"data\":{\"keys\":\"ssh-x A\\rssh-x B\"}}"), "store.bad-answer");
	assert_string_equal(map("{\"data\":null}"), "store.no-keys");
}

static void keys__a_list_in_each_item__and_null_for_none(void **state)
{
	(void)state;
	use("items = [*]\nkey = keys[*]");
	assert_string_equal(map("[{\"keys\":[\"a\",\"b\"]},{\"keys\":[]},{\"keys\":null},{\"keys\":[null,\"c\"]}]"), "a\nb\nc\n");
	assert_string_equal(map("[{\"keys\":\"a\"}]"), "store.bad-answer");
	assert_string_equal(map("[{\"nokeys\":[]}]"), "store.bad-answer");
	use("items = [*]\nkey = keys.*");
	assert_string_equal(map("[{\"keys\":{\"x\":\"a\"}},{\"keys\":{}}]"), "a\n");
}

static void decode__base64__strictly(void **state)
{
	(void)state;
	use("items = [*]\nkey = Value\ndecode = base64\nsplit = lines");
	assert_string_equal(map("[{\"Value\":\"c3NoLXggQQpzc2gteCBCCg==\"}]"), "ssh-x A\nssh-x B\n");
	assert_string_equal(map("[{\"Value\":null}]"), "store.no-keys");
	assert_string_equal(map("[{\"Value\":\"\"}]"), "store.no-keys");
	assert_string_equal(map("[{\"Value\":\"c3NoLXggQQ\"}]"), "store.bad-answer");
	assert_string_equal(map("[{\"Value\":\"c3NoLXggQQ= =\"}]"), "store.bad-answer");
	assert_string_equal(map("[{\"Value\":\"ssh-x A\"}]"), "store.bad-answer");
	/* a NUL inside */
	assert_string_equal(map("[{\"Value\":\"YQBi\"}]"), "store.bad-answer");
}

static void serial__the_highest__or_bad_when_it_is_missing(void **state)
{
	(void)state;
	use("items = [*]\nkey = key\nserial = rev");
	assert_string_equal(map("[{\"key\":\"a\",\"rev\":3},{\"key\":\"b\",\"rev\":\"12\"},{\"key\":\"c\",\"rev\":7}]"), "a\nb\nc\n");
	assert_int_equal(serial, 12);
	assert_string_equal(map("[{\"key\":\"a\"}]"), "store.bad-answer");
	assert_string_equal(map("[{\"key\":\"a\",\"rev\":\"x\"}]"), "store.bad-answer");
	assert_string_equal(map("[{\"key\":\"a\",\"rev\":-1}]"), "store.bad-answer");
	assert_string_equal(map("[]"), "store.no-keys");
	assert_int_equal(serial, 0);
	use("items = .list[*]\nkey = key\nserial = $.meta.version");
	assert_string_equal(map("{\"meta\":{\"version\":9},\"list\":[{\"key\":\"a\"},{\"key\":\"b\"}]}"), "a\nb\n");
	assert_int_equal(serial, 9);
}

/* what stands where an item must be, and what an item may be */
static void item__of_the_wrong_type__is_bad(void **state)
{
	static const char *const items[] = { "5", "\"x\"", "true", "[]", "[{\"key\":\"k\"}]", "{}", "{\"key\":5}", "{\"key\":{}}", "{\"key\":[\"k\"]}",
					     "{\"key\":true}" };
	char text[64];

	(void)state;
	use("items = [*]\nkey = key");
	for (size_t i = 0; i < KA_ARRAY_LEN(items); i++) {
		snprintf(text, sizeof(text), "[{\"key\":\"a\"},%s]", items[i]);
		if (strcmp(map(text), "store.bad-answer") != 0)
			fail_msg("%s: %s", text, map(text));
	}
}

/* a number that does not fit 64 bits is no other number */
static void numbers__edges__are_read_or_bad(void **state)
{
	(void)state;
	use("items = [*]\nkey = key\nserial = rev");
	assert_string_equal(map("[{\"key\":\"a\",\"rev\":9223372036854775807}]"), "a\n");
	assert_int_equal(serial, INT64_MAX);
	assert_string_equal(map("[{\"key\":\"a\",\"rev\":9223372036854775808}]"), "store.bad-answer");
	assert_string_equal(map("[{\"key\":\"a\",\"rev\":\"9223372036854775808\"}]"), "store.bad-answer");
	assert_string_equal(map("[{\"key\":\"a\",\"rev\":1.5}]"), "store.bad-answer");
	assert_string_equal(map("[{\"key\":\"a\",\"rev\":true}]"), "store.bad-answer");
	use("items = [*]\nkey = key\nwhere = n == 1");
	assert_string_equal(map("[{\"key\":\"a\",\"n\":1.0},{\"key\":\"b\",\"n\":true},{\"key\":\"c\",\"n\":[1]},{\"key\":\"d\",\"n\":1}]"), "d\n");
}

/* the second in which a key expires is over */
static void expires__second_before_at_and_behind(void **state)
{
	static const struct { const char *unit, *value; bool served; } rows[] = {
		{ "unix", "1599999999", false }, { "unix", "1600000000", false }, { "unix", "1600000001", true },
		{ "rfc3339", "\"2020-09-13T12:26:40Z\"", false }, { "rfc3339", "\"2020-09-13T12:26:41Z\"", true },
		{ "rfc3339", "\"2020-09-13T14:26:41+02:00\"", true }, { "rfc3339", "\"2020-09-13T14:26:40+02:00\"", false },
	};
	char text[128];

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		snprintf(text, sizeof(text), "items = [*]\nkey = key\nexpires = at\nexpires_unit = %s", rows[i].unit);
		use(text);
		snprintf(text, sizeof(text), "[{\"key\":\"a\",\"at\":%s}]", rows[i].value);
		if (strcmp(map(text), rows[i].served ? "a\n" : "store.no-keys") != 0)
			fail_msg("%s: %s", text, out);
	}
}

/* a label is cut, not refused, and nothing of it ends the line or moves a cursor */
static void label__lengths_and_bytes__one_word(void **state)
{
	static char text[1024];

	(void)state;
	use("items = [*]\nkey = key\nlabel = l");
	for (size_t n = KA_LABEL_MAX - 1; n <= KA_LABEL_MAX + 1; n++) {
		snprintf(text, sizeof(text), "[{\"key\":\"k\",\"l\":\"%0*d\"}]", (int)n, 0);
		assert_int_equal(strlen(map(text)), 3 + (n < KA_LABEL_MAX ? n : KA_LABEL_MAX));
	}
	assert_string_equal(map("[{\"key\":\"k\",\"l\":\"a\\u001b[2J\\r\\n\\t\\u007f b#\"}]"), "k a%1b%5b2J%0d%0a%09%7f%20b%23\n");
	assert_string_equal(map("[{\"key\":\"k\",\"l\":\" \\t \"}]"), "k -\n");
}

/* key, options, label and what stands between them are one line of the length that a line may have */
static void line__longest__and_one_more(void **state)
{
	static char text[2 * KA_LINE_MAX];
	size_t room = KA_LINE_MAX - KA_LABEL_WORD_MAX - 2;

	(void)state;
	use("items = [*]\nkey = key\nkey_options = o");
	for (size_t n = room - 1; n <= room + 1; n++) {
		snprintf(text, sizeof(text), "[{\"key\":\"%0*d\",\"o\":\"restrict\"}]", (int)(n - strlen("restrict")), 0);
		if (n <= room)
			assert_int_equal(strlen(map(text)), n + 2);
		else
			assert_string_equal(map(text), "store.too-large");
	}
}

/* as many keys as a document may have in one item, and what is decoded is no larger than a document */
static void keys__of_one_item__up_to_the_limit(void **state)
{
	static char text[KA_STORE_BODY_MAX * 2];

	(void)state;
	use("items = [*]\nkey = keys[*]");
	for (int n = KA_STORE_KEYS_MAX - 1; n <= KA_STORE_KEYS_MAX + 1; n++) {
		size_t len = (size_t)snprintf(text, sizeof(text), "[{\"keys\":[\"k\"");

		for (int i = 1; i < n; i++)
			len += (size_t)snprintf(text + len, sizeof(text) - len, ",\"k\"");
		snprintf(text + len, sizeof(text) - len, "]}]");
		if (n <= KA_STORE_KEYS_MAX)
			assert_int_equal(strlen(map(text)), 2 * n);
		else
			assert_string_equal(map(text), "store.too-large");
	}
	use("items = [*]\nkey = key\ndecode = base64\nsplit = lines");
	memset(text, 'A', sizeof(text));
	memcpy(text, "[{\"key\":\"", 9);
	memcpy(text + 9 + KA_STORE_BODY_MAX / 3 * 4 + 8, "\"}]", 4);
	assert_string_equal(map(text), "store.too-large");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(where__all_conditions__must_hold),
		cmocka_unit_test(where__numbers_and_null__are_compared),
		cmocka_unit_test(where__a_path_to_several_values__is_bad),
		cmocka_unit_test(expires__what_is_over__is_left_out),
		cmocka_unit_test(expires__that_cannot_be_read__is_bad),
		cmocka_unit_test(options_and_label__stand_around_the_key),
		cmocka_unit_test(split__several_keys_in_one_value),
		cmocka_unit_test(keys__a_list_in_each_item__and_null_for_none),
		cmocka_unit_test(decode__base64__strictly),
		cmocka_unit_test(serial__the_highest__or_bad_when_it_is_missing),
		cmocka_unit_test(item__of_the_wrong_type__is_bad),
		cmocka_unit_test(numbers__edges__are_read_or_bad),
		cmocka_unit_test(expires__second_before_at_and_behind),
		cmocka_unit_test(label__lengths_and_bytes__one_word),
		cmocka_unit_test(line__longest__and_one_more),
		cmocka_unit_test(keys__of_one_item__up_to_the_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
