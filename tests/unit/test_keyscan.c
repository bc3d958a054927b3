/* diag/keyscan: which line is meant, what is wrong with it, and above all what is not. What sshd reads is in test_scanline. */
#include "diag/keyscan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/keyscansample.h"

#include "base/poison.h"

#define A64_SHORT "AAAAC3NzaC1lZDI1NTE5AAAAH35o6oOJv2e/nXMrxcsqmLT1EqRGkU7CtG7sA7DzTGQ=" /* one byte less, and its length says so */

static void not_there__table(void **state)
{
	static const struct keyscansample_row rows[] = {
		NOTHING(""),
		NOTHING("\n\n# comment\n"),
		NOTHING(B "\n"),
		NOTHING(E "\n" R "\n"),
		NOTHING("no-such-option " B "\n"),
		NOTHING("# " B "\n"),
	};

	(void)state;
	keyscansample_check(rows, KA_ARRAY_LEN(rows));
}

static void hidden__table(void **state)
{
	static const struct keyscansample_row rows[] = {
		T("# " A "\n", LINE_COMMENTED_OUT, COMMENTED, 1, 0),
		T(B "\n  #" A " x\n", LINE_COMMENTED_OUT, COMMENTED, 2, 0),
		T("#restrict " A "\n", LINE_COMMENTED_OUT, COMMENTED, 1, 0),
		T("# c\r" A "\r", LINE_CONTROL, WHOLE, 1, 4),
		T("# c\r" A "\r\n", LINE_CONTROL, WHOLE, 1, 4),
		T("\x01" A "\n", LINE_CONTROL, WHOLE, 1, 1),
		T(BOM A "\n", LINE_NOT_ASCII, WHOLE, 1, 1),
		T(BOM "restrict " A "\n", LINE_NOT_ASCII, WHOLE, 1, 0),
		T("ssh-ed25519" NBSP A64 "\n", LINE_NOT_ASCII, WHOLE, 1, 12),
		T(B "\nssh-ed25519 " NBSP A64 "\n", LINE_NOT_ASCII, WHOLE, 2, 13),
		T("x\0" A "\n", LINE_NUL, WHOLE, 1, 2),
		T(A64 "\n", KEY_TYPE_UNKNOWN, WHOLE, 1, 1),
		T("sh-ed25519 " A64 "\n", KEY_TYPE_UNKNOWN, WHOLE, 1, 1),
		T("SSH-ED25519 " A64 " x\n", KEY_TYPE_UNKNOWN, WHOLE, 1, 1),
		T("ssh-rsa " A64 " x\n", KEY_TYPE_MISMATCH, WHOLE, 1, 1),
		T("restrict ssh-rsa " A64 "\n", KEY_TYPE_MISMATCH, WHOLE, 1, 10),
		T("no-pty, no-X11-forwarding " A "\n", OPTION_BAD_QUOTING, WHOLE, 1, 8),
		T("no-pty ,no-X11-forwarding " A "\n", OPTION_BAD_QUOTING, WHOLE, 1, 7),
		T("command=\"foo " A "\n", OPTION_BAD_QUOTING, WHOLE, 1, 9),
		T("command=\"a\"x " A "\n", OPTION_BAD_QUOTING, WHOLE, 1, 0),
	};

	(void)state;
	keyscansample_check(rows, KA_ARRAY_LEN(rows));
}

