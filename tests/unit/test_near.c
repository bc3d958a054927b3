/* base/near: which slips are forgiven, how many by length, and that no word is too long or too strange. */
#include "base/near.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"

#include "base/poison.h"

static const char *nearest(const char *word, const char *candidate)
{
	struct ka_near n;

	ka_near_init(&n, ka_span_of(word));
	ka_near_try(&n, candidate);
	return n.best;
}

static void try__slips__are_forgiven_by_length(void **state)
{
	static const struct { const char *word, *candidate; bool is_near; } rows[] = {
		/* each kind of slip */
		{ "owner", "owner", true }, { "ownr", "owner", true }, { "ownerr", "owner", true }, { "ownar", "owner", true },
		{ "onwer", "owner", true }, { "OWNER", "owner", true }, { "owner", "OWNER", true }, { "ONwer", "owner", true },
		/* below 4 letters one */
		{ "ur", "url", true }, { "urx", "url", true }, { "ulr", "url", true }, { "xyz", "url", false }, { "u", "url", false },
		{ "x", "y", true }, { "xx", "yy", false }, { "axb", "url", false },
		/* from 4 two */
		{ "paht", "path", true }, { "pxyh", "path", true }, { "pxyz", "path", false }, { "ph", "path", false }, { "pth", "path", true },
		{ "signrs", "signers", true }, { "sgnrss", "signers", false }, { "sinres", "signers", true },
		/* from 7 three */
		{ "rsa_mni_bit", "rsa_min_bits", true }, { "rsaminbit", "rsa_min_bits", true }, { "rsaminbt", "rsa_min_bits", false },
		{ "severitykeyrsa", "path", false },
		{ "", "", false }, { "", "a", false }, { "abc", "", false },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++)
		if ((nearest(rows[i].word, rows[i].candidate) != NULL) != rows[i].is_near)
			fail_msg("%s and %s", rows[i].word, rows[i].candidate);
}

static void try__several__the_nearest_and_of_equals_the_first(void **state)
{
	static const char *const candidates[] = { "paxx", "pathe", "patho", "PATH", "path", "path" };
	struct ka_near n;

	(void)state;
	ka_near_init(&n, ka_span_of("path"));
	assert_null(n.best);
	for (size_t i = 0; i < KA_ARRAY_LEN(candidates); i++) {
		ka_near_try(&n, candidates[i]);
		assert_ptr_equal(n.best, candidates[i == 0 ? 0 : i < 3 ? 1 : 3]);
	}
	assert_int_equal(n.slips, 0);
}

static void try__length__to_the_byte(void **state)
{
	char longest[KA_NEAR_WORD_MAX + 2], other[KA_NEAR_WORD_MAX + 2];
	struct ka_near n;

	(void)state;
	memset(longest, 'a', sizeof(longest));
	memcpy(other, longest, sizeof(other));
	longest[KA_NEAR_WORD_MAX] = other[KA_NEAR_WORD_MAX] = '\0';
	other[KA_NEAR_WORD_MAX - 1] = 'b';
	assert_ptr_equal(nearest(longest, other), other);
	assert_int_equal(strlen(other), 63);
	ka_near_init(&n, (struct ka_span){ (const uint8_t *)longest, KA_NEAR_WORD_MAX - 1 });
	ka_near_try(&n, other);
	assert_int_equal(n.slips, 1);
	longest[KA_NEAR_WORD_MAX] = 'a';
	longest[KA_NEAR_WORD_MAX + 1] = '\0';
	assert_null(nearest(longest, other)); /* 64 letters are near nothing */
	assert_null(nearest(other, longest));
	assert_null(nearest(longest, longest));
	ka_near_init(&n, (struct ka_span){ (const uint8_t *)longest, SIZE_MAX }); /* not even looked at */
	ka_near_try(&n, other);
	assert_null(n.best);
}

/* the distance by its definition, without the rows that are used again */
static unsigned slips(const uint8_t *a, size_t la, const uint8_t *b, size_t lb)
{
	unsigned d[8][8];

	for (size_t i = 0; i <= la; i++)
		for (size_t j = 0; j <= lb; j++) {
			unsigned n;

			if (i == 0 || j == 0) {
				d[i][j] = (unsigned)(i + j);
				continue;
			}
			n = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
			n = d[i - 1][j] + 1 < n ? d[i - 1][j] + 1 : n;
			n = d[i][j - 1] + 1 < n ? d[i][j - 1] + 1 : n;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && d[i - 2][j - 2] + 1 < n)
				n = d[i - 2][j - 2] + 1;
			d[i][j] = n;
		}
	return d[la][lb];
}

static void try__random_words__agree_with_the_definition(void **state)
{
	static const uint8_t letters[4] = { 'a', 'b', 0x1b, 0xff };
	uint32_t seed = 1;

	(void)state;
	for (unsigned round = 0; round < 20000; round++) {
		uint8_t w[7], c[8] = { 0 };
		size_t lw = 1 + round % 7, lc = 1 + round / 7 % 7;
		unsigned most = lw < 4 ? 1 : lw < 7 ? 2 : 3, want;
		struct ka_near n;

		for (size_t i = 0; i < lw + lc; i++) {
			seed = seed * 1103515245 + 12345;
			if (i < lw)
				w[i] = letters[seed >> 16 & 3];
			else
				c[i - lw] = letters[seed >> 16 & 3];
		}
		ka_near_init(&n, (struct ka_span){ w, lw });
		ka_near_try(&n, (const char *)c);
		want = slips(w, lw, c, lc);
		assert_int_equal(n.best != NULL, want <= most);
		if (n.best != NULL)
			assert_int_equal(n.slips, want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(try__slips__are_forgiven_by_length),
		cmocka_unit_test(try__several__the_nearest_and_of_equals_the_first),
		cmocka_unit_test(try__length__to_the_byte),
		cmocka_unit_test(try__random_words__agree_with_the_definition),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
