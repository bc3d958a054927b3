/* diag/keyscan: a key in another spelling, and what is known of the key that was offered. Other formats are in test_scanarmour. */
#include "diag/keyscan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/keyscansample.h"

#include "base/poison.h"

static struct ka_span decoded(const uint8_t *bytes, size_t n)
{
	return (struct ka_span){ bytes, n };
}

/* sshd compares keys, not their bytes: what it forgives in spelling is the same key, and nothing else is */
static void is_offer__other_spelling__same_key(void **state)
{
	static const uint8_t e0[] = "\0\0\0\7ssh-rsa\0\0\0\4\0\1\0\1\0\0\0\4\1\2\3\5", n0[] = "\0\0\0\7ssh-rsa\0\0\0\3\1\0\1\0\0\0\6\0\0\1\2\3\5",
			     plain[] = "\0\0\0\7ssh-rsa\0\0\0\3\1\0\1\0\0\0\4\1\2\3\5", other[] = "\0\0\0\7ssh-rsa\0\0\0\3\1\0\1\0\0\0\4\1\2\3\7",
			     more[] = "\0\0\0\7ssh-rsa\0\0\0\3\1\0\1\0\0\0\4\1\2\3\5\0\0\0\0",
			     ed[] = "\0\0\0\13ssh-ed25519\0\0\0\4\1\2\3\0", ed1[] = "\0\0\0\13ssh-ed25519\0\0\0\3\1\2\3";
	static struct ka_keyscan_offer o;

	(void)state;
	memcpy(o.blob, plain, o.blob_len = sizeof(plain) - 1);
	assert_true(ka_keyscan_is_offer(&o, decoded(plain, sizeof(plain) - 1)));
	assert_true(ka_keyscan_is_offer(&o, decoded(e0, sizeof(e0) - 1)));
	assert_true(ka_keyscan_is_offer(&o, decoded(n0, sizeof(n0) - 1)));
	assert_false(ka_keyscan_is_offer(&o, decoded(other, sizeof(other) - 1)));
	assert_false(ka_keyscan_is_offer(&o, decoded(more, sizeof(more) - 1)));
	memcpy(o.blob, ed, o.blob_len = sizeof(ed) - 1);
	assert_false(ka_keyscan_is_offer(&o, decoded(ed1, sizeof(ed1) - 1))); /* a point ends in any byte */
}

static void utf16__all_kinds__are_named(void **state)
{
	static const struct { const char *mark; size_t mark_len; bool big; enum ka_keyscan_what what; } kinds[] = {
		{ "\xff\xfe", 2, false, KA_KEYSCAN_UTF16_MARKED }, { "\xfe\xff", 2, true, KA_KEYSCAN_UTF16_MARKED },
		{ "", 0, false, KA_KEYSCAN_UTF16LE }, { "", 0, true, KA_KEYSCAN_UTF16BE },
	};
	static const char text[] = B "\r\n" A " x\r\n";

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(kinds); i++) {
		char wide[2 * sizeof(text) + 2];
		size_t n = kinds[i].mark_len;
		const struct ka_keyscan_hit *hit;

		memcpy(wide, kinds[i].mark, n);
		for (size_t k = 0; k < sizeof(text) - 1; k++) {
			wide[n++] = kinds[i].big ? '\0' : text[k];
			wide[n++] = kinds[i].big ? text[k] : '\0';
		}
		keyscansample_run(wide, n);
		hit = keyscansample_hit(0);
		assert_non_null(hit);
		assert_int_equal(hit->reason, KA_REASON_LINE_NOT_ASCII);
		assert_int_equal(hit->what, kinds[i].what);
		assert_int_equal(hit->fit, KA_KEYSCAN_WHOLE);
		assert_int_equal(hit->line, 2);
		assert_int_equal(keyscansample.scan.usable, 0);
	}
}

static void rsa__everything_that_differs__is_seen(void **state)
{
	const struct keyscansample_row rows[] = {
		T(R "\n", NONE, LISTED, 1, 1),
		T("rsa-sha2-512 " R64_1 R64_2 "\n", NONE, LISTED, 1, 1),
		T("ssh-rsa " R64_1 "\n" R64_2 "\n", LINE_WRAPPED, WHOLE, 1, 9),
		T("ssh-rsa " R64_1 "\n", KEY_BLOB_TRUNCATED, REMAINS, 1, 0),
		NOTHING(A "\n"),
	};

	(void)state;
	keyscansample_check(rows, KA_ARRAY_LEN(rows));
}

