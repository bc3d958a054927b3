/* diag/keyrow: the line-by-line view: every line with a key, in order, with what sshd thinks; nothing more of it. */
#include "diag/keyrow.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "key/keyb64.h"
#include "tests/unit/lib/keyscansample.h"

#include "base/poison.h"

static struct ka_keyrows rows;
static uint32_t keys_before;

static void scan_bytes(const char *text, size_t len)
{
	struct ka_keyscan_query q = { .offers = keyscansample.offers, .offers_count = keyscansample.offers_count,
				      .address = "192.0.2.7", .now_sec = 1792000000, .rows = &rows };
	uint8_t *copy = malloc(len + 1);

	assert_non_null(copy);
	memcpy(copy, text, len);
	memset(&rows, 0, sizeof(rows));
	rows.keys_len = keys_before;
	ka_keyscan_run(copy, len, &q, &keyscansample.work, &keyscansample.scan);
	free(copy);
	for (uint32_t i = 0; i < rows.count; i++)
		assert_true(ka_keyrow_check(&rows.row[i], keyscansample.offers_count, rows.keys_len));
}

static void scan(const char *text)
{
	scan_bytes(text, strlen(text));
}

static int begin(void **state)
{
	keys_before = 0;
	return keyscansample_alice(state);
}

static void rows__a_file__every_line_with_a_key_in_order(void **state)
{
	(void)state;
	scan("# comment\n" B " bob@host\n\nfrom=\"10.0.0.0/8\" " A " alice\n# " A "\nssh-ed25519 AAAA*\nno-such-option " R "\n");
	assert_int_equal(rows.count, 4);
	assert_int_equal(rows.row[0].line, 2);
	assert_true(rows.row[0].is_key);
	assert_int_equal(rows.row[0].offer, UINT32_MAX);
	assert_int_equal(rows.row[0].reason, KA_REASON_NONE);
	assert_string_equal(rows.row[0].comment, "bob@host");
	assert_string_equal(rows.row[0].type, "ssh-ed25519");
	assert_int_equal(rows.row[1].line, 4);
	assert_int_equal(rows.row[1].offer, 0);
	assert_int_equal(rows.row[1].reason, KA_REASON_OPTION_FROM_MISMATCH);
	assert_int_equal(rows.row[1].column, 1);
	assert_int_equal(rows.row[2].line, 6);
	assert_false(rows.row[2].is_key);
	assert_int_equal(rows.row[2].reason, KA_REASON_LINE_BAD_BASE64);
	assert_int_equal(rows.row[3].line, 7);
	assert_int_equal(rows.row[3].reason, KA_REASON_OPTION_UNKNOWN);
	assert_int_equal(rows.row[3].bits, 2048);
}

/* the receiver judges it: what was read is what it gets */
static void rows__the_key__is_kept_beside_them(void **state)
{
	uint8_t blob[KA_BLOB_MAX];
	size_t len;

	(void)state;
	scan("# x\n" A " alice\nssh-ed25519 AAAA*\n" B "\n");
	assert_int_equal(rows.count, 3);
	assert_true(ka_keyb64_decode(ka_span_of(strchr(B, ' ') + 1), blob, sizeof(blob), &len));
	assert_int_equal(rows.row[2].key_len, len);
	assert_memory_equal(rows.keys + rows.row[2].key_at, blob, len);
	assert_int_equal(rows.row[1].key_len, 0);
	assert_int_equal(rows.row[0].key_at, 0);
	assert_int_equal(rows.keys_len, rows.row[0].key_len + rows.row[2].key_len);
	/* no room for the second: it is not there, and the line is */
	keys_before = KA_KEYROW_KEYS_MAX - (uint32_t)len - 1;
	scan(A "\n" B "\n");
	assert_int_equal(rows.count, 2);
	assert_int_equal(rows.row[0].key_len, len);
	assert_int_equal(rows.row[1].key_len, 0);
	assert_int_equal(rows.keys_len, KA_KEYROW_KEYS_MAX - 1);
}

static void rows__utf16__none_is_read(void **state)
{
	static const char text[] = A "\n";
	char wide[2 * sizeof(text)] = "\xff\xfe";

	(void)state;
	for (size_t i = 0; i + 1 < sizeof(text); i++) {
		wide[2 + 2 * i] = text[i];
		wide[3 + 2 * i] = '\0';
	}
	scan_bytes(wide, 2 * sizeof(text));
	assert_int_equal(rows.count, 1);
	assert_false(rows.row[0].is_key);
	assert_int_equal(rows.row[0].reason, KA_REASON_LINE_NOT_ASCII);
}

static void rows__more_than_fit__are_counted(void **state)
{
	size_t n = KA_DIAG_ROWS_MAX + 3, one = strlen(B "\n");
	char *text = malloc(n * one);

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < n; i++)
		memcpy(text + i * one, B "\n", one);
	scan_bytes(text, n * one);
	free(text);
	assert_int_equal(rows.count, KA_DIAG_ROWS_MAX);
	assert_int_equal(rows.left_out, 3);
}

static void check__not_a_row__refused(void **state)
{
	struct ka_keyrow row = { .offer = UINT32_MAX, .key_at = 10, .key_len = 5 };

	(void)state;
	assert_true(ka_keyrow_check(&row, 1, 15));
	assert_false(ka_keyrow_check(&row, 1, 14));
	assert_false(ka_keyrow_check(&row, 1, 4));
	row.key_at = UINT32_MAX; /* past what 32 bits add up to */
	assert_false(ka_keyrow_check(&row, 1, 15));
	row.key_at = 0;
	row.offer = 1;
	assert_false(ka_keyrow_check(&row, 1, 15));
	row.offer = 0;
	row.vet = KA_REASON_KEY_RSA_TOO_SHORT; /* that is not for who reads the lines to say */
	assert_false(ka_keyrow_check(&row, 1, 15));
	row.vet = 0;
	row.is_rejected = 1;
	assert_false(ka_keyrow_check(&row, 1, 15));
	row.is_rejected = 0;
	row.reason = KA_REASON_COUNT;
	assert_false(ka_keyrow_check(&row, 1, 15));
	row.reason = 0;
	memset(row.comment, 'x', sizeof(row.comment));
	assert_false(ka_keyrow_check(&row, 1, 15));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(rows__a_file__every_line_with_a_key_in_order, begin),
		cmocka_unit_test_setup(rows__the_key__is_kept_beside_them, begin),
		cmocka_unit_test_setup(rows__utf16__none_is_read, begin),
		cmocka_unit_test_setup(rows__more_than_fit__are_counted, begin),
		cmocka_unit_test(check__not_a_row__refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
