/* diag/scannames: files of names as sshd reads them. */
#include "diag/scannames.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/certsample.h"

#include "base/poison.h"

static struct ka_offer offer;
static struct ka_keyscan_offer ready;
static struct ka_keyscan scan;
static struct ka_keyscan_work work;

/* the certificate holds alice and ops */
static const struct ka_keyscan_hit *read_file(const char *name, const char *text, const char *address)
{
	struct ka_keyscan_query q = { .offers = &ready, .offers_count = 1, .address = address, .now_sec = CERTSAMPLE_NOW };

	certsample_take(name, &offer, &ready);
	ka_scannames_run((const uint8_t *)text, strlen(text), &q, &work, &scan);
	assert_true(ka_keyscan_check(&scan, 1));
	return ka_keyscan_hit(&scan, 0);
}

static void found__alone_or_behind_options(void **state)
{
	static const char *const files[] = {
		"ops\n", "ops", "# names\n\n  alice  # me\n", "x\ny\t\nalice\n", "no-pty ops\n", "no-pty\t ops \n",
		"command=\"a b\",no-pty ops\n", "no-such alice\nops\n",
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(files); i++) {
		const struct ka_keyscan_hit *hit = read_file("plain", files[i], "");

		assert_non_null(hit);
		assert_int_equal(hit->fit, KA_KEYSCAN_LISTED);
		assert_int_equal(hit->reason, KA_REASON_NONE);
	}
}

static void not_found__other_names_comments_parts(void **state)
{
	static const char *const files[] = { "", "\n", "bob\n", "alicia\nop\n", "# alice\n", "bob # alice\n", "alice bob\n", "alice\r\n" };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(files); i++)
		assert_null(read_file("plain", files[i], ""));
	assert_null(read_file("nameless", "alice\n", ""));
	assert_null(read_file("k", "alice\n", ""));
}

static void options__refuse_and_the_first_line_counts(void **state)
{
	(void)state;
	assert_int_equal(read_file("plain", "from=\"10.0.0.1\" ops\nops\n", "192.0.2.7")->reason, KA_REASON_OPTION_FROM_MISMATCH);
	assert_int_equal(read_file("plain", "from=\"192.0.2.7\" ops\n", "192.0.2.7")->reason, KA_REASON_NONE);
	assert_int_equal(read_file("plain", "expiry-time=\"20200101\" ops\n", "")->reason, KA_REASON_OPTION_EXPIRED);
	assert_int_equal(read_file("command", "command=\"/bin/false\" alice\n", "")->reason, KA_REASON_CERT_OPTION_CONFLICT);
	assert_int_equal(read_file("plain", "no-such alice\n", "")->fit, KA_KEYSCAN_REMAINS); /* sshd passes over the line */
}

static void listed__the_first_names_cut(void **state)
{
	char text[600];

	(void)state;
	memset(text, 'n', sizeof(text));
	memcpy(text + 500, "\nb\nc\nd\n", sizeof("\nb\nc\nd\n"));
	assert_null(read_file("plain", text, ""));
	assert_int_equal(scan.usable, 4);
	assert_int_equal(strlen(scan.listed[0]), sizeof(scan.listed[0]) - 1);
	assert_string_equal(scan.listed[1], "b");
	assert_string_equal(scan.listed[2], "c");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(found__alone_or_behind_options),
		cmocka_unit_test(not_found__other_names_comments_parts),
		cmocka_unit_test(options__refuse_and_the_first_line_counts),
		cmocka_unit_test(listed__the_first_names_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
