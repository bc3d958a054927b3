/* audit/jsonout: whatever goes in, JSON comes out. */
#include "audit/jsonout.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/text.h"

#include "base/poison.h"

static void write__shapes__have_their_commas(void **state)
{
	char out[256];
	struct ka_buf b;

	(void)state;
	ka_buf_init_array(&b, out);
	ka_jsonout_object(&b, NULL);
	ka_jsonout_array(&b, "a");
	ka_jsonout_array_end(&b);
	ka_jsonout_array(&b, "b");
	ka_jsonout_plain(&b, NULL, "{");
	ka_jsonout_u64(&b, NULL, UINT64_MAX);
	ka_jsonout_object(&b, NULL);
	ka_jsonout_object_end(&b);
	ka_jsonout_object(&b, NULL);
	ka_jsonout_bool(&b, "t", true);
	ka_jsonout_bool(&b, "f", false);
	ka_jsonout_object_end(&b);
	ka_jsonout_array_end(&b);
	ka_jsonout_i64(&b, "n", -7);
	ka_jsonout_mode(&b, "m", 0100044); /* only the permissions of it */
	ka_jsonout_object_end(&b);
	assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
	assert_string_equal(out, "{\"a\":[],\"b\":[\"{\",18446744073709551615,{},{\"t\":true,\"f\":false}],\"n\":-7,\"m\":\"0044\"}");
}

static void text__hostile__is_escaped_twice(void **state)
{
	char out[256];
	struct ka_buf b;

	(void)state;
	ka_buf_init_array(&b, out);
	ka_jsonout_text(&b, NULL, ka_span_of("a\"\\\x1b[2J\n\xff\xe2\x80\xae\xc3\xab"), 200);
	assert_string_equal(out, "\"a\\\"\\\\x5c\\\\x1b[2J\\\\x0a\\\\xff\\\\xe2\\\\x80\\\\xae\xc3\xab\"");
	ka_buf_cut(&b, 0);
	ka_jsonout_plain(&b, NULL, "a\"\\\x1b\n\x7f\xff");
	assert_string_equal(out, "\"a\\\"\\\\\\u001b\\u000a\\u007f\\\\xff\"");
}

static void text__too_long__is_cut(void **state)
{
	static char big[3 * KA_JSONOUT_TEXT_MAX], out[3 * KA_JSONOUT_TEXT_MAX];
	struct ka_buf b;

	(void)state;
	memset(big, 'x', sizeof(big) - 1);
	ka_buf_init_array(&b, out);
	ka_jsonout_text(&b, NULL, ka_span_of(big), 10);
	assert_string_equal(out, "\"xxxxxxx...\"");
	ka_buf_cut(&b, 0);
	ka_jsonout_text(&b, NULL, ka_span_of(big), SIZE_MAX);
	assert_int_equal(b.len, KA_JSONOUT_TEXT_MAX - 1 + 2);
}

static void overflow__is_sticky(void **state)
{
	char out[16];
	struct ka_buf b;

	(void)state;
	ka_buf_init_array(&b, out);
	ka_jsonout_object(&b, NULL);
	ka_jsonout_plain(&b, "k", "0123456789");
	ka_jsonout_object_end(&b);
	assert_int_equal(ka_buf_check(&b), KA_ERR_LIMIT);
}

/* undo \xNN and \x5c */
static size_t unescape(const char *in, uint8_t *out)
{
	size_t n = 0;

	for (; *in != '\0'; in++) {
		char hex[3] = { 0 };

		if (*in != '\\') {
			out[n++] = (uint8_t)*in;
			continue;
		}
		memcpy(hex, in + 2, 2);
		out[n++] = (uint8_t)strtoul(hex, NULL, 16);
		in += 3;
	}
	return n;
}

static void text__random_bytes__parse_and_can_be_undone(void **state)
{
	unsigned seed = 7;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		uint8_t in[48], back[256];
		char out[1024];
		size_t n = (size_t)rand_r(&seed) % sizeof(in);
		struct ka_buf b;
		json_t *j;

		for (size_t i = 0; i < n; i++)
			in[i] = (uint8_t)(rand_r(&seed) >> 3);
		ka_buf_init_array(&b, out);
		ka_jsonout_text(&b, NULL, (struct ka_span){ in, n }, 400);
		j = json_loadb(out, b.len, JSON_DECODE_ANY, NULL);
		assert_non_null(j);
		assert_true(ka_text_is_plain(ka_span_of(json_string_value(j))));
		assert_int_equal(unescape(json_string_value(j), back), n);
		assert_memory_equal(back, in, n);
		json_decref(j);
		ka_buf_cut(&b, 0);
		in[n < sizeof(in) ? n : sizeof(in) - 1] = '\0';
		ka_jsonout_plain(&b, NULL, (const char *)in);
		j = json_loadb(out, b.len, JSON_DECODE_ANY, NULL);
		assert_non_null(j);
		json_decref(j);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(write__shapes__have_their_commas), cmocka_unit_test(text__hostile__is_escaped_twice),
		cmocka_unit_test(text__too_long__is_cut), cmocka_unit_test(overflow__is_sticky),
		cmocka_unit_test(text__random_bytes__parse_and_can_be_undone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
