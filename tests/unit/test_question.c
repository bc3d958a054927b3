/* store/question: whatever shapes an answer changes the hash; what does not leaves it; where %f is seen. */
#include "store/question.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"

#include "base/poison.h"

static struct ka_conf_source plain(void)
{
	return (struct ka_conf_source){
		.name = "corp", .kind = KA_CONF_KIND_HTTP, .format = KA_CONF_FORMAT_JSON, .url = "https://a.test/%u", .method = "GET",
		.headers = "", .body = "", .host_id = "", .line_prefix = "", .items = "", .key = "", .key_options = "", .expires = "",
		.where = "", .label = "", .serial = "", .token_file = "", .ca_file = "", .mirrors_order = "order",
	};
}

static void hash_of(const struct ka_conf_source *s, char out[static KA_ENTRY_HEX])
{
	ka_question_hash(s, s->url, out);
}

static void hash__each_setting_that_shapes_the_answer__changes_it(void **state)
{
	struct ka_conf_source s[18];
	char hash[KA_ARRAY_LEN(s)][KA_ENTRY_HEX];

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(s); i++)
		s[i] = plain();
	s[1].url = "https://b.test/%u";
	s[2].format = KA_CONF_FORMAT_LINES;
	s[3].method = "POST";
	s[4].headers = "A: b";
	s[5].body = "A: b"; /* the same text elsewhere */
	s[6].host_id = "h";
	s[7].line_prefix = "h";
	s[8].items = "h";
	s[9].key = "h";
	s[10].key_options = "h";
	s[11].expires = "h";
	s[12].where = "h";
	s[13].label = "h";
	s[14].serial = "h";
	s[15].decode = KA_CONF_DECODE_BASE64;
	s[16].split_lines = true;
	s[17].expires_unit = KA_CONF_UNIT_UNIX;
	for (size_t i = 0; i < KA_ARRAY_LEN(s); i++) {
		hash_of(&s[i], hash[i]);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(hash[i], hash[j]);
	}
}

static void hash__what_does_not_shape_it__leaves_it(void **state)
{
	struct ka_conf_source s = plain();
	char a[KA_ENTRY_HEX], b[KA_ENTRY_HEX];

	(void)state;
	hash_of(&s, a);
	s.token_file = "/etc/keyaudit/token";
	s.ca_file = "/etc/keyaudit/ca.pem";
	s.mirrors_order = "random";
	s.max_age_sec = 7;
	s.timeout_ms = 7;
	hash_of(&s, b);
	assert_string_equal(a, b);
}

static bool has_fp(const char *url, const char *headers, const char *body)
{
	struct ka_conf_source s = plain();

	s.url = url;
	s.headers = headers;
	s.body = body;
	return ka_question_has_fp(&s);
}

static void fp__in_any_of_the_three__is_seen(void **state)
{
	(void)state;
	assert_true(has_fp("https://a.test/%u?f=%f", "", ""));
	assert_true(has_fp("https://a.test/%u", "X: %f", ""));
	assert_true(has_fp("https://a.test/%u", "", "{\"f\":\"%b(%f)\"}"));
	assert_false(has_fp("https://a.test/%u", "X: f", "f"));
	assert_false(has_fp("https://a.test/%u/%%f", "", ""));
	assert_true(has_fp("https://a.test/%u/%%%f", "", ""));
	assert_true(has_fp("https://a.test/%u?k=%k", "", ""));
	assert_false(has_fp("https://a.test/%u?k", "%%k", ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hash__each_setting_that_shapes_the_answer__changes_it),
		cmocka_unit_test(hash__what_does_not_shape_it__leaves_it),
		cmocka_unit_test(fp__in_any_of_the_three__is_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
