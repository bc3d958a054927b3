/* diag/scanline: a line that sshd can use is judged by its options, in sshd's order. What is hidden or damaged is in test_keyscan. */
#include "diag/scanline.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/limits.h"
#include "tests/unit/lib/keyscansample.h"

#include "base/poison.h"

/* everything that sshd lets in: none of it may be called damaged */
static void fine__table(void **state)
{
	static const struct keyscansample_row rows[] = {
		T(A "\n", NONE, LISTED, 1, 1),
		T(A, NONE, LISTED, 1, 1),
		T(A " alice@laptop\r\n", NONE, LISTED, 1, 1),
		T(A "\r\n", NONE, LISTED, 1, 1),
		T("  \t" A " x\n", NONE, LISTED, 1, 4),
		T("ssh-ed25519\t \t" A64 "\tx\n", NONE, LISTED, 1, 1),
		T(BOM "# comment\n" A "\n", NONE, LISTED, 2, 1),
		T(A " comment \xff\x01 \xe2\x82\xac\n", NONE, LISTED, 1, 1),
		T(A " x\0 and more\n", NONE, LISTED, 1, 1),
		T("garbage\nno-such-option " B "\ncommand=\"open " B "\nssh-new AAAAB\n" A "\n", NONE, LISTED, 5, 1),
		T("pty, " A "\n", NONE, LISTED, 1, 6),
		T(",pty " A "\n", NONE, LISTED, 1, 6),
		T("pty,,no-pty " A "\n", NONE, LISTED, 1, 13),
		T("restrict,command=\"echo \\\"a b\\\"\" " A "\n", NONE, LISTED, 1, 0),
		T("NO-PTY " A "\n", NONE, LISTED, 1, 8),
		T("from=\"192.0.2.0/24\" " A "\n", NONE, LISTED, 1, 0),
		T("from=\"!192.0.2.9,192.0.2.*\" " A "\n", NONE, LISTED, 1, 0),
		T("expiry-time=\"20990101Z\" " A "\n", NONE, LISTED, 1, 0),
		T("# " A "\n" A "\n", NONE, LISTED, 2, 1),
		T("no-such-option " A "\n" A "\n", NONE, LISTED, 2, 1),
		T(A "\n# " A "\n", NONE, LISTED, 1, 1),
	};

	(void)state;
	keyscansample_check(rows, KA_ARRAY_LEN(rows));
}

static void options__what_keeps_the_key_out__table(void **state)
{
	static const struct keyscansample_row rows[] = {
		T("no-such-option " A "\n", OPTION_UNKNOWN, WHOLE, 1, 1),
		T("restrict,fromm=\"10.0.0.0/8\" " A "\n", OPTION_UNKNOWN, WHOLE, 1, 10),
		T("command=\"a\",command=\"b\" " A "\n", OPTION_REPEATED, WHOLE, 1, 0),
		T("expiry-time=\"2020-01-01\" " A "\n", OPTION_BAD_VALUE, WHOLE, 1, 0),
		T("from=\"10.0.0.1/8\" " A "\n", OPTION_BAD_VALUE, WHOLE, 1, 0),
		T("expiry-time=\"20200101\" " A "\n", OPTION_EXPIRED, WHOLE, 1, 1),
		T("restrict,expiry-time=\"20200101Z\",from=\"10.0.0.0/8\" " A "\n", OPTION_EXPIRED, WHOLE, 1, 10),
		T("from=\"10.0.0.0/8\" " A "\n", OPTION_FROM_MISMATCH, WHOLE, 1, 1),
		T("principals=\"x\" " A "\n", OPTION_PRINCIPALS_WITHOUT_CA, WHOLE, 1, 1),
		T("cert-authority " A "\n", OPTION_CERT_AUTHORITY, WHOLE, 1, 1),
	};

	(void)state;
	keyscansample_check(rows, KA_ARRAY_LEN(rows));
}

/* of several faults sshd stumbles over the first in its own order, wherever they stand in the list */
static void options__several_faults__sshds_order(void **state)
{
	static const struct keyscansample_row rows[] = {
		T("from=\"10.0.0.0/8\",principals=\"x\",expiry-time=\"20200101Z\",cert-authority,nonsense " A "\n", OPTION_UNKNOWN, WHOLE, 1, 0),
		T("from=\"10.0.0.0/8\",principals=\"x\",expiry-time=\"20200101Z\",cert-authority " A "\n", OPTION_CERT_AUTHORITY, WHOLE, 1, 58),
		T("from=\"10.0.0.0/8\",principals=\"x\",expiry-time=\"20200101Z\" " A "\n", OPTION_EXPIRED, WHOLE, 1, 34),
		T("from=\"10.0.0.0/8\",principals=\"x\" " A "\n", OPTION_PRINCIPALS_WITHOUT_CA, WHOLE, 1, 19),
		T("from=\"10.0.0.0/8\" " A "\n", OPTION_FROM_MISMATCH, WHOLE, 1, 1),
	};

	(void)state;
	keyscansample_check(rows, KA_ARRAY_LEN(rows));
}

