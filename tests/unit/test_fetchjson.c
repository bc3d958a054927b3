/* authkeys-fetch/fetchjson and fetchjsonitem: a document by configuration: all of it, nothing, or refused. */
#include "authkeys-cmd/fetch/fetchjson.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "tests/unit/lib/fetchsource.h"

#include "base/poison.h"

#define NOW 1600000000

static char out[KA_STORE_BODY_MAX + 1];
static int64_t serial;
static const struct ka_conf_source *source;

static void use(const char *lines)
{
	char text[2048];
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	ka_buf_text(&b, "format = json\n");
	ka_buf_text(&b, lines);
	source = fetchsource(text);
}

static const char *map_bytes(const char *json, size_t len)
{
	enum ka_reason reason;
	struct ka_buf b;

	ka_buf_init_array(&b, out);
	serial = 0;
	reason = ka_fetchjson_map(source, (struct ka_span){ (const uint8_t *)json, len }, NOW, &b, &serial);
	return reason == KA_REASON_NONE ? out : ka_reason_id(reason);
}

static const char *map(const char *json)
{
	return map_bytes(json, strlen(json));
}

static void items__a_list__becomes_lines(void **state)
{
	(void)state;
	use("items = [*]\nkey = key");
	assert_string_equal(map("[{\"key\":\"ssh-ed25519 A\"},{\"key\":\"ssh-rsa B c\",\"id\":1}]"), "ssh-ed25519 A\nssh-rsa B c\n");
	assert_string_equal(map("[]"), "store.no-keys");
	assert_string_equal(map("[{\"key\":null}]"), "store.no-keys");
	assert_string_equal(map("[null]"), "store.no-keys");
	assert_string_equal(map("[{\"key\":\"\"},{\"key\":\" \"}]"), "store.no-keys");
	assert_string_equal(map("[{\"key\":null},{\"key\":\"k\"}]"), "k\n");
}

static void items__a_single_object__is_a_list_of_one(void **state)
{
	(void)state;
	use("key = key");
	assert_string_equal(map("{\"key\":\"k\"}"), "k\n");
	use("");
	assert_string_equal(map("\"k\""), "k\n");
	use("items = .keys[*]");
	assert_string_equal(map("{\"keys\":[\"k\",\"l\"]}"), "k\nl\n");
}

static void items__absent__means_what_is_said(void **state)
{
	(void)state;
	use("items = .kvs[*]\nkey = v");
	assert_string_equal(map("{}"), "store.bad-answer");
	assert_string_equal(map("{\"kvs\":null}"), "store.bad-answer");
	use("items = .kvs[*]\nkey = v\nitems_absent = no-keys");
	assert_string_equal(map("{}"), "store.no-keys");
	assert_string_equal(map("{\"kvs\":null}"), "store.no-keys");
	/* what is there and wrong is never nothing */
	assert_string_equal(map("{\"kvs\":{}}"), "store.bad-answer");
	assert_string_equal(map("{\"kvs\":\"\"}"), "store.bad-answer");
	assert_string_equal(map("[]"), "store.bad-answer");
	assert_string_equal(map("{\"kvs\":[{}]}"), "store.bad-answer");
}

static void document__that_does_not_fit__is_bad(void **state)
{
	static const char *const wrong[] = {
		"", " ", "x", "<html>", "[", "[{\"key\":\"k\"}", "[{\"key\":\"k\"}] x", "[{\"key\":\"k\"}][]", "[{\"key\":\"k\",}]",
		"{\"key\":\"k\"}", "[{}]", "[{\"Key\":\"k\"}]", "[{\"key\":1}]", "[{\"key\":[\"k\"]}]", "[{\"key\":true}]", "[\"k\"]", "[1]",
		"[{\"key\":\"a\\u0000b\"}]", "[{\"key\":\"\xff\"}]", "{\"message\":\"rate limited\"}", "null", "\"k\"",
		"[{\"key\":\"k\\nl\"}]", "[{\"key\":\"k\\rl\"}]", "[{\"key\":\"k\"},{}]", "[{\"key\":1e999}]", "// x\n[]",
	};

	(void)state;
	use("items = [*]\nkey = key");
	for (size_t i = 0; i < KA_ARRAY_LEN(wrong); i++)
		assert_string_equal(map(wrong[i]), "store.bad-answer");
	assert_string_equal(map_bytes("[{\"key\":\"k\"}]\0", 14), "store.bad-answer");
	assert_string_equal(map("\n[ { \"key\" : \"k\\n\" } ]\n"), "k\n");
}

static void document__a_name_twice_in_an_object__is_bad(void **state)
{
	(void)state;
	use("items = [*]\nkey = key");
	assert_string_equal(map("[{\"key\":\"k\",\"key\":\"l\"}]"), "store.bad-answer");
	assert_string_equal(map("[{\"key\":\"k\",\"x\":{\"y\":1,\"y\":1}}]"), "store.bad-answer");
	assert_string_equal(map("[{\"key\":\"k\",\"\\u006bey\":\"l\"}]"), "store.bad-answer");
	assert_string_equal(map("[{\"key\":\"k\"},{\"key\":\"l\"}]"), "k\nl\n");
}

