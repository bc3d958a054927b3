/* verdict/verdictrow: what was written is found under its name; what was flipped, torn or mixed is nothing. */
#include "verdict/verdictrow.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "base/err.h"
#include "base/text.h"
#include "tests/unit/lib/verdictsample.h"

#include "base/poison.h"

static uint8_t bucket[KA_VERDICTROW_BUCKET];

static int empty(void **state)
{
	(void)state;
	memset(bucket, 0, sizeof(bucket));
	return 0;
}

static uint8_t *row_at(size_t i)
{
	return bucket + i * KA_VERDICTS_ROW;
}

static void keep(size_t at, const struct ka_verdictkey *key, struct ka_vetanswer a)
{
	assert_true(ka_verdictrow_write(key, &a, row_at(at)));
}

static bool finds(const struct ka_verdictkey *key, struct ka_vetanswer want)
{
	struct ka_vetanswer got = { .word = KA_VETANSWER_BAD, .reason = KA_REASON_KEY_RSA_FERMAT, .factor = 7 };

	if (ka_verdictrow_find(bucket, key, &got)) {
		assert_true(verdictsample_is_same(&got, &want));
		return true;
	}
	assert_int_equal(got.word, KA_VETANSWER_UNJUDGED);
	assert_int_equal(got.reason, KA_REASON_NONE);
	return false;
}

static void row__definite_answer__found_under_its_name_only(void **state)
{
	static const struct ka_vetanswer all[] = {
		{ KA_VETANSWER_OK, KA_REASON_NONE, 0 },
		{ KA_VETANSWER_BAD, KA_REASON_KEY_RSA_ROCA, 0 },
		{ KA_VETANSWER_BAD, KA_REASON_KEY_ECDSA_POINT_INVALID, 0 },
		{ KA_VETANSWER_BAD, KA_REASON_KEY_RSA_SMALL_FACTOR, UINT32_MAX },
	};
	struct ka_verdictkey key = verdictsample_key(1), other = verdictsample_key(2);

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(all); i++)
		for (size_t at = 0; at < KA_VERDICTS_WAYS; at++) {
			empty(NULL);
			keep(at, &key, all[i]);
			assert_true(finds(&key, all[i]));
			assert_false(finds(&other, all[i]));
			assert_int_equal(ka_verdictrow_state(row_at(at)), KA_VERDICTROW_KEPT);
		}
}

static void row__unjudged__not_kept(void **state)
{
	static const struct ka_vetanswer a = { .word = KA_VETANSWER_UNJUDGED };
	struct ka_verdictkey key = verdictsample_key(1);

	(void)state;
	memset(row_at(0), 0xff, KA_VERDICTS_ROW);
	assert_false(ka_verdictrow_write(&key, &a, row_at(0)));
	assert_int_equal(ka_verdictrow_state(row_at(0)), KA_VERDICTROW_EMPTY);
	assert_false(finds(&key, a));
}

/* what other programs would read and write: the name, the check by sha256sum over purpose, name and text, the text */
static void row__format__is_the_one_of_the_header(void **state)
{
	struct ka_vetanswer a = { .word = KA_VETANSWER_BAD, .reason = KA_REASON_KEY_RSA_ROCA };
	char hex[65], text[KA_VERDICTS_TEXT] = "bad key.rsa-roca";
	struct ka_verdictkey key;

	(void)state;
	memset(key.bytes, 'k', sizeof(key.bytes));
	keep(0, &key, a);
	assert_memory_equal(row_at(0), key.bytes, sizeof(key.bytes));
	ka_text_hex(row_at(0) + 32, 32, hex, sizeof(hex));
	assert_string_equal(hex, "61a442318a7d30145dcf2a8766ad3ff32413d9b9bfe53c3fe7f9bbe1475c553b");
	assert_memory_equal(row_at(0) + 64, text, sizeof(text));
}

