/* diag/scanarmour: blocks of other formats in a place where key lines belong. Nothing of a private key stays anywhere. */
#include "diag/scanarmour.h"

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

static const char pkcs8[] = "-----BEGIN PUBLIC KEY-----\n"
	"MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEApr2G/BPPqfs6yTskuPAA\nEUgZvyPmd1XKQRZMWANEgb0GYJQ7qXEFejrw1fgHpCeuEp4/0jOGS5Dvbc+uqg0f\n"
	"FVuLIY0Nw4o/9ip54G7IxUnO6W8/l/og9soeOXHbNmqu5uZDWtv+A9MqXkNcr6Vr\nJR5VTwt+po0LVduaU9sc25p5ipArAjFb5HJ069bXOIT/c7Z1dGllsjQefPbe7fKx\n"
	"8rjmxHt3q+pJK2SVVtnSEtdal5116h5QD14yZTJEp+lA6FhrbH4f0NHzbNE5Q/hl\n5TaxG9lqxiUQobMuojk1IJTOMR9z4oogI00YwN4alYzfgwykcoQwcXPGx/oaq1uW\n"
	"bwIDAQAB\n-----END PUBLIC KEY-----\n";
static const char rfc4716[] = "---- BEGIN SSH2 PUBLIC KEY ----\nComment: \"256-bit ED25519, \\\nconverted\"\n"
	A64_HEAD "\n" A64_TAIL "\n---- END SSH2 PUBLIC KEY ----\n" B "\n";
static const char openssh_private[] = "-----BEGIN OPENSSH PRIVATE KEY-----\n"
	"b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW\nQyNTUxOQAAACB+aOqDib9nv51zK8XLKpi09RKkRpFOwrRu7AOw80xkLgAAAJBqvpUtar6V\n"
	"LQAAAAtzc2gtZWQyNTUxOQAAACB+aOqDib9nv51zK8XLKpi09RKkRpFOwrRu7AOw80xkLg\nAAAECP3oxDd/7b1A3bQzwKppY/AHy2xCNEQWZoW+zDRdI2/X5o6oOJv2e/nXMrxcsqmLT1\n"
	"EqRGkU7CtG7sA7DzTGQuAAAAC2FsaWNlQHdvcmxkAQI=\n-----END OPENSSH PRIVATE KEY-----\n";
static const char encrypted[] = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nJPOaV25hogpWnNMxL5qx\n-----END RSA PRIVATE KEY-----\n";
static const char putty[] = "PuTTY-User-Key-File-3: ssh-ed25519\r\nEncryption: none\r\nComment: alice\r\nPublic-Lines: 2\r\n" A64_HEAD "\r\n"
	A64_TAIL "\r\nPrivate-Lines: 1\r\nAAAAIGFiY2RlZmdoaWprbG1ub3BxcnN0dXZ3eHl6MDEyMzQ1\r\nPrivate-MAC: 00\r\n" B "\n";

static void armour__private_halves__are_named_and_never_copied(void **state)
{
	const struct keyscansample_row rows[] = {
		{ openssh_private, sizeof(openssh_private) - 1, KA_REASON_LINE_PRIVATE_KEY, KA_KEYSCAN_WHOLE, 1, 1 },
		{ putty, sizeof(putty) - 1, KA_REASON_LINE_PRIVATE_KEY, KA_KEYSCAN_WHOLE, 1, 1 },
		{ encrypted, sizeof(encrypted) - 1, KA_REASON_LINE_PRIVATE_KEY, KA_KEYSCAN_POSSIBLE, 1, 1 },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		keyscansample_check(&rows[i], 1);
		assert_string_equal(keyscansample_hit(0)->detail, "");
		for (const uint8_t *p = (const uint8_t *)&keyscansample.work; p < (const uint8_t *)(&keyscansample.work + 1) - 12; p++)
			assert_memory_not_equal(p, "AAAECP3oxDd/", 12);
	}
	keyscansample_run(putty, sizeof(putty) - 1);
	assert_int_equal(keyscansample.scan.usable, 1); /* the line behind the block */
}

