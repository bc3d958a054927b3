/*
 * The table of verdicts, as a crash, a bad disk or a hostile hand may leave it: a name, and behind it the bytes of a bucket. An
 * answer that is found is one that was written under this very name, byte for byte; a row of our own in which the input changes
 * anything is found no more, and what stood beside it is.
 */
#include "verdict/verdictrow.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"

#include "base/poison.h"

static uint8_t bucket[KA_VERDICTROW_BUCKET];

static int is_written(const struct ka_verdictkey *key, const struct ka_vetanswer *a)
{
	uint8_t row[KA_VERDICTS_ROW];

	MUST(ka_verdictrow_write(key, a, row));
	for (size_t i = 0; i < KA_VERDICTS_WAYS; i++)
		if (memcmp(bucket + i * KA_VERDICTS_ROW, row, sizeof(row)) == 0)
			return 1;
	return 0;
}

static void check_bucket(const struct ka_verdictkey *key, unsigned luck)
{
	size_t place = ka_verdictrow_place(bucket, key, luck);
	struct ka_vetanswer a;

	MUST(ka_verdictrow_bucket(key) < KA_VERDICTS_BUCKETS && place < KA_VERDICTS_WAYS);
	if (!ka_verdictrow_find(bucket, key, &a)) {
		MUST(a.word == KA_VETANSWER_UNJUDGED && a.reason == KA_REASON_NONE);
		return;
	}
	MUST(a.word != KA_VETANSWER_UNJUDGED && (a.word == KA_VETANSWER_BAD) == (a.reason != KA_REASON_NONE));
	MUST(is_written(key, &a));
	MUST(memcmp(bucket + place * KA_VERDICTS_ROW, key->bytes, sizeof(key->bytes)) == 0);
}

/* the input's bytes are laid over two rows of ours */
static void check_change(const struct ka_verdictkey *key, const uint8_t *data, size_t size)
{
	static const struct ka_vetanswer ok = { .word = KA_VETANSWER_OK };
	static const struct ka_vetanswer bad = { .word = KA_VETANSWER_BAD, .reason = KA_REASON_KEY_RSA_SMALL_FACTOR, .factor = 3 };
	uint8_t row[KA_VERDICTS_ROW];
	struct ka_verdictkey other = *key;
	struct ka_vetanswer a;
	size_t n = size < sizeof(row) ? size : sizeof(row);
	int is_changed = 0;

	other.bytes[31] ^= 1;
	memset(bucket, 0, sizeof(bucket));
	MUST(ka_verdictrow_write(key, &bad, row) && ka_verdictrow_write(&other, &ok, bucket + KA_VERDICTS_ROW));
	memcpy(bucket, row, sizeof(row));
	for (size_t i = 0; i < n; i++) {
		bucket[i] ^= data[i];
		is_changed |= data[i];
	}
	MUST(ka_verdictrow_find(bucket, key, &a) == (is_changed == 0));
	MUST(is_changed || (a.word == bad.word && a.reason == bad.reason && a.factor == bad.factor));
	MUST(ka_verdictrow_find(bucket, &other, &a) && a.word == KA_VETANSWER_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ka_verdictkey key = { { 0 } };
	size_t n = size < sizeof(key.bytes) ? size : sizeof(key.bytes);

	memcpy(key.bytes, data, n);
	memset(bucket, 0, sizeof(bucket));
	memcpy(bucket, data + n, size - n < sizeof(bucket) ? size - n : sizeof(bucket));
	check_bucket(&key, (unsigned)size);
	check_change(&key, data + n, size - n);
	return 0;
}
