/* authkeys-fetch/fetchask: a question put together from the configuration, and what does not become one. */
#include "authkeys-cmd/fetch/fetchask.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "store/question.h"
#include "tests/unit/lib/fetchsource.h"

#include "base/poison.h"

#define FP "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU"

static struct ka_fetchask a;
static struct ka_fetchhttp_ask q;

static const char *prepare(const char *lines, const char *user, const char *fp)
{
	struct ka_fetchone one = { .source = fetchsource(lines), .user = user, .fp = fp, .key = fp[0] != '\0' ? "AAAA" : "" };

	return ka_fetchask_prepare(&one, &a);
}

static void mirrors__a_unix_socket__is_asked_as_localhost(void **state)
{
	(void)state;
	assert_null(prepare("url = https://a.test/%u unix:/run/k.socket:/v1/%u\nhost_id = web01", "a+b", ""));
	assert_int_equal(a.mirrors, 2);
	assert_string_equal(a.url[0], "https://a.test/a%2Bb");
	assert_string_equal(a.socket[0], "");
	assert_string_equal(a.url[1], "http://localhost/v1/a%2Bb");
	assert_string_equal(a.socket[1], "/run/k.socket");
	assert_null(prepare("url = http://localhost/%u\nunix_socket = /run/k.socket", "alice", ""));
	assert_string_equal(a.url[0], "http://localhost/alice");
	assert_string_equal(a.socket[0], "/run/k.socket");
}

static void headers_body_and_prefix__are_expanded(void **state)
{
	(void)state;
	assert_null(prepare("format = json\nurl = https://a.test/x\nmethod = POST\nheaders = X-A: one | X-User: %u@%n\nhost_id = web01\n"
			    "body = {\"key\":\"%b(/ssh/%u)\"}",
			    "alice", ""));
	assert_string_equal(a.headers[0], "X-A: one");
	assert_string_equal(a.headers[1], "X-User: alice@web01");
	assert_null(a.headers[2]);
	assert_string_equal(a.body, "{\"key\":\"L3NzaC9hbGljZQ==\"}");
	ka_fetchask_question(&a, 0, NULL, 1000, &q);
	assert_true(q.is_post);
	assert_string_equal(q.body, a.body);
	assert_null(prepare("line_prefix = %u:", "alice", ""));
	assert_string_equal(a.line_prefix, "alice:");
}

static void host__none_said__is_the_node_s(void **state)
{
	(void)state;
	assert_null(prepare("", "alice", ""));
	assert_true(a.host[0] != '\0');
	assert_null(prepare("host_id = web01", "alice", ""));
	assert_string_equal(a.host, "web01");
}

static void fp__asked_by_it__must_be_given(void **state)
{
	(void)state;
	assert_null(prepare("url = https://a.test/%u?f=%f", "alice", FP));
	assert_true(a.has_fp);
	assert_string_equal(a.url[0], "https://a.test/alice?f=SHA256%3A47DEQpj8HBSa%2B%2FTImW%2B5JCeuQeRkm5NMpJWZG3hSuFU");
	assert_non_null(prepare("url = https://a.test/%u?f=%f", "alice", ""));
	assert_null(prepare("url = https://a.test/%u?k=%k", "alice", FP));
	assert_true(a.has_fp);
	assert_string_equal(a.url[0], "https://a.test/alice?k=AAAA");
	assert_non_null(prepare("url = https://a.test/%u?k=%k", "alice", ""));
	/* who does not ask by it does not tell it */
	assert_null(prepare("url = https://a.test/%u", "alice", FP));
	assert_false(a.has_fp);
}