static void armour__public_key_of_another_format__is_named(void **state)
{
	const struct keyscansample_row row = { rfc4716, sizeof(rfc4716) - 1, KA_REASON_LINE_FOREIGN_FORMAT, KA_KEYSCAN_WHOLE, 1, 1 };
	const struct keyscansample_row nobody = { pkcs8, sizeof(pkcs8) - 1, KA_REASON_NONE, NO_HIT, 0, 0 };

	(void)state;
	keyscansample_check(&row, 1);
	assert_int_equal(keyscansample_hit(0)->what, KA_KEYSCAN_RFC4716);
	assert_int_equal(keyscansample.scan.usable, 1);
	keyscansample_check(&nobody, 1);
}

static void armour__public_half_in_pem__is_known_by_its_number(void **state)
{
	const struct keyscansample_row row = { pkcs8, sizeof(pkcs8) - 1, KA_REASON_LINE_FOREIGN_FORMAT, KA_KEYSCAN_WHOLE, 1, 1 };

	(void)state;
	keyscansample_check(&row, 1);
	assert_int_equal(keyscansample_hit(0)->what, KA_KEYSCAN_PEM);
}

static void take__first_lines__table(void **state)
{
	static const struct { const char *line; enum ka_reason reason; } rows[] = {
		{ "-----BEGIN OPENSSH PRIVATE KEY-----", KA_REASON_LINE_PRIVATE_KEY },
		{ " \t-----BEGIN OPENSSH PRIVATE KEY----- \r", KA_REASON_LINE_PRIVATE_KEY },
		{ "-----BEGIN PRIVATE KEY-----", KA_REASON_LINE_PRIVATE_KEY }, { "-----BEGIN EC PRIVATE KEY-----", KA_REASON_LINE_PRIVATE_KEY },
		{ "-----BEGIN ENCRYPTED PRIVATE KEY-----", KA_REASON_LINE_PRIVATE_KEY },
		{ "PuTTY-User-Key-File-2: ssh-rsa", KA_REASON_LINE_PRIVATE_KEY },
		{ "---- BEGIN SSH2 PUBLIC KEY ----", KA_REASON_LINE_FOREIGN_FORMAT },
		{ "-----BEGIN PUBLIC KEY-----", KA_REASON_LINE_FOREIGN_FORMAT }, { "-----BEGIN CERTIFICATE-----", KA_REASON_LINE_FOREIGN_FORMAT },
		{ "-----BEGIN \x1b[2J", KA_REASON_LINE_FOREIGN_FORMAT }, { "-----BEGIN PRIVATE KEY----", KA_REASON_LINE_FOREIGN_FORMAT },
		{ "-----BEGIN", KA_REASON_NONE }, { "----BEGIN PRIVATE KEY-----", KA_REASON_NONE }, { "# -----BEGIN PRIVATE KEY-----", KA_REASON_NONE },
		{ "-----begin private key-----", KA_REASON_NONE }, { "-----END PRIVATE KEY-----", KA_REASON_NONE }, { "", KA_REASON_NONE },
		{ "PuTTY-User-Key", KA_REASON_NONE }, { A, KA_REASON_NONE },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		struct ka_keyscan_query q = { .offers = keyscansample.offers, .offers_count = 1, .address = "" };
		bool taken;

		memset(&keyscansample.scan, 0, sizeof(keyscansample.scan));
		memset(&keyscansample.work, 0, sizeof(keyscansample.work));
		keyscansample.work.query = &q;
		keyscansample.work.out = &keyscansample.scan;
		ka_cursor_init(&keyscansample.work.rest, "", 0);
		taken = ka_scanarmour_take(&keyscansample.work, ka_span_of(rows[i].line));
		if (taken != (rows[i].reason != KA_REASON_NONE) || keyscansample.scan.hits_count != (taken ? 1 : 0) ||
		    (taken && keyscansample.scan.hits[0].reason != (uint32_t)rows[i].reason))
			fail_msg("row %zu: %d", i, taken);
		keyscansample.work.query = NULL;
	}
}

