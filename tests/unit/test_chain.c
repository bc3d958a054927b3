/* audit/chain: the form of a line's end, and that nothing in a line can change without its hash. */
#include "audit/chain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"

#include "base/poison.h"

/* two lines whose hashes were computed with another implementation of BLAKE2b as well */
#define HASH1 "9d57a6f4cdb5cedace33b7dfb08f038f6238eca7f9689f87685faacc8be25e05"
#define HASH2 "602786cbbbd355f013b184bd8f8670d45d7bf5f24c71a479d9abf78202a85774"
#define OPEN1 "{\"@timestamp\":\"2026-01-01T00:00:00.000000Z\",\"event\":{\"action\":\"trail-genesis\"},\"keyaudit\":{\"schema\":1"
#define OPEN2                                                                                                          \
	"{\"@timestamp\":\"2026-01-01T00:00:01.000000Z\",\"event\":{\"action\":\"ssh-key-refused\",\"code\":\"key.not-listed\"},"   \
	"\"keyaudit\":{\"schema\":1"
#define LINE1 OPEN1 ",\"seq\":1,\"prev\":\"" KA_CHAIN_ZEROS "\",\"hash\":\"" HASH1 "\"}}"
#define LINE2 OPEN2 ",\"seq\":2,\"prev\":\"" HASH1 "\",\"hash\":\"" HASH2 "\"}}"

static void parse__worked_example__is_intact_and_follows(void **state)
{
	struct ka_chain_link one, two;

	(void)state;
	assert_true(ka_chain_parse(ka_span_of(LINE1), &one));
	assert_true(ka_chain_parse(ka_span_of(LINE2), &two));
	assert_int_equal(one.seq, 1);
	assert_int_equal(one.body_len, 183);
	assert_string_equal(one.prev, KA_CHAIN_ZEROS);
	assert_string_equal(one.hash, HASH1);
	assert_int_equal(two.body_len, 209);
	assert_string_equal(two.prev, HASH1);
	assert_string_equal(two.hash, HASH2);
	assert_true(ka_chain_is_intact(ka_span_of(LINE1), &one));
	assert_true(ka_chain_is_intact(ka_span_of(LINE2), &two));
	assert_true(ka_chain_follows(&one, 0, KA_CHAIN_ZEROS));
	assert_true(ka_chain_follows(&two, one.seq, one.hash));
	assert_false(ka_chain_follows(&two, one.seq, KA_CHAIN_ZEROS));
	assert_false(ka_chain_follows(&two, 0, one.hash));
	assert_false(ka_chain_follows(&one, UINT64_MAX, KA_CHAIN_ZEROS));
}

static void put__worked_example__is_the_same_line(void **state)
{
	char room[1024], hash[KA_CHAIN_HEX];
	struct ka_buf b;

	(void)state;
	ka_buf_init_array(&b, room);
	assert_true(ka_chain_put(&b, ka_span_of(OPEN1 "}}\n"), 1, KA_CHAIN_ZEROS, hash));
	assert_string_equal(hash, HASH1);
	assert_true(ka_chain_put(&b, ka_span_of(OPEN2 "}}\n"), 2, hash, hash)); /* the hash may become the next prev in place */
	assert_string_equal(hash, HASH2);
	assert_string_equal(room, LINE1 "\n" LINE2 "\n");
}

/* Whatever one byte becomes, the line is no chained line any more, or not intact, or not the one that was to follow. */
static void change__any_byte_to_any_other__is_seen(void **state)
{
	static const char *const lines[] = { LINE1, LINE2 };
	struct ka_chain_link was, is;
	size_t seen = 0;

	(void)state;
	for (size_t n = 0; n < KA_ARRAY_LEN(lines); n++) {
		size_t len = strlen(lines[n]);
		KA_AUTOFREE char *copy = strdup(lines[n]);

		assert_non_null(copy);
		assert_true(ka_chain_parse(ka_span_of(lines[n]), &was));
		for (size_t i = 0; i < len; i++)
			for (int d = 1; d < 256; d++, seen++) {
				struct ka_span line = { (const uint8_t *)copy, len };

				copy[i] = (char)(lines[n][i] ^ d);
				assert_false(ka_chain_parse(line, &is) && ka_chain_is_intact(line, &is));
				copy[i] = lines[n][i];
			}
		assert_true(ka_chain_is_intact(ka_span_of(copy), &was));
	}
	assert_int_equal(seen, (strlen(LINE1) + strlen(LINE2)) * 255);
}

static void cut__any_number_of_bytes__is_a_fragment(void **state)
{
	struct ka_span whole = ka_span_of(LINE2), both = ka_span_of(LINE1 "\n" LINE2);
	struct ka_chain_link link;

	(void)state;
	for (size_t n = 0; n < whole.len; n++) {
		assert_false(ka_chain_parse(ka_span_sub(whole, 0, n), &link));
		assert_true(ka_chain_is_fragment(ka_span_sub(whole, 0, n)));
		if (n > 0) /* nor does the end of a line make one, unless it begins with a brace; and then it is not intact */
			assert_false(ka_chain_parse(ka_span_sub(whole, n, whole.len), &link) &&
				     ka_chain_is_intact(ka_span_sub(whole, n, whole.len), &link));
	}
	for (size_t n = strlen(LINE1); n <= both.len; n++)
		assert_false(ka_chain_is_fragment(ka_span_sub(both, 0, n)));
	assert_true(ka_chain_is_fragment(ka_span_of("{\"a\n\n{\"b\n")));
	assert_false(ka_chain_is_fragment(ka_span_of("{\"a\n" LINE1 "\n{\"b")));
}