static void address__unknown__from_is_not_judged(void **state)
{
	static const char text[] = "from=\"10.0.0.0/8\" " A "\n";

	(void)state;
	keyscansample.address = "";
	keyscansample_run(text, sizeof(text) - 1);
	keyscansample.address = "192.0.2.7";
	assert_int_equal(keyscansample_hit(0)->fit, KA_KEYSCAN_LISTED);
	assert_int_equal(keyscansample_hit(0)->what, KA_KEYSCAN_FROM_UNJUDGED);
	assert_string_equal(keyscansample_hit(0)->detail, "10.0.0.0/8");
}

/* one line at a time, with a clock and a zone of our own */
static void take(const char *text, int64_t now, int64_t offset)
{
	static uint8_t *copy;
	struct ka_keyscan_query q = { .offers = keyscansample.offers, .offers_count = keyscansample.offers_count, .address = "192.0.2.7",
				      .now_sec = now, .local_offset_sec = offset };
	size_t len = strlen(text);

	free(copy);
	copy = malloc(len + 1);
	assert_non_null(copy);
	memcpy(copy, text, len);
	memset(&keyscansample.scan, 0, sizeof(keyscansample.scan));
	memset(&keyscansample.work, 0, sizeof(keyscansample.work));
	keyscansample.work.query = &q;
	keyscansample.work.out = &keyscansample.scan;
	keyscansample.work.line = 7;
	ka_cursor_init(&keyscansample.work.rest, copy, 0);
	ka_scanline_take(&keyscansample.work, (struct ka_span){ copy, len });
	keyscansample.work.query = NULL;
	assert_true(ka_keyscan_check(&keyscansample.scan, keyscansample.offers_count));
	assert_non_null(keyscansample_hit(0));
	assert_int_equal(keyscansample_hit(0)->line, 7);
}

static void expiry__second_before_and_behind__local_and_utc(void **state)
{
	static const char utc[] = "expiry-time=\"20261014174640Z\" " A, local[] = "expiry-time=\"20261014174640\" " A;
	const int64_t at = 1792000000; /* what they say in UTC */

	(void)state;
	take(utc, at - 1, 0);
	assert_int_equal(keyscansample_hit(0)->fit, KA_KEYSCAN_LISTED);
	take(utc, at, 7200);
	assert_int_equal(keyscansample_hit(0)->fit, KA_KEYSCAN_LISTED);
	take(utc, at + 1, 7200);
	assert_int_equal(keyscansample_hit(0)->reason, KA_REASON_OPTION_EXPIRED);
	assert_string_equal(keyscansample_hit(0)->detail, "20261014174640Z");
	take(local, at - 7200, 7200);
	assert_int_equal(keyscansample_hit(0)->fit, KA_KEYSCAN_LISTED);
	take(local, at - 7199, 7200);
	assert_int_equal(keyscansample_hit(0)->reason, KA_REASON_OPTION_EXPIRED);
	take(local, at + 3600, -3600);
	assert_int_equal(keyscansample_hit(0)->fit, KA_KEYSCAN_LISTED);
	take(local, at + 3601, -3600);
	assert_int_equal(keyscansample_hit(0)->reason, KA_REASON_OPTION_EXPIRED);
}

static void detail__longer_than_its_place__is_cut_and_ended(void **state)
{
	static const size_t lengths[] = { KA_TEXT_OPTION_MAX - 2, KA_TEXT_OPTION_MAX - 1, KA_TEXT_OPTION_MAX, 5000 };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(lengths); i++) {
		static char text[8192], value[5001];
		size_t n = lengths[i];

		memset(value, 'x', n);
		value[n] = '\0';
		snprintf(text, sizeof(text), "from=\"%s\" " A, value);
		take(text, 0, 0);
		assert_int_equal(keyscansample_hit(0)->reason, KA_REASON_OPTION_FROM_MISMATCH);
		assert_int_equal(strlen(keyscansample_hit(0)->detail), n < KA_TEXT_OPTION_MAX ? n : KA_TEXT_OPTION_MAX - 1);
	}
}

