/*
 * Rows of the table of verdicts. MUST: give no answer that was not written under exactly this name; take whatever is not
 * whole for nothing at all.
 */
#include "verdict/verdictrow.h"

#include <string.h>

#include <sodium.h>

#include "base/buf.h"

#include "base/poison.h"

#define CHECK_AT KA_VERDICTKEY_BYTES
#define CHECK_BYTES crypto_hash_sha256_BYTES
#define TEXT_AT (CHECK_AT + CHECK_BYTES)

_Static_assert(TEXT_AT + KA_VERDICTS_TEXT == KA_VERDICTS_ROW, "a row is a name, a check and a text");
_Static_assert((KA_VERDICTS_BUCKETS & (KA_VERDICTS_BUCKETS - 1)) == 0, "a bucket is chosen by bits of the name");

static const uint8_t purpose[] = "keyaudit-verdict/1"; /* with its NUL */

static void check_of(const uint8_t *row, uint8_t out[static CHECK_BYTES])
{
	crypto_hash_sha256_state h;

	crypto_hash_sha256_init(&h);
	crypto_hash_sha256_update(&h, purpose, sizeof(purpose));
	crypto_hash_sha256_update(&h, row, KA_VERDICTKEY_BYTES);
	crypto_hash_sha256_update(&h, row + TEXT_AT, KA_VERDICTS_TEXT);
	crypto_hash_sha256_final(&h, out);
}

static bool is_of(const uint8_t *row, const struct ka_verdictkey *key)
{
	return memcmp(row, key->bytes, sizeof(key->bytes)) == 0;
}

bool ka_verdictrow_write(const struct ka_verdictkey *key, const struct ka_vetanswer *a, uint8_t row[static KA_VERDICTS_ROW])
{
	struct ka_buf text;

	memset(row, 0, KA_VERDICTS_ROW);
	if (a->word == KA_VETANSWER_UNJUDGED)
		return false;
	ka_buf_init(&text, row + TEXT_AT, KA_VERDICTS_TEXT);
	ka_vetanswer_write(a, &text);
	if (ka_buf_check(&text) != KA_ERR_OK || text.len == 0) {
		memset(row, 0, KA_VERDICTS_ROW);
		return false;
	}
	row[TEXT_AT + text.len - 1] = 0; /* the newline */
	memcpy(row, key->bytes, sizeof(key->bytes));
	check_of(row, row + CHECK_AT);
	return true;
}

/* a row holds an answer when it is, byte for byte, what is written for that answer under that name */
static bool read_row(const uint8_t *row, struct ka_vetanswer *out)
{
	struct ka_span text = { row + TEXT_AT, KA_VERDICTS_TEXT };
	uint8_t again[KA_VERDICTS_ROW];
	struct ka_verdictkey key;

	text.len = ka_span_find(text, '\0');
	memcpy(key.bytes, row, sizeof(key.bytes));
	return ka_vetanswer_parse(text, out) && ka_verdictrow_write(&key, out, again) && memcmp(row, again, sizeof(again)) == 0;
}

enum ka_verdictrow_state ka_verdictrow_state(const uint8_t row[static KA_VERDICTS_ROW])
{
	struct ka_vetanswer any;

	for (size_t i = 0; i < KA_VERDICTS_ROW; i++)
		if (row[i] != 0)
			return read_row(row, &any) ? KA_VERDICTROW_KEPT : KA_VERDICTROW_DAMAGED;
	return KA_VERDICTROW_EMPTY;
}

size_t ka_verdictrow_bucket(const struct ka_verdictkey *key)
{
	uint32_t bits = (uint32_t)key->bytes[0] << 24 | (uint32_t)key->bytes[1] << 16 | (uint32_t)key->bytes[2] << 8 | key->bytes[3];

	return bits & (KA_VERDICTS_BUCKETS - 1);
}

bool ka_verdictrow_find(const uint8_t bucket[static KA_VERDICTROW_BUCKET], const struct ka_verdictkey *key, struct ka_vetanswer *out)
{
	bool is_ok = false;

	for (size_t i = 0; i < KA_VERDICTS_WAYS; i++) {
		const uint8_t *row = bucket + i * KA_VERDICTS_ROW;

		if (!is_of(row, key) || !read_row(row, out))
			continue;
		if (out->word == KA_VETANSWER_BAD)
			return true;
		is_ok = true;
	}
	*out = (struct ka_vetanswer){ .word = is_ok ? KA_VETANSWER_OK : KA_VETANSWER_UNJUDGED, .reason = KA_REASON_NONE };
	return is_ok;
}

size_t ka_verdictrow_place(const uint8_t bucket[static KA_VERDICTROW_BUCKET], const struct ka_verdictkey *key, unsigned luck)
{
	size_t place = luck % KA_VERDICTS_WAYS;

	for (size_t i = KA_VERDICTS_WAYS; i-- > 0;) /* backwards: the first one of a kind is taken */
		if (ka_verdictrow_state(bucket + i * KA_VERDICTS_ROW) != KA_VERDICTROW_KEPT)
			place = i;
	for (size_t i = 0; i < KA_VERDICTS_WAYS; i++)
		if (is_of(bucket + i * KA_VERDICTS_ROW, key))
			return i;
	return place;
}