static void joined__table(void **state)
{
	static const struct keyscansample_row rows[] = {
		T(B A "\n", LINE_JOINED, WHOLE, 1, 81),
		T(B " bob@laptop" A "\n", LINE_JOINED, WHOLE, 1, 92),
		T(B " bob@laptop " A "\n", LINE_JOINED, WHOLE, 1, 93),
		T(A B "\n", LINE_JOINED, WHOLE, 1, 81),
		T(A "from=\"10.0.0.0/8\" " B "\n", LINE_JOINED, WHOLE, 1, 81),
		T(A "from=\"10.0.0.0/8\" nothing\n", LINE_BAD_BASE64, WHOLE, 1, 81),
		T(A " alice" B "\n", NONE, LISTED, 1, 1),
	};

	(void)state;
	keyscansample_check(rows, KA_ARRAY_LEN(rows));
	keyscansample_run(B " bob" A "\n", sizeof(B " bob" A "\n") - 1);
	assert_int_equal(keyscansample_hit(0)->what, KA_KEYSCAN_GLUED);
	keyscansample_run(B " bobfrom=\"10.0.0.0/8\" " A "\n", sizeof(B " bobfrom=\"10.0.0.0/8\" " A "\n") - 1);
	assert_int_equal(keyscansample_hit(0)->what, KA_KEYSCAN_GLUED_OPTIONS);
}

static void damaged__table(void **state)
{
	static const struct keyscansample_row rows[] = {
		T("ssh-ed25519 " A64_HEAD "*" A64_TAIL "\n", LINE_BAD_BASE64, REMAINS, 1, 57),
		T(B "\nssh-ed25519 " A64_HEAD "*LT1EqRGkU7CtG7sA7DzTGQu x\n", LINE_BAD_BASE64, REMAINS, 2, 57),
		T("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIH*o6oOJv2e/nXMrxcsq" A64_TAIL "\n", LINE_BAD_BASE64, REMAINS, 1, 39),
		T("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIH5o6oOJv2e/nXMrxcsqmLT1EqRGkU7CtG7sA7DzTGQ\n", LINE_BAD_BASE64, REMAINS, 1, 0),
		T("ssh-ed25519 " A64_HEAD "\n", KEY_BLOB_TRUNCATED, REMAINS, 1, 0),
		T("ssh-ed25519 " A64_HEAD "\n" B "\n", KEY_BLOB_TRUNCATED, REMAINS, 1, 0),
		T("ssh-ed25519 " A64_HEAD " alice\n", KEY_BLOB_TRUNCATED, REMAINS, 1, 0),
		T(A "AAAA\n", KEY_BLOB_TRAILING, WHOLE, 1, 81),
		T("ssh-ed25519 " A64_HEAD "\0" A64_TAIL "\n", LINE_NUL, REMAINS, 1, 0),
		T("ssh-ed25519 " A64_HEAD NBSP A64_TAIL "\n", LINE_NOT_ASCII, REMAINS, 1, 57),
	};

	(void)state;
	keyscansample_check(rows, KA_ARRAY_LEN(rows));
	assert_int_equal(keyscansample.scan.hits_count, 1); /* said once, for the key it fits */
}

static void wrapped__table(void **state)
{
	static const struct keyscansample_row rows[] = {
		T("ssh-ed25519 " A64_HEAD "\n" A64_TAIL " alice\n", LINE_WRAPPED, WHOLE, 1, 13),
		T("ssh-ed25519 " A64_HEAD "\r\n  " A64_TAIL "\r\n", LINE_WRAPPED, WHOLE, 1, 13),
		T("ssh-ed25519\n" A64 " alice\n", LINE_WRAPPED, WHOLE, 1, 0),
		T(B "\nssh-ed25519 AAAAC3NzaC1lZDI1\nNTE5AAAAIH5o6oOJv2e/nXMrxcsqmLT1\nEqRGkU7CtG7sA7DzTGQu\n" E "\n", LINE_WRAPPED, WHOLE, 2, 0),
		T("ssh-ed25519 " A64_HEAD "\nmLT1EqRGkU7C\n\n", LINE_WRAPPED, REMAINS, 1, 0),
	};
	static const struct keyscansample_row others[] = {
		NOTHING("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEC+qX3YGwATnN1XyNfy\nN5SSUQvF/fmlt/TT8UnGLAwK\n"),
	};

	(void)state;
	keyscansample_check(rows, KA_ARRAY_LEN(rows));
	keyscansample_check(others, KA_ARRAY_LEN(others));
}