/* an option's name with a byte beyond ASCII is a byte order mark most of the time, and no mistyped name */
static void option__odd_bytes_in_its_name__are_no_unknown_option(void **state)
{
	static const struct { const char *text; enum ka_reason reason; enum ka_keyscan_what what; const char *detail, *near; } rows[] = {
		{ BOM "no-pty " A, KA_REASON_LINE_NOT_ASCII, KA_KEYSCAN_BOM, "", "" },
		{ "no-pty,no\xe2\x80\x91x11 " A, KA_REASON_LINE_NOT_ASCII, KA_KEYSCAN_BYTE, "", "" },
		{ "n\xff " A, KA_REASON_LINE_NOT_ASCII, KA_KEYSCAN_BYTE, "", "" },
		{ "fromm=\"x\" " A, KA_REASON_OPTION_UNKNOWN, KA_KEYSCAN_PLAIN, "fromm", "from" },
		{ "something-else " A, KA_REASON_OPTION_UNKNOWN, KA_KEYSCAN_PLAIN, "something-else", "" },
		{ "PermitOpen=\"a\" " A, KA_REASON_OPTION_BAD_VALUE, KA_KEYSCAN_PLAIN, "a", "permitopen" }, /* whose value it is */
		{ "pty=\"a\" " A, KA_REASON_OPTION_BAD_VALUE, KA_KEYSCAN_PLAIN, "\"a\"", "pty" },
		{ "f\x1b[2J=\"x\" " A, KA_REASON_OPTION_UNKNOWN, KA_KEYSCAN_PLAIN, "f\x1b[2J", "" }, /* raw: whoever shows it escapes it */
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		const struct ka_keyscan_hit *hit;

		take(rows[i].text, 0, 0);
		hit = keyscansample_hit(0);
		if (hit->reason != (uint32_t)rows[i].reason || hit->what != (uint32_t)rows[i].what || strcmp(hit->detail, rows[i].detail) != 0 ||
		    strcmp(hit->near, rows[i].near) != 0)
			fail_msg("row %zu: %s %u \"%s\" near \"%s\"", i, ka_reason_id((enum ka_reason)hit->reason), hit->what, hit->detail, hit->near);
	}
}

static void usable__counted_with_comments__three_fingerprints_are_kept(void **state)
{
	static const char text[] = "# one\n" A "\n" B "\n #two\n" E "\nssh-ed25519 *\n" R "\n\n";

	(void)state;
	keyscansample_run(text, sizeof(text) - 1);
	assert_int_equal(keyscansample.scan.usable, 4);
	assert_int_equal(keyscansample.scan.comments, 2);
	assert_int_equal(keyscansample.scan.lines, 8);
	assert_string_equal(keyscansample.scan.listed[0], keyscansample.offers[0].fp);
	assert_int_equal(strncmp(keyscansample.scan.listed[2], "SHA256:", 7), 0);
	assert_string_not_equal(keyscansample.scan.listed[1], keyscansample.scan.listed[2]);
}

/* what sshd reads counts, whatever we think of the key: our own rules about numbers, types that are newer than we are */
static void usable__keys_that_only_sshd_takes__table(void **state)
{
	static const struct { const char *text; unsigned usable; } rows[] = {
		{ "xxxxx AAAABXh4eHh4AAAAAA==\n", 1 },                     /* unknown, and named inside */
		{ "ssh-ed25519 AAAABXh4eHh4AAAAAA==\n", 0 },               /* known, and another one inside */
		{ "ssh-rsa AAAAB3NzaC1yc2EAAAAEAAEAAQAAAAQBAgMF\n", 1 },   /* a leading zero in e */
		{ "ssh-rsa AAAAB3NzaC1yc2EAAAAEAAEAAQ==\n", 0 },           /* no n */
		{ "rsa-sha2-256 " R64_1 R64_2 "\n", 1 }, { "ssh-ed25519 " R64_1 R64_2 "\n", 0 },
		{ "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAAA==\n", 0 }, { "ssh-ed25519\n", 0 }, { "ssh-ed25519 AAAA\n", 0 },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		keyscansample_run(rows[i].text, strlen(rows[i].text));
		if (keyscansample.scan.usable != rows[i].usable)
			fail_msg("row %zu: %u", i, keyscansample.scan.usable);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(fine__table, keyscansample_alice),
		cmocka_unit_test_setup(options__what_keeps_the_key_out__table, keyscansample_alice),
		cmocka_unit_test_setup(options__several_faults__sshds_order, keyscansample_alice),
		cmocka_unit_test_setup(address__unknown__from_is_not_judged, keyscansample_alice),
		cmocka_unit_test_setup(expiry__second_before_and_behind__local_and_utc, keyscansample_alice),
		cmocka_unit_test_setup(detail__longer_than_its_place__is_cut_and_ended, keyscansample_alice),
		cmocka_unit_test_setup(option__odd_bytes_in_its_name__are_no_unknown_option, keyscansample_alice),
		cmocka_unit_test_setup(usable__counted_with_comments__three_fingerprints_are_kept, keyscansample_alice),
		cmocka_unit_test_setup(usable__keys_that_only_sshd_takes__table, keyscansample_alice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
