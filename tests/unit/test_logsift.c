/* keyaudit/logsift: it holds back what cannot match, and never what does. */
#include "keyaudit/log/logsift.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"

#include "base/poison.h"

#define LINE(user, code, rest)                                                                                              \
	"{\"@timestamp\":\"2026-08-23T10:15:42.123456Z\",\"event\":{\"outcome\":\"failure\",\"code\":\"" code "\"}," \
	"\"user\":{\"name\":\"" user "\"}" rest "}"
#define FROM(ip) ",\"source\":{\"ip\":" ip "}"
#define KEY ",\"keyaudit\":{\"sources\":[\"corp found -\"],\"offers\":[\"ssh-ed25519 SHA256:AAAABBBB/CCC -\"]}"

static const struct ka_logquery queries[] = {
	{ .user = NULL }, { .user = "alice" }, { .user = "" }, { .user = "a\\x22b" }, { .user = "j\xc3\xbcrgen" }, { .reason = "perm" },
	{ .reason = "perm.wrong-owner" }, { .source = "corp" }, { .source = "" }, { .outcome = "failure" }, { .outcome = "success" },
	{ .key = "AAAABBBB/" }, { .since = "2026-08-23T10:15:42.123456Z" }, { .since = "2026-08-23T10:15:42.123457Z" },
	{ .until = "2026-08-23T10:15:42.123456Z" }, { .until = "2026-08-23T10:15:42.123457Z" },
	{ .user = "alice", .reason = "perm", .since = "2026-08-23T10:15:42.123456Z" },
};

static const char *const lines[] = {
	LINE("alice", "perm.wrong-owner", FROM("\"203.0.113.7\"") KEY), LINE("bob", "key.not-listed", FROM("\"2001:db8::1\"")),
	LINE("\\u0061lice", "perm\\u002ewrong-owner", FROM("\"203.0.\\u003113.7\"")), LINE("a\\\\x22b", "perm.x", FROM(" \"203.0.113.7\"")),
	LINE("j\xc3\xbcrgen", "", ",\"source\" : { \"ip\"\t:\t\"203.0.113.7\" }"), LINE("j\\u00fcrgen", "", ""),
	LINE("alice", "", ",\"keyaudit\":{\"key\":{\"fingerprint\":\"SHA256:AAAABBBB\\/CCC\"}}"), LINE("", "", FROM("\"::ffff:203.0.113.7\"")),
	"{}", "{\"event\":{\"code\":\"perm.wrong-owner\"},\"@timestamp\":\"2026-08-23T10:15:42.123456Z\"}",
	"{ \"@timestamp\" : \"2026-08-23T10:15:42.123456Z\" }", "{\"@timestamp\":\"2026-08-23T10:15:42.12345\\u0036Z\"}",
	"{\"@timestamp\":\"2026-08-23T10:15:42.123456Zz\"}", "{\"@timestamp\":\"\"}", "{\"ip\":\"x\",\"source\":{\"ip\":\"203.0.113.7\"}}",
	"{\"source\":{\"\\u0069p\":\"203.0.113.7\"}}",
};

static bool may(const struct ka_logquery *q, const char *line)
{
	struct ka_logsift s;

	ka_logsift_init(&s, q);
	return ka_logsift_may(&s, ka_span_of(line));
}

/* every query against every line: what matches was never held back */
static void may__what_matches__passes(void **state)
{
	static const char *const nets[] = { "", "203.0.113.7", "203.0.113.0/24", "2001:db8::/32", "0.0.0.0/0" };
	unsigned matched = 0;

	(void)state;
	for (size_t l = 0; l < KA_ARRAY_LEN(lines); l++) {
		json_t *event = json_loads(lines[l], JSON_REJECT_DUPLICATES, NULL);

		assert_non_null(event);
		for (size_t i = 0; i < KA_ARRAY_LEN(queries) * KA_ARRAY_LEN(nets); i++) {
			struct ka_logquery q = queries[i / KA_ARRAY_LEN(nets)];

			if (i % KA_ARRAY_LEN(nets) > 0)
				assert_true(ka_lognet_parse(nets[i % KA_ARRAY_LEN(nets)], &q.from));
			if (!ka_logquery_matches(&q, event))
				continue;
			matched++;
			if (!may(&q, lines[l]))
				fail_msg("query %zu lost line %zu", i, l);
		}
		json_decref(event);
	}
	assert_true(matched > 100);
}

static void may__what_cannot_match__is_held_back(void **state)
{
	struct ka_logquery net = { .user = NULL };

	(void)state;
	assert_false(may(&(struct ka_logquery){ .user = "bob" }, lines[0]));
	assert_false(may(&(struct ka_logquery){ .user = "alic" }, lines[0]));
	assert_false(may(&(struct ka_logquery){ .user = "alice", .reason = "revoked" }, lines[0]));
	assert_false(may(&(struct ka_logquery){ .key = "AAAABBBB/D" }, lines[0]));
	assert_false(may(&(struct ka_logquery){ .outcome = "success" }, lines[0]));
	assert_false(may(&(struct ka_logquery){ .since = "2026-08-23T10:15:42.123457Z" }, lines[0]));
	assert_false(may(&(struct ka_logquery){ .until = "2026-08-23T10:15:42.123456Z" }, lines[0]));
	assert_true(ka_lognet_parse("198.51.100.0/24", &net.from));
	assert_false(may(&net, lines[0]));
	assert_false(may(&net, lines[3])); /* its backslash stands for itself */
}

static void may__no_object__is_left_to_the_parser(void **state)
{
	static const char *const none[] = { "", "{", "[]", "torn\"}", "{\"torn\":" };
	struct ka_logquery q = { .user = "bob" };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(none); i++)
		assert_true(may(&q, none[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(may__what_matches__passes), cmocka_unit_test(may__what_cannot_match__is_held_back),
		cmocka_unit_test(may__no_object__is_left_to_the_parser),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