static void wrapped__next_line_after_it__is_read(void **state)
{
	static const char text[] = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEC+qX3YGwATnN1XyNfy\nN5SSUQvF/fmlt/TT8UnGLAwK\n" A "\n";

	(void)state;
	keyscansample_run(text, sizeof(text) - 1);
	assert_int_equal(keyscansample_hit(0)->fit, KA_KEYSCAN_LISTED);
	assert_int_equal(keyscansample_hit(0)->line, 3);
	assert_int_equal(keyscansample.scan.damaged, 1);
	assert_int_equal(keyscansample.scan.lines, 3);
}

/* a damaged line is the cause only when it fits, or when nothing else can be meant */
static void damaged__of_somebody_else__is_no_cause(void **state)
{
	static const struct keyscansample_row rows[] = {
		NOTHING("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEC+qX3YGwATnN1XyNfy*SSUQvF/fmlt/TT8UnGLAwK\n"), /* bob's, by its start */
		NOTHING("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI*\n" B "\n"),   /* unreadable, but the file holds another key */
		NOTHING("ssh-ed25519 AAAA*\nssh-ed25519 AAAA*\n"),           /* two of them */
		NOTHING("ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAB*\n"),          /* another type */
		T("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI*\n", LINE_BAD_BASE64, POSSIBLE, 1, 0),
		T("# c\nssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA\n", KEY_BLOB_TRUNCATED, POSSIBLE, 2, 0),
	};

	(void)state;
	keyscansample_check(rows, KA_ARRAY_LEN(rows));
	keyscansample_run("ssh-ed25519 AAAA*\n" B "\n", sizeof("ssh-ed25519 AAAA*\n" B "\n") - 1);
	assert_int_equal(keyscansample.scan.hits_count, 1);
	assert_int_equal(keyscansample.scan.hits[0].fit, KA_KEYSCAN_OTHER);
	assert_int_equal(keyscansample.scan.hits[0].offer, UINT32_MAX);
}

static void remains__other_length_inside__known_by_the_number(void **state)
{
	(void)state;
	keyscansample_begin();
	keyscansample_offer("ssh-ed25519", A64);
	keyscansample_offer("ssh-ed25519", B64);
	keyscansample_run("ssh-ed25519 " A64_SHORT "\n" B "\n", sizeof("ssh-ed25519 " A64_SHORT "\n" B "\n") - 1);
	assert_non_null(keyscansample_hit(0));
	assert_int_equal(keyscansample_hit(0)->reason, KA_REASON_KEY_ED25519_LENGTH);
	assert_int_equal(keyscansample_hit(0)->fit, KA_KEYSCAN_REMAINS);
	assert_int_equal(keyscansample_hit(1)->fit, KA_KEYSCAN_LISTED);
}

static void no_key_at_all__only_line_of_that_type__possible(void **state)
{
	(void)state;
	keyscansample_begin();
	keyscansample_offer("ssh-ed25519", A64);
	keyscansample_run("ssh-ed25519\n", 12);
	assert_non_null(keyscansample_hit(0));
	assert_int_equal(keyscansample_hit(0)->reason, KA_REASON_LINE_NO_BLOB);
	assert_int_equal(keyscansample_hit(0)->fit, KA_KEYSCAN_POSSIBLE);
	keyscansample_run("ssh-rsa\n", 8); /* somebody else's */
	assert_null(keyscansample_hit(0));
}

static void long_lines__are_no_cause(void **state)
{
	size_t n = 5 * 1024 * 1024, len;
	char *text = malloc(n + 1024);

	(void)state;
	assert_non_null(text);
	memset(text, 'x', n);
	text[0] = '#';
	len = n + (size_t)snprintf(text + n, 1024, "\ncommand=\"%0500d\" " A "\n", 1);
	keyscansample_run(text, len);
	free(text);
	assert_int_equal(keyscansample_hit(0)->fit, KA_KEYSCAN_LISTED);
	assert_int_equal(keyscansample_hit(0)->line, 2);
}

