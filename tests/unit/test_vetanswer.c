/* verdict/vetanswer: what is written is read, and nothing else is. */
#include "verdict/vetanswer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"

#include "base/poison.h"

static void answer__written__is_read(void **state)
{
	static const struct { struct ka_vetanswer a; const char *line; } rows[] = {
		{ { KA_VETANSWER_OK, KA_REASON_NONE, 0 }, "ok\n" },
		{ { KA_VETANSWER_UNJUDGED, KA_REASON_NONE, 0 }, "unjudged\n" },
		{ { KA_VETANSWER_BAD, KA_REASON_KEY_RSA_ROCA, 0 }, "bad key.rsa-roca\n" },
		{ { KA_VETANSWER_BAD, KA_REASON_KEY_ECDSA_POINT_INVALID, 0 }, "bad key.ecdsa-point-invalid\n" },
		{ { KA_VETANSWER_BAD, KA_REASON_CERT_SIGNATURE_BAD, 0 }, "bad cert.signature-bad\n" },
		{ { KA_VETANSWER_BAD, KA_REASON_CERT_SIGNATURE_ALGORITHM, 0 }, "bad cert.signature-algorithm\n" },
		{ { KA_VETANSWER_BAD, KA_REASON_KEY_RSA_SMALL_FACTOR, 65537 }, "bad key.rsa-small-factor 65537\n" },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		struct ka_vetanswer got;
		char text[64];
		struct ka_buf b;

		ka_buf_init_array(&b, text);
		ka_vetanswer_write(&rows[i].a, &b);
		assert_string_equal(text, rows[i].line);
		assert_true(ka_vetanswer_parse(ka_span_sub(ka_buf_as_span(&b), 0, b.len - 1), &got));
		assert_int_equal(got.word, rows[i].a.word);
		assert_int_equal(got.reason, rows[i].a.reason);
		assert_int_equal(got.factor, rows[i].a.factor);
	}
}

static void answer__anything_else__is_unjudged(void **state)
{
	static const char *const lines[] = {
		"", "o", "okk", "ok ", " ok", "OK", "bad", "bad ", "bad key.rsa-roca ", "bad key.rsa-roca 3", "bad key.rsa-small-factor",
		"bad key.rsa-small-factor ", "bad key.rsa-small-factor x", "bad key.rsa-small-factor 3 ", "bad key.rsa-small-factor 4294967296", "bad key.rsa-small-factor 03",
		"bad  key.rsa-roca", "bad key.nothing", "bad key.rsa-e-invalid" /* a reason, but not its */, "bad store.timeout", "unjudged ",
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(lines); i++) {
		struct ka_vetanswer got = { .word = KA_VETANSWER_OK };

		assert_false(ka_vetanswer_parse(ka_span_of(lines[i]), &got));
		assert_int_equal(got.word, KA_VETANSWER_UNJUDGED);
		assert_int_equal(got.reason, KA_REASON_NONE);
	}
}

static void sha1__written__is_read(void **state)
{
	uint8_t hash[KA_VETANSWER_SHA1_LEN], got[KA_VETANSWER_SHA1_LEN];
	char text[64];
	struct ka_buf b;

	(void)state;
	for (size_t i = 0; i < sizeof(hash); i++)
		hash[i] = (uint8_t)(0xf1 - 13 * i);
	ka_buf_init_array(&b, text);
	ka_vetanswer_write_sha1(hash, &b);
	assert_string_equal(text, "sha1 f1e4d7cabdb0a396897c6f6255483b2e211407fa\n");
	assert_true(ka_vetanswer_parse_sha1(ka_span_sub(ka_buf_as_span(&b), 0, b.len - 1), got));
	assert_memory_equal(got, hash, sizeof(hash));
}

static void sha1__anything_else__is_none(void **state)
{
	static const char *const lines[] = {
		"", "unjudged", "ok", "sha1", "sha1 ", "sha1 f1e4d7cabdb0a396897c6f6255483b2e211407f", "sha1 f1e4d7cabdb0a396897c6f6255483b2e211407fa0",
		"sha1 f1e4d7cabdb0a396897c6f6255483b2e211407fg", "sha1 F1E4D7CABDB0A396897C6F6255483B2E211407FA", "sha1  f1e4d7cabdb0a396897c6f6255483b2e211407f",
	};
	static const uint8_t zero[KA_VETANSWER_SHA1_LEN];
	uint8_t got[KA_VETANSWER_SHA1_LEN];
	struct ka_vetanswer a;

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(lines); i++) {
		memset(got, 0xff, sizeof(got));
		assert_false(ka_vetanswer_parse_sha1(ka_span_of(lines[i]), got));
		assert_memory_equal(got, zero, sizeof(got));
	}
	/* and it is no judgement */
	assert_false(ka_vetanswer_parse(ka_span_of("sha1 f1e4d7cabdb0a396897c6f6255483b2e211407fa"), &a));
	assert_int_equal(a.word, KA_VETANSWER_UNJUDGED);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(answer__written__is_read), cmocka_unit_test(answer__anything_else__is_unjudged),
		cmocka_unit_test(sha1__written__is_read), cmocka_unit_test(sha1__anything_else__is_none) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