static void document__too_deep__is_bad(void **state)
{
	char text[4 * KA_FETCH_JSON_DEPTH_MAX];

	(void)state;
	use("key = key");
	for (int deep = 0; deep < 2; deep++) {
		struct ka_buf b;

		ka_buf_init_array(&b, text);
		ka_buf_text(&b, "{\"key\":\"k[[[[[\\\"[[[[[{{{{{{{{{{{{{{{{{{{{{{{{{{{\",\"x\":");
		for (int i = 1; i < KA_FETCH_JSON_DEPTH_MAX + deep; i++)
			ka_buf_char(&b, '[');
		for (int i = 1; i < KA_FETCH_JSON_DEPTH_MAX + deep; i++)
			ka_buf_char(&b, ']');
		ka_buf_char(&b, '}');
		assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
		assert_string_equal(map(text), deep ? "store.bad-answer" : "k[[[[[\"[[[[[{{{{{{{{{{{{{{{{{{{{{{{{{{{\n");
	}
}

static void document__cut_anywhere__is_bad(void **state)
{
	static const char all[] = "[{\"key\":\"k\",\"t\":\"x\"},{\"key\":\"l\"}]";

	(void)state;
	use("items = [*]\nkey = key\nlabel = t");
	for (size_t n = 0; n + 1 < sizeof(all); n++) {
		char *copy = malloc(n + 1);

		assert_non_null(copy);
		memcpy(copy, all, n);
		assert_string_equal(map_bytes(copy, n), "store.bad-answer");
		free(copy);
	}
	assert_string_equal(map(all), "k x\nl\n");
}

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
			    "from=\"a b\" ssh-x A Ann's_key_____\n");
	assert_string_equal(map("[{\"key\":\"k\",\"o\":\"\",\"l\":null}]"), "k\n");
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

static void limits__items_lines_and_size__are_bounded(void **state)
{
	char *text = malloc(2 * 1024 * 1024);
	struct ka_buf b;

	(void)state;
	assert_non_null(text);
	use("items = [*]\nkey = key");
	ka_buf_init(&b, text, 2 * 1024 * 1024);
	for (int n = 0; n <= KA_STORE_KEYS_MAX; n++)
		ka_buf_text(&b, n == 0 ? "[{\"key\":\"k\"}" : ",{\"key\":\"k\"}");
	ka_buf_char(&b, ']');
	assert_string_equal(map(text), "store.too-large");
	ka_buf_cut(&b, b.len - strlen(",{\"key\":\"k\"}]"));
	ka_buf_char(&b, ']');
	assert_int_equal(strlen(map(text)), 2 * KA_STORE_KEYS_MAX);
	/* one line */
	ka_buf_cut(&b, 0);
	ka_buf_text(&b, "[{\"key\":\"");
	while (b.len < KA_LINE_MAX)
		ka_buf_char(&b, 'k');
	ka_buf_text(&b, "kkkkkkkkkkkkkkkkkkk\"}]");
	assert_string_equal(map(text), "store.too-large");
	/* all of it */
	ka_buf_cut(&b, 0);
	for (int n = 0; n < 40; n++) {
		ka_buf_text(&b, n == 0 ? "[{\"key\":\"" : ",{\"key\":\"");
		for (int i = 0; i < 10000; i++)
			ka_buf_char(&b, 'k');
		ka_buf_text(&b, "\"}");
	}
	ka_buf_char(&b, ']');
	assert_string_equal(map(text), "store.too-large");
	free(text);
}

/* pages: what is there stays, a page adds to it, an empty one is told */
static void map__appends__and_keeps_the_highest_serial(void **state)
{
	struct ka_buf b;

	(void)state;
	use("items = [*]\nkey = key\nserial = rev");
	ka_buf_init_array(&b, out);
	serial = 0;
	assert_int_equal(ka_fetchjson_map(source, ka_span_of("[{\"key\":\"a\",\"rev\":5}]"), NOW, &b, &serial), KA_REASON_NONE);
	assert_int_equal(ka_fetchjson_map(source, ka_span_of("[{\"key\":\"b\",\"rev\":4}]"), NOW, &b, &serial), KA_REASON_NONE);
	assert_int_equal(ka_fetchjson_map(source, ka_span_of("[]"), NOW, &b, &serial), KA_REASON_STORE_NO_KEYS);
	assert_string_equal(out, "a\nb\n");
	assert_int_equal(serial, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(items__a_list__becomes_lines),
		cmocka_unit_test(items__a_single_object__is_a_list_of_one),
		cmocka_unit_test(items__absent__means_what_is_said),
		cmocka_unit_test(document__that_does_not_fit__is_bad),
		cmocka_unit_test(document__a_name_twice_in_an_object__is_bad),
		cmocka_unit_test(document__too_deep__is_bad),
		cmocka_unit_test(document__cut_anywhere__is_bad),
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
		cmocka_unit_test(limits__items_lines_and_size__are_bounded),
		cmocka_unit_test(map__appends__and_keeps_the_highest_serial),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
