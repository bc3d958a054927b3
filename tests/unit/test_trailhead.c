/* audit/trailhead: the chain's end, whatever stands behind it. */
#include "audit/trailhead.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "audit/trailscan.h"
#include "base/cleanup.h"
#include "base/fd.h"

#include "base/poison.h"

static char first[512], second[512], hash1[KA_CHAIN_HEX], hash2[KA_CHAIN_HEX];

static int make_lines(void **state)
{
	struct ka_buf b;

	(void)state;
	ka_buf_init_array(&b, first);
	assert_true(ka_chain_put(&b, ka_span_of("{\"keyaudit\":{\"a\":1}}\n"), 1, KA_CHAIN_ZEROS, hash1));
	ka_buf_init_array(&b, second);
	assert_true(ka_chain_put(&b, ka_span_of("{\"event\":{\"action\":\"trail-rotate\"},\"keyaudit\":{\"a\":1}}\n"), 2, hash1, hash2));
	return 0;
}

static void find__clean_end__is_the_last_line(void **state)
{
	struct ka_trailhead h;
	char text[1024];
	struct ka_buf b;

	(void)state;
	ka_buf_init_array(&b, text);
	ka_buf_text(&b, first);
	ka_trailhead_find(ka_buf_as_span(&b), true, &h);
	assert_true(h.is_found && h.seq == 1 && !h.is_rotate && !h.is_unended && !h.fragment.is_there);
	assert_string_equal(h.hash, hash1);
	ka_buf_text(&b, second);
	ka_trailhead_find(ka_buf_as_span(&b), true, &h);
	assert_true(h.is_found && h.seq == 2 && h.is_rotate && !h.is_unended && !h.fragment.is_there);
	assert_string_equal(h.hash, hash2);
	b.len--; /* its newline */
	ka_trailhead_find(ka_buf_as_span(&b), true, &h);
	assert_true(h.is_found && h.seq == 2 && h.is_unended && !h.fragment.is_there);
	b.len = strlen(first); /* a piece of the file without its beginning: a line must begin behind a newline */
	ka_trailhead_find(ka_buf_as_span(&b), false, &h);
	assert_false(h.is_found);
	ka_trailhead_find(ka_span_of(""), true, &h);
	assert_false(h.is_found);
	ka_trailhead_find(ka_span_of("\n\n"), true, &h);
	assert_false(h.is_found);
}

static void find__fragments__table(void **state)
{
	static const struct { const char *behind, *fragment; bool is_ended; } rows[] = {
		{ "{", "{", false },
		{ "{\"a\":1}}\n", "{\"a\":1}}", true },
		{ "x\ny", "x\ny", false },
		{ "x\ny\n", "x\ny", true },
		{ "\n", "", true },
		{ "\n\n", "\n", true },
	};
	char text[1024], hash[KA_CHAIN_HEX];
	struct ka_trailhead h;
	struct ka_buf b;

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		ka_buf_init_array(&b, text);
		ka_buf_text(&b, first);
		ka_buf_text(&b, rows[i].behind);
		ka_trailhead_find(ka_buf_as_span(&b), true, &h);
		assert_true(h.is_found && h.seq == 1 && !h.is_unended && h.fragment.is_there);
		assert_int_equal(h.fragment.is_ended, rows[i].is_ended);
		assert_int_equal(h.fragment.bytes, strlen(rows[i].fragment));
		ka_chain_fragment_hash(ka_span_of(rows[i].fragment), hash);
		assert_string_equal(h.fragment.hash, hash);
	}
}

/* a line whose hash is wrong is not taken at its word, whatever it says */
static void find__changed_line__is_passed_over(void **state)
{
	char text[1024];
	struct ka_trailhead h;
	struct ka_buf b;

	(void)state;
	ka_buf_init_array(&b, text);
	ka_buf_text(&b, first);
	ka_buf_text(&b, second);
	text[strlen(first) + 3] ^= 1;
	ka_trailhead_find(ka_buf_as_span(&b), true, &h);
	assert_true(h.is_found && h.seq == 1 && h.fragment.is_there && h.fragment.bytes == strlen(second) - 1);
}

/* @junk bytes behind the first line, of a file that begins with many more */
static bool found_behind(size_t junk)
{
	KA_AUTOCLOSE int fd = memfd_create("trail", MFD_CLOEXEC);
	KA_AUTOFREE char *block = malloc(KA_TRAILSCAN_BLOCK);
	KA_AUTOFREE char *fill = malloc(2 * KA_TRAILSCAN_BLOCK);
	struct ka_trailhead h;

	assert_true(block != NULL && fill != NULL);
	memset(fill, 'x', 2 * KA_TRAILSCAN_BLOCK);
	assert_int_equal(ka_fd_write_all(fd, fill, 2 * KA_TRAILSCAN_BLOCK), KA_ERR_OK);
	assert_int_equal(ka_fd_write_all(fd, "\n", 1), KA_ERR_OK);
	assert_int_equal(ka_fd_write_all(fd, first, strlen(first)), KA_ERR_OK);
	assert_int_equal(ka_fd_write_all(fd, fill, junk), KA_ERR_OK);
	assert_int_equal(ka_trailhead_read(fd, block, &h), KA_ERR_OK);
	assert_true(!h.is_found || h.fragment.bytes == junk);
	return h.is_found;
}

static void read__the_block__bounds_it(void **state)
{
	size_t line = strlen(first);

	(void)state;
	for (size_t d = 0; d < 4; d++) {
		assert_true(found_behind(KA_TRAILHEAD_READ_MAX - line - 2 + d)); /* around the first look */
		assert_int_equal(found_behind(KA_TRAILSCAN_BLOCK - line - 2 + d), d < 2);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(find__clean_end__is_the_last_line), cmocka_unit_test(find__fragments__table),
		cmocka_unit_test(find__changed_line__is_passed_over), cmocka_unit_test(read__the_block__bounds_it),
	};

	return cmocka_run_group_tests(tests, make_lines, NULL);
}
