/* diag/keyrow: the line-by-line view: every line with a key, in order, with what sshd and the policy think; nothing more of it. */
#include "diag/keyrow.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/keyscansample.h"
#include "vet/vetconf.h"

#include "base/poison.h"

static struct ka_keyrows rows;
static struct ka_vetpolicy policy;
static struct ka_conf conf;
static struct ka_conf_errors errors;

static void scan_bytes(const char *text, size_t len)
{
	struct ka_keyscan_query q = { .offers = keyscansample.offers, .offers_count = keyscansample.offers_count,
				      .address = "192.0.2.7", .now_sec = 1792000000, .rows = &rows };
	uint8_t *copy = malloc(len + 1);

	assert_non_null(copy);
	memcpy(copy, text, len);
	memset(&rows, 0, sizeof(rows));
	rows.policy = &policy;
	ka_keyscan_run(copy, len, &q, &keyscansample.work, &keyscansample.scan);
	free(copy);
	for (uint32_t i = 0; i < rows.count; i++)
		assert_true(ka_keyrow_check(&rows.row[i], keyscansample.offers_count));
}

static void scan(const char *text)
{
	scan_bytes(text, strlen(text));
}

static int begin(void **state)
{
	ka_conf_default(&conf);
	ka_vetconf_make(&conf, &policy, &errors);
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

static void rows__a_key_the_policy_refuses__says_so_beside_sshd(void **state)
{
	(void)state;
	policy.rsa_min_bits = 3072;
	scan(R "\n" A "\n");
	assert_int_equal(rows.count, 2);
	assert_int_equal(rows.row[0].reason, KA_REASON_NONE);
	assert_int_equal(rows.row[0].vet, KA_REASON_KEY_RSA_TOO_SHORT);
	assert_true(rows.row[0].is_rejected);
	assert_int_equal(rows.row[1].vet, KA_REASON_NONE);
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
	struct ka_keyrow row = { .offer = UINT32_MAX };

	(void)state;
	assert_true(ka_keyrow_check(&row, 1));
	row.offer = 1;
	assert_false(ka_keyrow_check(&row, 1));
	row.offer = 0;
	row.vet = KA_REASON_COUNT;
	assert_false(ka_keyrow_check(&row, 1));
	row.vet = 0;
	memset(row.comment, 'x', sizeof(row.comment));
	assert_false(ka_keyrow_check(&row, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(rows__a_file__every_line_with_a_key_in_order, begin),
		cmocka_unit_test_setup(rows__a_key_the_policy_refuses__says_so_beside_sshd, begin),
		cmocka_unit_test_setup(rows__utf16__none_is_read, begin),
		cmocka_unit_test_setup(rows__more_than_fit__are_counted, begin),
		cmocka_unit_test(check__not_a_row__refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