/* "redundant leading zeros in an RSA number: normalised, same fingerprint" */
static void rsa__leading_zero_in_a_number__is_the_same_key(void **state)
{
	struct ka_span own = { keyscansample.offers[0].blob, keyscansample.offers[0].blob_len };
	uint8_t blob[600];

	(void)state;
	memcpy(blob, own.p, 11);                            /* "ssh-rsa" */
	memcpy(blob + 11, "\0\0\0\4\0\1\0\1", 8);           /* e = 65537 with a zero too many */
	memcpy(blob + 19, own.p + 18, own.len - 18);
	assert_true(ka_keyscan_is_offer(&keyscansample.offers[0], (struct ka_span){ blob, own.len + 1 }));
	blob[18] = 3;
	assert_false(ka_keyscan_is_offer(&keyscansample.offers[0], (struct ka_span){ blob, own.len + 1 }));
}

static void offers__several__each_has_its_own_hit(void **state)
{
	static const char text[] = "# " A "\nfrom=\"10.0.0.0/8\" " B "\n" E "\n";

	(void)state;
	keyscansample_begin();
	keyscansample_offer("ssh-ed25519", A64);
	keyscansample_offer("ssh-ed25519", B64);
	keyscansample_offer("ecdsa-sha2-nistp256", E64);
	keyscansample_offer("ssh-rsa", R64_1 R64_2);
	keyscansample_run(text, sizeof(text) - 1);
	assert_int_equal(keyscansample_hit(0)->reason, KA_REASON_LINE_COMMENTED_OUT);
	assert_int_equal(keyscansample_hit(1)->reason, KA_REASON_OPTION_FROM_MISMATCH);
	assert_string_equal(keyscansample_hit(1)->detail, "10.0.0.0/8");
	assert_int_equal(keyscansample_hit(2)->fit, KA_KEYSCAN_LISTED);
	assert_null(keyscansample_hit(3));
	assert_int_equal(keyscansample.scan.usable, 2);
}

static void offers__only_a_fingerprint__is_enough(void **state)
{
	struct ka_offer o = { .type = "ssh-ed25519" };
	static const char text[] = B "\n" A "\n";

	(void)state;
	memcpy(o.fp, keyscansample.offers[0].fp, sizeof(o.fp));
	keyscansample_begin();
	keyscansample_take(&o);
	keyscansample_run(text, sizeof(text) - 1);
	assert_int_equal(keyscansample_hit(0)->fit, KA_KEYSCAN_LISTED);
	assert_int_equal(keyscansample_hit(0)->line, 2);
}

static void offers__only_a_fingerprint__finds_hidden_keys_too(void **state)
{
	static const struct keyscansample_row rows[] = {
		T("# " A "\n", LINE_COMMENTED_OUT, COMMENTED, 1, 0),
		T("ssh-ed25519 " A64_HEAD "\n" A64_TAIL "\n", LINE_WRAPPED, WHOLE, 1, 13),
		T("ssh-rsa " A64 " x\n", KEY_TYPE_MISMATCH, WHOLE, 1, 1),
		T(B " bob" A "\n", LINE_JOINED, WHOLE, 1, 0),
		T("no-pty, no-X11-forwarding " A "\n", OPTION_BAD_QUOTING, WHOLE, 1, 8),
		NOTHING("# " B "\nssh-ed25519 " A64_HEAD "\n"),
	};
	struct ka_offer o = { .type = "" };

	(void)state;
	memcpy(o.fp, keyscansample.offers[0].fp, sizeof(o.fp));
	keyscansample_begin();
	keyscansample_take(&o);
	keyscansample_check(rows, KA_ARRAY_LEN(rows));
}

static void bits__of_an_offer__zero_when_unknown(void **state)
{
	struct ka_offer o = { .key = R64_1 R64_2 };

	(void)state;
	assert_int_equal(ka_keyscan_bits(&o), 2048);
	o.key[0] = '\0';
	assert_int_equal(ka_keyscan_bits(&o), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_offer__other_spelling__same_key),
		cmocka_unit_test_setup(utf16__all_kinds__are_named, keyscansample_alice),
		cmocka_unit_test_setup(rsa__everything_that_differs__is_seen, keyscansample_rsa),
		cmocka_unit_test_setup(rsa__leading_zero_in_a_number__is_the_same_key, keyscansample_rsa),
		cmocka_unit_test_setup(offers__several__each_has_its_own_hit, keyscansample_alice),
		cmocka_unit_test_setup(offers__only_a_fingerprint__is_enough, keyscansample_alice),
		cmocka_unit_test_setup(offers__only_a_fingerprint__finds_hidden_keys_too, keyscansample_alice),
		cmocka_unit_test(bits__of_an_offer__zero_when_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
