/*
 * What a judge reads back from authkeys-vet, in its three forms: what is taken is what would have been written, byte for byte, and
 * whatever else comes leaves nothing behind.
 */
#include "verdict/vetanswer.h"

#include <string.h>

#include "base/err.h"
#include "base/limits.h"
#include "tests/fuzz/fuzz.h"
#include "verdict/sharedanswer.h"

#include "base/poison.h"

static void is_what_was_read(const struct ka_buf *b, struct ka_span line)
{
	MUST(ka_buf_check(b) == KA_ERR_OK && b->len == line.len + 1 && b->p[line.len] == '\n');
	MUST(memcmp(b->p, line.p, line.len) == 0);
}

static void check_answer(struct ka_span line)
{
	struct ka_vetanswer a = { KA_VETANSWER_OK, KA_REASON_KEY_RSA_ROCA, 7 };
	char text[KA_VET_ANSWER_MAX];
	struct ka_buf b;

	if (!ka_vetanswer_parse(line, &a)) {
		MUST(a.word == KA_VETANSWER_UNJUDGED && a.reason == KA_REASON_NONE && a.factor == 0);
		return;
	}
	MUST((a.word == KA_VETANSWER_BAD) == (a.reason != KA_REASON_NONE));
	MUST(a.reason == KA_REASON_KEY_RSA_SMALL_FACTOR || a.factor == 0);
	ka_buf_init_array(&b, text);
	ka_vetanswer_write(&a, &b);
	is_what_was_read(&b, line);
}

static void check_sha1(struct ka_span line)
{
	static const uint8_t none[KA_VETANSWER_SHA1_LEN];
	uint8_t hash[KA_VETANSWER_SHA1_LEN];
	char text[KA_VET_ANSWER_MAX];
	struct ka_buf b;

	memset(hash, 0xa5, sizeof(hash));
	if (!ka_vetanswer_parse_sha1(line, hash)) {
		MUST(memcmp(hash, none, sizeof(hash)) == 0);
		return;
	}
	ka_buf_init_array(&b, text);
	ka_vetanswer_write_sha1(hash, &b);
	is_what_was_read(&b, line);
}

static void check_shared(struct ka_span line)
{
	struct ka_sharedanswer s = { KA_SHAREDANSWER_ALONE, 7, 7 };
	char text[KA_VET_ANSWER_MAX];
	struct ka_buf b;

	if (!ka_sharedanswer_parse(line, &s)) {
		MUST(s.word == KA_SHAREDANSWER_UNJUDGED && s.a == 0 && s.b == 0);
		return;
	}
	MUST(s.b == 0 || s.word == KA_SHAREDANSWER_STEP);
	MUST(s.a == 0 || s.word == KA_SHAREDANSWER_STEP || s.word == KA_SHAREDANSWER_SHARED);
	ka_buf_init_array(&b, text);
	ka_sharedanswer_write(&s, &b);
	is_what_was_read(&b, line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct ka_span line = { data, size };

	check_answer(line);
	check_sha1(line);
	check_shared(line);
	return 0;
}