static void row__every_bit_flipped__a_miss(void **state)
{
	struct ka_verdictkey key = verdictsample_key(3);
	struct ka_vetanswer bad = { .word = KA_VETANSWER_BAD, .reason = KA_REASON_KEY_RSA_N_PRIME };

	(void)state;
	keep(2, &key, bad);
	for (size_t bit = 0; bit < 8 * KA_VERDICTS_ROW; bit++) {
		row_at(2)[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_false(finds(&key, bad));
		assert_int_equal(ka_verdictrow_state(row_at(2)), KA_VERDICTROW_DAMAGED);
		row_at(2)[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_true(finds(&key, bad));
}

/* row 1 has the first @at bytes of one row, the end of another */
static void tear(const uint8_t *front, const uint8_t *end, size_t at)
{
	memcpy(row_at(1), front, at);
	memcpy(row_at(1) + at, end + at, KA_VERDICTS_ROW - at);
}

/* two writers at once, or one that was killed */
static void row__torn_at_every_byte__one_of_the_two_or_none(void **state)
{
	static const char text[] = "bad key.rsa-fermat";
	const size_t whole = 64 + sizeof(text) - 1; /* behind it both have zeros */
	struct ka_verdictkey key = verdictsample_key(4), other = verdictsample_key(5);
	struct ka_vetanswer ok = { .word = KA_VETANSWER_OK }, bad = { .word = KA_VETANSWER_BAD, .reason = KA_REASON_KEY_RSA_FERMAT };
	uint8_t of_ok[KA_VERDICTS_ROW], of_bad[KA_VERDICTS_ROW], of_other[KA_VERDICTS_ROW];

	(void)state;
	assert_true(ka_verdictrow_write(&key, &ok, of_ok) && ka_verdictrow_write(&key, &bad, of_bad) &&
		    ka_verdictrow_write(&other, &ok, of_other));
	for (size_t at = 0; at <= KA_VERDICTS_ROW; at++) {
		tear(of_ok, of_bad, at);
		assert_int_equal(finds(&key, at <= 32 ? bad : ok), at <= 32 || at >= whole);
		tear(of_other, of_bad, at);
		assert_int_equal(finds(&key, bad), at == 0);
		assert_int_equal(finds(&other, ok), at >= whole);
		tear(of_bad, of_other, at);
		assert_int_equal(finds(&key, bad), at >= whole);
		assert_int_equal(finds(&other, ok), at == 0);
	}
}

/* whoever can write the table may write such a row; it is no answer of authkeys-vet's all the same */
static void row__whole_but_no_answer__a_miss(void **state)
{
	static const char *const texts[] = { "unjudged", "", "OK", "ok ", "bad", "bad key.nothing", "bad revoked.list",
					    "bad key.rsa-small-factor 007", "ok" };
	static const char purpose[] = "keyaudit-verdict/1";
	uint8_t input[sizeof(purpose) + 32 + KA_VERDICTS_TEXT];

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(texts); i++) {
		struct ka_verdictkey key = verdictsample_key(6);
		const struct ka_vetanswer ok = { .word = KA_VETANSWER_OK };
		bool is_one = strcmp(texts[i], "ok") == 0;

		keep(0, &key, (struct ka_vetanswer){ .word = KA_VETANSWER_BAD, .reason = KA_REASON_KEY_RSA_ROCA });
		memset(row_at(0) + 64, 0, KA_VERDICTS_TEXT);
		memcpy(row_at(0) + 64, texts[i], strlen(texts[i]));
		assert_false(finds(&key, ok)); /* its check does not hold */
		memcpy(input, purpose, sizeof(purpose));
		memcpy(input + sizeof(purpose), row_at(0), 32);
		memcpy(input + sizeof(purpose) + 32, row_at(0) + 64, KA_VERDICTS_TEXT);
		crypto_hash_sha256(row_at(0) + 32, input, sizeof(input)); /* and now it does */
		assert_int_equal(finds(&key, ok), is_one);
		assert_int_equal(ka_verdictrow_state(row_at(0)), is_one ? KA_VERDICTROW_KEPT : KA_VERDICTROW_DAMAGED);
	}
}

static void row__two_of_one_name__the_bad_one_counts(void **state)
{
	const struct ka_vetanswer ok = { .word = KA_VETANSWER_OK }, bad = { .word = KA_VETANSWER_BAD, .reason = KA_REASON_KEY_RSA_ROCA };
	struct ka_verdictkey key = verdictsample_key(1);

	(void)state;
	keep(0, &key, ok);
	keep(3, &key, ok);
	assert_true(finds(&key, ok));
	keep(3, &key, bad);
	assert_true(finds(&key, bad));
	keep(0, &key, bad);
	keep(3, &key, ok);
	assert_true(finds(&key, bad));
}

static void place__bucket__same_name_then_free_then_luck(void **state)
{
	struct ka_verdictkey keys[KA_VERDICTS_WAYS], more = verdictsample_key(99);

	(void)state;
	for (unsigned i = 0; i < KA_VERDICTS_WAYS; i++) {
		keys[i] = verdictsample_key(i);
		assert_int_equal(ka_verdictrow_place(bucket, &keys[i], 3), i);
		keep(i, &keys[i], verdictsample_answer(&keys[i]));
	}
	for (unsigned luck = 0; luck < 9; luck++) {
		assert_int_equal(ka_verdictrow_place(bucket, &keys[1], luck), 1);
		assert_int_equal(ka_verdictrow_place(bucket, &more, luck), luck % KA_VERDICTS_WAYS);
	}
	row_at(2)[100] ^= 1; /* its owner takes it, and so does a stranger: nobody can read it any more */
	assert_int_equal(ka_verdictrow_place(bucket, &keys[2], 0), 2);
	assert_int_equal(ka_verdictrow_place(bucket, &more, 0), 2);
	assert_int_equal(ka_verdictrow_place(bucket, &keys[3], 0), 3);
}

static void bucket__names__spread_and_in_range(void **state)
{
	static uint8_t seen[KA_VERDICTS_BUCKETS];
	size_t used = 0;

	(void)state;
	for (unsigned i = 0; i < 1000; i++) {
		struct ka_verdictkey key = verdictsample_key(i);
		size_t at = ka_verdictrow_bucket(&key);

		assert_in_range(at, 0, KA_VERDICTS_BUCKETS - 1);
		used += seen[at]++ == 0;
	}
	assert_true(used > 900); /* by chance 970 */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(row__definite_answer__found_under_its_name_only, empty),
		cmocka_unit_test_setup(row__unjudged__not_kept, empty),
		cmocka_unit_test_setup(row__format__is_the_one_of_the_header, empty),
		cmocka_unit_test_setup(row__every_bit_flipped__a_miss, empty),
		cmocka_unit_test_setup(row__torn_at_every_byte__one_of_the_two_or_none, empty),
		cmocka_unit_test_setup(row__whole_but_no_answer__a_miss, empty),
		cmocka_unit_test_setup(row__two_of_one_name__the_bad_one_counts, empty),
		cmocka_unit_test_setup(place__bucket__same_name_then_free_then_luck, empty),
		cmocka_unit_test(bucket__names__spread_and_in_range),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