/* a block without an end takes so many lines and no more: what follows is read again */
static void body__lines_of_an_open_block__up_to_the_limit(void **state)
{
	static const struct { int between; unsigned usable; } rows[] = {
		{ KA_DIAG_WRAP_LINES_MAX - 1, 0 }, { KA_DIAG_WRAP_LINES_MAX, 1 }, { KA_DIAG_WRAP_LINES_MAX + 1, 1 },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		static char text[8 * KA_DIAG_WRAP_LINES_MAX];
		size_t n = (size_t)snprintf(text, sizeof(text), "-----BEGIN PUBLIC KEY-----\n");

		for (int k = 0; k < rows[i].between; k++)
			n += (size_t)snprintf(text + n, sizeof(text) - n, "MIIB\n");
		n += (size_t)snprintf(text + n, sizeof(text) - n, A "\n");
		keyscansample_run(text, n);
		assert_int_equal(keyscansample.scan.usable, rows[i].usable);
		assert_int_equal(keyscansample.scan.lines, rows[i].between + 2);
	}
}

/* whose end is missing: with its MAC, or with the next key line, which is not swallowed */
static void body__putty_without_its_end__gives_the_key_line_back(void **state)
{
	static const char text[] = "PuTTY-User-Key-File-3: ssh-ed25519\nPublic-Lines: 2\n" A64_HEAD "\n" A64_TAIL "\n" B "\n";

	(void)state;
	keyscansample_run(text, sizeof(text) - 1);
	assert_int_equal(keyscansample_hit(0)->reason, KA_REASON_LINE_PRIVATE_KEY);
	assert_int_equal(keyscansample.scan.usable, 1);
	assert_int_equal(keyscansample.scan.lines, 5);
}

static bool is_clean(const void *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (((const uint8_t *)bytes)[i] != 0)
			return false;
	return true;
}

/* text longer than there is room for is passed over, and what was decoded is wiped in any case */
static void body__any_length__leaves_nothing_in_memory(void **state)
{
	static const size_t lengths[] = { 4, KA_LINE_MAX - 4, KA_LINE_MAX, KA_LINE_MAX + 4, 4 * KA_LINE_MAX };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(lengths); i++) {
		static char text[5 * KA_LINE_MAX];
		size_t n = (size_t)snprintf(text, sizeof(text), "-----BEGIN OPENSSH PRIVATE KEY-----\n");

		memset(text + n, 'Q', lengths[i]);
		n += lengths[i];
		n += (size_t)snprintf(text + n, sizeof(text) - n, "\n-----END OPENSSH PRIVATE KEY-----\n");
		keyscansample_run(text, n);
		assert_int_equal(keyscansample.scan.damaged, 1);
		assert_true(is_clean(keyscansample.work.joined, sizeof(keyscansample.work.joined)));
		assert_true(is_clean(keyscansample.work.blob, sizeof(keyscansample.work.blob)));
	}
}

/* what is encrypted could be anybody's; what can be read and holds another key is not */
static void hits__several_offers__who_may_be_meant(void **state)
{
	(void)state;
	keyscansample_begin();
	keyscansample_offer("ssh-ed25519", A64);
	keyscansample_offer("ssh-ed25519", B64);
	keyscansample_run(encrypted, sizeof(encrypted) - 1);
	assert_int_equal(keyscansample_hit(0)->fit, KA_KEYSCAN_POSSIBLE);
	assert_int_equal(keyscansample_hit(1)->fit, KA_KEYSCAN_POSSIBLE);
	keyscansample_run(openssh_private, sizeof(openssh_private) - 1);
	assert_int_equal(keyscansample_hit(0)->fit, KA_KEYSCAN_WHOLE);
	assert_null(keyscansample_hit(1));
	keyscansample_begin();
	keyscansample_offer("ssh-ed25519", B64);
	keyscansample_run(openssh_private, sizeof(openssh_private) - 1);
	assert_null(keyscansample_hit(0));
	assert_int_equal(keyscansample.scan.hits[0].fit, KA_KEYSCAN_OTHER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(armour__private_halves__are_named_and_never_copied, keyscansample_alice),
		cmocka_unit_test_setup(armour__public_key_of_another_format__is_named, keyscansample_alice),
		cmocka_unit_test_setup(armour__public_half_in_pem__is_known_by_its_number, keyscansample_rsa),
		cmocka_unit_test_setup(take__first_lines__table, keyscansample_alice),
		cmocka_unit_test_setup(body__lines_of_an_open_block__up_to_the_limit, keyscansample_alice),
		cmocka_unit_test_setup(body__putty_without_its_end__gives_the_key_line_back, keyscansample_alice),
		cmocka_unit_test_setup(body__any_length__leaves_nothing_in_memory, keyscansample_alice),
		cmocka_unit_test(hits__several_offers__who_may_be_meant),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
