/* See verdictsample.h. */
#include "tests/unit/lib/verdictsample.h"

#include <string.h>

#include "base/poison.h"

struct ka_verdictkey verdictsample_key(unsigned n)
{
	const struct ka_span part = { (const uint8_t *)&n, sizeof(n) };
	struct ka_verdictkey key;

	ka_verdictkey_make(&part, 1, &key);
	return key;
}

struct ka_verdictkey verdictsample_in_bucket(unsigned n)
{
	struct ka_verdictkey key = verdictsample_key(n);

	memset(key.bytes, 0, 4); /* the bucket is chosen by these */
	return key;
}

struct ka_vetanswer verdictsample_answer(const struct ka_verdictkey *key)
{
	switch (key->bytes[31] % 4) {
	case 0:
		return (struct ka_vetanswer){ .word = KA_VETANSWER_BAD, .reason = KA_REASON_KEY_RSA_ROCA };
	case 1:
		return (struct ka_vetanswer){ .word = KA_VETANSWER_BAD, .reason = KA_REASON_KEY_RSA_SMALL_FACTOR,
					      .factor = key->bytes[30] * 65536u + key->bytes[29] + 3 };
	default:
		return (struct ka_vetanswer){ .word = KA_VETANSWER_OK, .reason = KA_REASON_NONE };
	}
}

bool verdictsample_is_same(const struct ka_vetanswer *a, const struct ka_vetanswer *b)
{
	return a->word == b->word && a->reason == b->reason && a->factor == b->factor;
}
