/* keyaudit/pubrevoked: fingerprints that are to be closed: read, found, written, and missed when they go. */
#include "keyaudit/publish/pubrevoked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/poison.h"

#define A "AbCdAbCdAbCdAbCdAbCdAbCdAbCdAbCdAbCdAbCdAb0"
#define B "AbCdAbCdAbCdAbCdAbCdAbCdAbCdAbCdAbCdAbCdAb4"
#define C "AbCdAbCdAbCdAbCdAbCdAbCdAbCdAbCdAbCdAbCdAb8"

static struct ka_pubrevoked r;

static int teardown(void **state)
{
	(void)state;
	ka_pubrevoked_free(&r);
	ka_pubrevoked_free(&r); /* once more does no harm */
	return r.hashes == NULL && r.count == 0 ? 0 : -1;
}

static void read_all(const char *text)
{
	ka_pubrevoked_free(&r);
	assert_int_equal(ka_pubrevoked_read(ka_span_of(text), &r), KA_ERR_OK);
}

static void read__lines_in_any_order__sorted_and_once(void **state)
{
	char text[512];
	struct ka_buf b;

	(void)state;
	read_all("# why\nSHA256:" C " stolen\n\nSHA256:" A "\nSHA256:" C "\nSHA256:" B "\t\033[2J \xff\n \t\n  SHA256:" C);
	assert_int_equal(r.bad_line, 0);
	assert_int_equal(r.count, 3);
	ka_buf_init_array(&b, text);
	ka_pubrevoked_put(&r, &b);
	assert_string_equal(text, "SHA256:" A "\nSHA256:" B "\nSHA256:" C "\n");
	ka_buf_init(&b, text, 40);
	ka_pubrevoked_put(&r, &b);
	assert_int_equal(ka_buf_check(&b), KA_ERR_LIMIT);
}

static void read__line_that_is_none__is_named(void **state)
{
	static const struct {
		const char *text;
		size_t line;
	} cases[] = {
		{ "SHA256:" A "\n# c\nMD5:xx\nSHA256:" B "\n", 3 }, { "SHA256:short", 1 }, { "\n\nSHA256:" A "x\n", 3 }, { "sha256:" A "\n", 1 },
		{ "SHA256:" A "\nx\nSHA256:" B "\ny\n", 2 }, { "SHA256:" A "=\n", 1 }, { "SHA256:" A "\r\n", 1 }, { "SHA256:" A "\n\xff\n", 2 },
		{ "SHA256:" A ",SHA256:" B, 1 }, { "SHA256: " A "\n", 1 }, { "ssh-ed25519 AAAA", 1 }, { "x", 1 }, { "\nx", 2 }, { "\nx\n", 2 },
		/* two spare bits that are set: no hash of 32 bytes */
		{ "SHA256:AbCdAbCdAbCdAbCdAbCdAbCdAbCdAbCdAbCdAbCdAb1\n", 1 },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(cases); i++) {
		read_all(cases[i].text);
		if (r.bad_line != cases[i].line)
			fail_msg("%zu: line %zu", i, r.bad_line);
	}
	/* a NUL is a byte like others */
	ka_pubrevoked_free(&r);
	assert_int_equal(ka_pubrevoked_read((struct ka_span){ (const uint8_t *)"\n\0", 2 }, &r), KA_ERR_OK);
	assert_int_equal(r.bad_line, 2);
}

static void read__nothing__is_an_empty_list(void **state)
{
	static const char *const texts[] = { "", "\n", "# all is well", " \t\n#\n" };
	char text[8] = "";
	struct ka_buf b;

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(texts); i++) {
		read_all(texts[i]);
		assert_int_equal(r.count + r.bad_line, 0);
	}
	assert_false(ka_pubrevoked_has(&r, "SHA256:" A));
	ka_buf_init_array(&b, text);
	ka_pubrevoked_put(&r, &b);
	assert_int_equal(b.len, 0);
}

static void has__whole_fingerprints__and_nothing_near(void **state)
{
	(void)state;
	read_all("SHA256:" B "\nSHA256:" A "\n");
	assert_false(ka_pubrevoked_has(&r, "SHA256:" B "x"));
	assert_false(ka_pubrevoked_has(&r, "SHA256:AbCdAbCdAbCdAbCdAbCdAbCdAbCdAbCdAbCdAbCdAb"));
	assert_false(ka_pubrevoked_has(&r, "SHA256:AbCdAbCdAbCdAbCdAbCdAbCdAbCdAbCdAbCdAbCdAb3"));
	assert_false(ka_pubrevoked_has(&r, "SHA512:" B));
	assert_false(ka_pubrevoked_has(&r, B));
	assert_false(ka_pubrevoked_has(&r, ""));
	assert_true(ka_pubrevoked_has(&r, "SHA256:" B));
	assert_true(ka_pubrevoked_has(&r, "SHA256:" A));
}

static void has__many__each_is_found(void **state)
{
	char *text = calloc(3000, 64), fp[64];
	size_t len = 0;

	(void)state;
	assert_non_null(text);
	for (unsigned i = 0; i < 3000; i++) /* more than fit at first, in no order, each second one twice */
		len += (size_t)snprintf(text + len, 64, "SHA256:%05u%038u\n", (i / 2 * 7919) % 100000, 0u);
	read_all(text);
	assert_int_equal(r.bad_line, 0);
	assert_int_equal(r.count, 1500);
	for (unsigned i = 0; i < 1500; i++) {
		assert_true(snprintf(fp, sizeof(fp), "SHA256:%05u%038u", (i * 7919) % 100000, 0u) > 0);
		assert_true(ka_pubrevoked_has(&r, fp));
		assert_true(i == 0 || memcmp(r.hashes[i - 1], r.hashes[i], KA_REVOKEDLIST_HASH_LEN) < 0);
	}
	assert_false(ka_pubrevoked_has(&r, "SHA256:99999" "00000000000000000000000000000000000000"));
	free(text);
}

static void lacks__list_that_shrinks__is_counted(void **state)
{
	(void)state;
	read_all("SHA256:" B "\n");
	assert_int_equal(ka_pubrevoked_lacks(&r, ka_span_of("SHA256:" B "\n")), 0);
	assert_int_equal(ka_pubrevoked_lacks(&r, ka_span_of("")), 0);
	assert_int_equal(ka_pubrevoked_lacks(&r, ka_span_of("SHA256:" A "\n# c\nnone\nSHA256:" B "\nSHA256:" C "\n")), 2);
	read_all("");
	assert_int_equal(ka_pubrevoked_lacks(&r, ka_span_of("SHA256:" A "\n")), 1);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_teardown(f, teardown)
	const struct CMUnitTest tests[] = {
		CASE(read__lines_in_any_order__sorted_and_once),
		CASE(read__line_that_is_none__is_named),
		CASE(read__nothing__is_an_empty_list),
		CASE(has__whole_fingerprints__and_nothing_near),
		CASE(has__many__each_is_found),
		CASE(lacks__list_that_shrinks__is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
