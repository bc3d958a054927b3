/* keyaudit/blocklist/blockcheck: the same answer in whatever pieces the bytes come. */
#include "keyaudit/blocklist/blockcheck.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "tests/unit/lib/blocksample.h"

#include "base/poison.h"

enum { COUNT = 100 };

static char found[65];

static const char *check(const uint8_t *bytes, size_t len, size_t piece, const char *sha256)
{
	struct ka_blockcheck c;
	const char *wrong;

	ka_blockcheck_begin(&c);
	for (size_t at = 0; at < len; at += piece)
		ka_blockcheck_feed(&c, bytes + at, len - at < piece ? len - at : piece);
	assert_int_equal(ka_blockcheck_records(&c), len / KA_BLOCKFILE_RECORD);
	wrong = ka_blockcheck_end(&c, sha256, found);
	return wrong != NULL ? wrong : "";
}

static void check__in_order__in_any_pieces(void **state)
{
	KA_AUTOFREE uint8_t *records = blocksample_fill(COUNT);
	uint8_t hash[32];
	char hex[65];

	(void)state;
	crypto_hash_sha256(hash, records, COUNT * KA_BLOCKFILE_RECORD);
	ka_text_hex(hash, sizeof(hash), hex, sizeof(hex));
	for (size_t piece = 1; piece < 40; piece++) {
		assert_string_equal(check(records, COUNT * KA_BLOCKFILE_RECORD, piece, hex), "");
		assert_string_equal(found, hex);
	}
	assert_string_equal(check(records, COUNT * KA_BLOCKFILE_RECORD, 4096, ""), "");
	hex[0] = hex[0] == 'a' ? 'b' : 'a';
	assert_string_equal(check(records, COUNT * KA_BLOCKFILE_RECORD, 4096, hex), "its SHA-256 is not the one that was promised");
}

static void check__torn_twice_or_out_of_order__said(void **state)
{
	KA_AUTOFREE uint8_t *records = blocksample_fill(COUNT);
	uint8_t two[2 * KA_BLOCKFILE_RECORD] = { 0 };

	(void)state;
	assert_string_equal(check(records, 0, 1, ""), "it is empty");
	for (size_t cut = 1; cut < KA_BLOCKFILE_RECORD; cut++)
		assert_string_equal(check(records, COUNT * KA_BLOCKFILE_RECORD - cut, 7, ""), "its size is no multiple of 16");
	assert_string_equal(check(two, sizeof(two), 5, ""), "its records are not in ascending order");
	two[31] = 1; /* one hash in two lists */
	assert_string_equal(check(two, sizeof(two), 5, ""), "");
	two[15] = 2;
	assert_string_equal(check(two, sizeof(two), 5, ""), "its records are not in ascending order");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(check__in_order__in_any_pieces),
		cmocka_unit_test(check__torn_twice_or_out_of_order__said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