#define TAIL(seq, prev, hash) OPEN1 ",\"seq\":" seq ",\"prev\":\"" prev "\",\"hash\":\"" hash "\"}}"
#define UPPER "9D57A6F4CDB5CEDACE33B7DFB08F038F6238ECA7F9689F87685FAACC8BE25E05"

static void parse__other_forms__table(void **state)
{
	static const struct { const char *line; bool is; } rows[] = {
		{ TAIL("1", HASH1, HASH2), true },
		{ TAIL("18446744073709551615", HASH1, HASH2), true },
		{ TAIL("18446744073709551616", HASH1, HASH2), false },
		{ TAIL("99999999999999999999", HASH1, HASH2), false },
		{ TAIL("0", HASH1, HASH2), false },
		{ TAIL("01", HASH1, HASH2), false },
		{ TAIL("-1", HASH1, HASH2), false },
		{ TAIL("+1", HASH1, HASH2), false },
		{ TAIL("1.0", HASH1, HASH2), false },
		{ TAIL("1e1", HASH1, HASH2), false },
		{ TAIL(" 1", HASH1, HASH2), false },
		{ TAIL("1 ", HASH1, HASH2), false },
		{ TAIL("", HASH1, HASH2), false },
		{ TAIL("1", UPPER, HASH2), false },
		{ TAIL("1", HASH1, UPPER), false },
		{ TAIL("1", "", HASH2), false },
		{ TAIL("1", HASH1, ""), false },
		{ TAIL("1", HASH1 "0", HASH2), false },
		{ TAIL("1", HASH1, HASH2 "0"), false },
		{ TAIL("1", HASH1, HASH2) "\n", false },
		{ TAIL("1", HASH1, HASH2) " ", false },
		{ TAIL("1", HASH1, HASH2) "}", false },
		{ " " TAIL("1", HASH1, HASH2), false },
		{ ",\"seq\":1,\"prev\":\"" HASH1 "\",\"hash\":\"" HASH2 "\"}}", false },
		{ "{\"seq\":1,\"prev\":\"" HASH1 "\",\"hash\":\"" HASH2 "\"}}", false },
		{ OPEN1 ",\\\"seq\\\":1,\\\"prev\\\":\\\"" HASH1 "\\\",\\\"hash\\\":\\\"" HASH2 "\\\"}}", false }, /* a stranger's text */
		{ OPEN1 "}}", false },
		{ "", false },
	};
	struct ka_chain_link link;

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++)
		assert_int_equal(ka_chain_parse(ka_span_of(rows[i].line), &link), rows[i].is);
}

/* the domain, the length and prev keep inputs apart that have the same bytes one behind the other */
static void hash__prev_and_length__count(void **state)
{
	char a[KA_CHAIN_HEX], b[KA_CHAIN_HEX];

	(void)state;
	ka_chain_hash(KA_CHAIN_ZEROS, ka_span_of("x"), a);
	ka_chain_hash(HASH1, ka_span_of("x"), b);
	assert_string_not_equal(a, b);
	ka_chain_hash(KA_CHAIN_ZEROS, (struct ka_span){ (const uint8_t *)"x\0", 2 }, b);
	assert_string_not_equal(a, b);
}

static void fragment__hash__is_of_its_own_domain(void **state)
{
	char a[KA_CHAIN_HEX];

	(void)state;
	ka_chain_fragment_hash(ka_span_of("{\"event\":"), a); /* computed with another implementation */
	assert_string_equal(a, "1aaf09571106a4c5132c14069a8cc9297fd3cceb8bc5e936b181ee4f74943026");
}

static void put__wrong_ends_and_little_room__are_told(void **state)
{
	static const char *const bad[] = { "", "\n", "}}\n", "{}}\n", "{\"a\":{}}\n", "{\"a\":1}\n", "{\"a\":{\"b\":1}}", "x\"a\":{\"b\":1}}\n" };
	char room[1024], hash[KA_CHAIN_HEX];
	struct ka_buf b;

	(void)state;
	ka_buf_init_array(&b, room);
	for (size_t i = 0; i < KA_ARRAY_LEN(bad); i++)
		assert_false(ka_chain_put(&b, ka_span_of(bad[i]), 1, KA_CHAIN_ZEROS, hash));
	assert_false(ka_chain_put(&b, ka_span_of(OPEN1 "}}\n"), 0, KA_CHAIN_ZEROS, hash));
	assert_int_equal(b.len, 0);
	for (size_t size = 1; size <= strlen(LINE1 "\n"); size++) {
		ka_buf_init(&b, room, size);
		assert_true(ka_chain_put(&b, ka_span_of(OPEN1 "}}\n"), 1, KA_CHAIN_ZEROS, hash));
		assert_true(b.overflow);
	}
	ka_buf_init(&b, room, strlen(LINE1 "\n") + 1);
	assert_true(ka_chain_put(&b, ka_span_of(OPEN1 "}}\n"), 1, KA_CHAIN_ZEROS, hash));
	assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
	ka_buf_init_array(&b, room);
	assert_true(ka_chain_put(&b, ka_span_of(OPEN1 "}}\n"), UINT64_MAX, KA_CHAIN_ZEROS, hash));
	assert_int_equal(b.len, strlen(OPEN1 "}}\n") + KA_CHAIN_TAIL_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse__worked_example__is_intact_and_follows), cmocka_unit_test(put__worked_example__is_the_same_line),
		cmocka_unit_test(change__any_byte_to_any_other__is_seen), cmocka_unit_test(cut__any_number_of_bytes__is_a_fragment),
		cmocka_unit_test(parse__other_forms__table), cmocka_unit_test(hash__prev_and_length__count),
		cmocka_unit_test(fragment__hash__is_of_its_own_domain),
		cmocka_unit_test(put__wrong_ends_and_little_room__are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