static void lists__have_their_own_address__and_no_body(void **state)
{
	const char *lines = "format = signed\nsigners = /s\nmethod = POST\nbody = %u\nrevoked_url = https://a.test/revoked\n"
			    "index_url = https://a.test/%n/index\nhost_id = web01";
	char keys[KA_ENTRY_HEX];

	(void)state;
	assert_null(prepare(lines, "alice", ""));
	assert_int_equal(a.what, KA_FETCH_KEYS);
	memcpy(keys, a.hash, sizeof(keys));
	assert_null(prepare(lines, KA_QUESTION_REVOKED, ""));
	assert_int_equal(a.what, KA_FETCH_REVOKED);
	assert_string_equal(a.url[0], "https://a.test/revoked");
	assert_string_not_equal(a.hash, keys);
	ka_fetchask_question(&a, 0, NULL, 1000, &q);
	assert_false(q.is_post);
	assert_int_equal(q.max, KA_STORE_BULK_MAX);
	assert_null(prepare(lines, KA_QUESTION_INDEX, ""));
	assert_int_equal(a.what, KA_FETCH_INDEX);
	assert_string_equal(a.url[0], "https://a.test/web01/index");
	ka_fetchask_question(&a, 0, NULL, 1000, &q);
	assert_string_equal(q.body, "");
}

static void wrong__what_does_not_fit_or_cannot_be_read__is_told(void **state)
{
	char lines[2048], user[KA_USER_NAME_MAX];
	struct ka_buf b;

	(void)state;
	assert_non_null(strstr(prepare("token_file = /tmp/ka-is-not-there", "alice", ""), "token_file"));
	assert_non_null(strstr(prepare("ca_file = /tmp/ka-is-not-there", "alice", ""), "ca_file"));
	memset(user, '@', sizeof(user) - 1);
	user[0] = 'a';
	user[250] = '\0';
	ka_buf_init_array(&b, lines);
	ka_buf_text(&b, "url = https://a.test/%u/%u");
	assert_null(prepare(lines, user, ""));
	ka_buf_text(&b, "/%u");
	assert_non_null(strstr(prepare(lines, user, ""), "do not fit"));
}

static void question__validators_and_time(void **state)
{
	struct ka_entry have = { .etag = "\"a\"", .modified = "x" };

	(void)state;
	assert_null(prepare("url = https://a.test/%u https://b.test/%u", "alice", ""));
	ka_fetchask_question(&a, 0, &have, 1000, &q);
	assert_string_equal(q.etag, "\"a\"");
	assert_string_equal(q.modified, "x");
	assert_int_equal(q.timeout_ms, 500); /* the other one needs time too */
	assert_int_equal(q.max, KA_STORE_BODY_MAX);
	ka_fetchask_question(&a, 1, NULL, 1000, &q);
	assert_string_equal(q.etag, "");
	assert_string_equal(q.modified, "");
	assert_int_equal(q.timeout_ms, 1000);
	ka_fetchask_question(&a, 0, NULL, 0, &q);
	assert_int_equal(q.timeout_ms, 1); /* 0 is for ever */
}

static void turn__begins_anywhere__and_asks_each_once(void **state)
{
	unsigned seen = 0;

	(void)state;
	assert_null(prepare("url = https://a.test/%u https://b.test/%u https://c.test/%u", "alice", ""));
	assert_int_equal(ka_fetchask_turn(&a, 0), 0);
	a.first = 2;
	for (unsigned i = 0; i < a.mirrors; i++)
		seen |= 1u << ka_fetchask_turn(&a, i);
	assert_int_equal(seen, 7);
	assert_null(prepare("url = https://a.test/%u https://b.test/%u\nmirrors = random", "alice", ""));
	assert_true(a.first < 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mirrors__a_unix_socket__is_asked_as_localhost),
		cmocka_unit_test(headers_body_and_prefix__are_expanded),
		cmocka_unit_test(host__none_said__is_the_node_s),
		cmocka_unit_test(fp__asked_by_it__must_be_given),
		cmocka_unit_test(lists__have_their_own_address__and_no_body),
		cmocka_unit_test(wrong__what_does_not_fit_or_cannot_be_read__is_told),
		cmocka_unit_test(question__validators_and_time),
		cmocka_unit_test(turn__begins_anywhere__and_asks_each_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