/* every flipped byte and every cut of a file: no crash, in bounds, and never a claim that a damaged key is listed */
static void mutations__of_a_file__never_list_a_damaged_key(void **state)
{
	static const char text[] = "# c\nrestrict,from=\"192.0.2.0/24\" " A " x\nssh-ed25519 AAAAC3NzaC1lZDI1\nNTE5AAAAIH5o6oOJ\n" B "\n";
	char copy[sizeof(text)];

	(void)state;
	for (size_t i = 0; i < sizeof(text) - 1; i++)
		for (int bit = 0; bit < 9; bit++) {
			memcpy(copy, text, sizeof(text));
			copy[i] = (char)(bit < 8 ? (unsigned char)copy[i] ^ (1u << bit) : 0u);
			keyscansample_run(copy, sizeof(text) - 1);
			if (keyscansample_hit(0) != NULL && keyscansample_hit(0)->fit == KA_KEYSCAN_LISTED)
				if (memmem(copy, sizeof(text) - 1, A64, sizeof(A64) - 1) == NULL)
					fail_msg("byte %zu bit %d", i, bit);
		}
	for (size_t n = 0; n < sizeof(text); n++)
		keyscansample_run(text, n);
}

static void check__foreign_struct__is_refused(void **state)
{
	(void)state;
	keyscansample_run(A "\n", sizeof(A "\n") - 1);
	keyscansample.scan.hits[0].reason = KA_REASON_COUNT;
	assert_false(ka_keyscan_check(&keyscansample.scan, 1));
	keyscansample.scan.hits[0].reason = 1;
	assert_true(ka_keyscan_check(&keyscansample.scan, 1));
	keyscansample.scan.hits[0].offer = 1;
	assert_false(ka_keyscan_check(&keyscansample.scan, 1));
	keyscansample.scan.hits[0].offer = 0;
	memset(keyscansample.scan.hits[0].detail, 'x', sizeof(keyscansample.scan.hits[0].detail));
	assert_false(ka_keyscan_check(&keyscansample.scan, 1));
	keyscansample.scan.hits[0].detail[0] = '\0';
	keyscansample.scan.hits[0].fit = 6;
	assert_false(ka_keyscan_check(&keyscansample.scan, 1));
	keyscansample.scan.hits[0].fit = 0;
	keyscansample.scan.hits[0].what = KA_KEYSCAN_WHAT_COUNT;
	assert_false(ka_keyscan_check(&keyscansample.scan, 1));
	keyscansample.scan.hits_count = KA_DIAG_HITS_MAX + 1;
	assert_false(ka_keyscan_check(&keyscansample.scan, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(not_there__table, keyscansample_alice),
		cmocka_unit_test_setup(hidden__table, keyscansample_alice),
		cmocka_unit_test_setup(joined__table, keyscansample_alice),
		cmocka_unit_test_setup(damaged__table, keyscansample_alice),
		cmocka_unit_test_setup(wrapped__table, keyscansample_alice),
		cmocka_unit_test_setup(wrapped__next_line_after_it__is_read, keyscansample_alice),
		cmocka_unit_test_setup(damaged__of_somebody_else__is_no_cause, keyscansample_alice),
		cmocka_unit_test(remains__other_length_inside__known_by_the_number),
		cmocka_unit_test(no_key_at_all__only_line_of_that_type__possible),
		cmocka_unit_test_setup(long_lines__are_no_cause, keyscansample_alice),
		cmocka_unit_test_setup(mutations__of_a_file__never_list_a_damaged_key, keyscansample_alice),
		cmocka_unit_test_setup(check__foreign_struct__is_refused, keyscansample_alice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
