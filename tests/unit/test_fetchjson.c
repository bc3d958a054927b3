/* authkeys-fetch/fetchjson: a document by configuration: all of it, nothing, or refused. Single items are in test_fetchjsonitem. */
#include "authkeys-cmd/fetch/fetchjson.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "tests/unit/lib/jsonmap.h"

#include "base/poison.h"

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
	/* nor is what went wrong */
	assert_string_equal(map("{\"error\":\"etcdserver: no leader\",\"code\":14}"), "store.bad-answer");
	assert_string_equal(map("{\"errors\":[]}"), "store.bad-answer");
	assert_string_equal(map("{\"error\":null}"), "store.no-keys");
	assert_string_equal(map("{\"error\":\"\",\"kvs\":[{\"v\":\"k\"}]}"), "k\n");
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
	assert_string_equal(map(all), "k x\nl -\n");
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
		cmocka_unit_test(limits__items_lines_and_size__are_bounded),
		cmocka_unit_test(map__appends__and_keeps_the_highest_serial),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
