/* vet/vettables: published keys are found; entries are checked against libsodium and the openssl program. */
#include "vet/vettables.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <sodium.h>

#include "base/spawn.h"
#include "base/text.h"
#include "key/keyb64.h"
#include "tests/unit/lib/vetblob.h"

#include "base/poison.h"

static struct vetblob blob;

static void assert_first(const char *id, const char *detail)
{
	struct ka_vet v = vetblob_judge(&blob, false);

	assert_string_equal(ka_reason_id(v.count > 0 ? v.reasons[0] : KA_REASON_NONE), id);
	if (detail != NULL)
		assert_string_equal(v.details[0], detail);
}

static bool has_reason(enum ka_reason reason, const char *detail)
{
	struct ka_vet v = vetblob_judge(&blob, true);

	for (size_t i = 0; i < v.count; i++)
		if (v.reasons[i] == reason && (detail == NULL || strcmp(v.details[i], detail) == 0))
			return true;
	return false;
}

static void from_seed(const uint8_t seed[static 32])
{
	uint8_t pk[32], sk[64];

	assert_int_equal(crypto_sign_seed_keypair(pk, sk, seed), 0);
	vetblob_ed25519(&blob, pk);
}

static void ed25519__base_point__refused(void **state)
{
	(void)state;
	vetblob_ed25519_hex(&blob, "5866666666666666666666666666666666666666666666666666666666666666");
	assert_first("key.ed25519-trivial", "base point");
	vetblob_ed25519_hex(&blob, "58666666666666666666666666666666666666666666666666666666666666e6");
	assert_first("key.ed25519-trivial", "base point");
	/* 2B: nobody's seed, but nothing published either */
	vetblob_ed25519_hex(&blob, "c9a3f86aae465f0e56513864510f3997561fa2c9e85ea21dc2292309f3cd6022");
	assert_first("-", NULL);
}

static void ed25519__seed_of_a_child__refused(void **state)
{
	uint8_t seed[32];

	(void)state;
	for (unsigned b = 0; b < 256; b++) {
		memset(seed, (int)b, sizeof(seed));
		from_seed(seed);
		assert_first("key.ed25519-trivial", "seed of equal or counting bytes");
	}
	for (uint8_t i = 0; i < 32; i++)
		seed[i] = i;
	from_seed(seed);
	assert_first("key.ed25519-trivial", NULL);
	seed[31] = 77;
	from_seed(seed);
	assert_first("-", NULL);
}

static void ed25519__seed_of_a_standard__refused(void **state)
{
	(void)state;
	/* RFC 8032 7.1 test 1, RFC 8410 10.3 */
	vetblob_ed25519_hex(&blob, "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
	assert_first("key.ed25519-trivial", "seed printed in RFC 8032 or RFC 8410");
	vetblob_ed25519_hex(&blob, "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1");
	assert_first("key.ed25519-trivial", "seed printed in RFC 8032 or RFC 8410");
}

static void ecdsa__of_a_standard__known_compromised(void **state)
{
	(void)state;
	/* RFC 6979 A.2.5 */
	vetblob_ecdsa(&blob, 256, "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6",
		      "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299");
	assert_first("key.known-compromised", "printed in RFC 6979");
	/* one bit beside it; whether that is on the curve is judged elsewhere */
	vetblob_ecdsa(&blob, 256, "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb7",
		      "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299");
	assert_first("-", NULL);
}

static void vagrant__both_keys__known_compromised(void **state)
{
	static const char vagrant_rsa[] =
		"AAAAB3NzaC1yc2EAAAABIwAAAQEA6NF8iallvQVp22WDkTkyrtvp9eWW6A8YVr+kz4TjGYe7gHzIw+niNltGEFHzD8+v1I2YJ6oXevct1YeS"
		"0o9HZyN1Q9qgCgzUFtdOKLv6IedplqoPkcmF0aYet2PkEDo3MlTBckFXPITAMzF8dJSIFo9D8HfdOV0IAdx4O7PtixWKn5y2hMNG0zQPyUec"
		"p4pzC6kivAIhyfHilFR61RGL+GPXQ2MWZWFYbAGjyiYJnAmCP3NOTd0jMZEnDkbUvxhMmBYSdETk1rRgm+R4LOzFUGaHqHDLKLX+FIPKcF96"
		"hrucXzcWyLbIbEgE98OHlnVYCzRdK8jlqm8tehUc9c9WhQ==";
	size_t len;

	(void)state;
	vetblob_ed25519_hex(&blob, "dd58771069365cf10ea7c9cb0fd02a8c3517ec2f1bd8571a8aa2cac7c93a7e58");
	assert_first("key.known-compromised", "Vagrant's insecure key");
	assert_true(ka_keyb64_decode(ka_span_of(vagrant_rsa), blob.bytes, sizeof(blob.bytes), &len));
	assert_int_equal(ka_keyblob_parse((struct ka_span){ blob.bytes, len }, (struct ka_span){ NULL, 0 }, &blob.key),
			 KA_REASON_NONE);
	assert_first("key.known-compromised", "Vagrant's insecure key"); /* before the warning about its e */
}

static void load(const char *base64)
{
	size_t len;

	assert_true(ka_keyb64_decode(ka_span_of(base64), blob.bytes, sizeof(blob.bytes), &len));
	assert_int_equal(ka_keyblob_parse((struct ka_span){ blob.bytes, len }, (struct ka_span){ NULL, 0 }, &blob.key),
			 KA_REASON_NONE);
}

static void published__appliance_image_test_suite__known_compromised(void **state)
{
	uint8_t pk[32];

	(void)state;
	/* CVE-2012-1493, with its e = 35 of 1,024 bits: the size is said as well, and is not what decides */
	load("AAAAB3NzaC1yc2EAAAABIwAAAIEAvIhC5skTzxyHif/7iy3yhxuK6/OB13hjPqrskogkYFrcW8OK4VJT+5+Fx7wd4sQCnVn8rNqahw/x6sfc"
	     "OMDI/Xvn4yKU4t8TnYf2MpUVr4ndz39L5Ds1n7Si1m2suUNxWbKv58I8+NMhlt2ITraSuTU0NGymWOc8+LNi+MHXdLk=");
	assert_int_equal(vetblob_judge(&blob, true).verdict, KA_VERDICT_REJECT);
	assert_true(has_reason(KA_REASON_KEY_KNOWN_COMPROMISED, "key of an appliance"));
	load("AAAAC3NzaC1lZDI1NTE5AAAAINkvt5FDLWCDLr7DfhdM5aE6WUcuF1EjcnkZ3gaUQUBi");
	assert_first("key.known-compromised", "host key of a system image");
	load("AAAAC3NzaC1lZDI1NTE5AAAAIFOG6kY7Rf4UtCFvPwKgo/BztXck2xC4a2WyA34XtIwZ");
	assert_first("key.known-compromised", "OpenSSH's regression tests");
	/* its sibling for security keys, under another application: the same point */
	load("AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAICFo/k5LU8863u66YC9eUO2170QduohPURkQnbLa/dczAAAABHNzaDo=");
	assert_first("key.known-compromised", "OpenSSH's regression tests");
	vetblob_good_point(pk); /* nobody's */
	vetblob_ed25519(&blob, pk);
	assert_false(has_reason(KA_REASON_KEY_KNOWN_COMPROMISED, NULL));
}

/* the public point of private number @k, as the openssl program computes it: x y in hex; false when there is no openssl */
static bool ask_openssl(size_t order_bytes, unsigned k, char *point, size_t size)
{
	/* ECPrivateKey (RFC 5915): version 1, the number, the curve's name */
	static const uint8_t oid_256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07 };
	static const uint8_t oid_384[] = { 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22 };
	static const uint8_t oid_521[] = { 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23 };
	static const char *const argv[] = { "/usr/bin/openssl", "ec", "-inform", "DER", "-pubout", "-outform", "DER",
					    "-conv_form", "uncompressed", NULL };
	const uint8_t *oid = order_bytes == 32 ? oid_256 : order_bytes == 48 ? oid_384 : oid_521;
	size_t oid_len = order_bytes == 32 ? sizeof(oid_256) : sizeof(oid_384), at = 7 + order_bytes;
	uint8_t der[128] = { 0x30, (uint8_t)(at + oid_len), 0x02, 0x01, 0x01, 0x04, (uint8_t)order_bytes };
	struct ka_spawn what = { .argv = argv, .input = (const char *)der, .output_max = 1024, .deadline_ms = 10000 };
	struct ka_spawn_out out;
	bool worked;

	der[at - 1] = (uint8_t)k;
	der[at] = 0xa0;
	der[at + 1] = (uint8_t)oid_len;
	memcpy(der + at + 2, oid, oid_len);
	what.input_len = at + 2 + oid_len;
	assert_int_equal(ka_spawn_run(&what, &out), KA_ERR_OK);
	worked = out.status == 0 && out.len > 2 * order_bytes;
	if (worked)
		ka_text_hex((const uint8_t *)out.output + out.len - 2 * order_bytes, 2 * order_bytes, point, size);
	free(out.output);
	return worked;
}

static void ecdsa__tiny_private_number__refused(void **state)
{
	static const struct {
		unsigned bits, k;
	} cases[] = { { 256, 1 }, { 256, 2 }, { 256, 63 }, { 256, 64 }, { 384, 1 }, { 384, 40 }, { 384, 64 },
		      { 521, 1 }, { 521, 7 },  { 521, 64 } };
	char point[300], y[140];

	(void)state;
	if (access("/usr/bin/openssl", X_OK) != 0)
		skip();
	for (size_t i = 0; i < KA_ARRAY_LEN(cases); i++) {
		size_t n = (cases[i].bits + 7) / 8;

		assert_true(ask_openssl(n, cases[i].k, point, sizeof(point)));
		memcpy(y, point + 2 * n, 2 * n + 1);
		point[2 * n] = '\0';
		vetblob_ecdsa(&blob, cases[i].bits, point, y);
		assert_first("key.ecdsa-trivial", "private number of 64 or less");
	}
	assert_true(ask_openssl(32, 65, point, sizeof(point)));
	memcpy(y, point + 64, 65);
	point[64] = '\0';
	vetblob_ecdsa(&blob, 256, point, y);
	assert_first("-", NULL);
}

static void table__size__is_what_the_recipe_makes(void **state)
{
	(void)state;
	/* 3 curves x 64, B and -B, 256 + 2 seeds, 8 of standards, 3 + 1 of standards, 2 of Vagrant, mk/vettables.keys */
	assert_int_equal(ka_vettables_count(), 192 + 2 + 258 + 8 + 3 + 1 + 2 + 27);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ed25519__base_point__refused),
		cmocka_unit_test(ed25519__seed_of_a_child__refused),
		cmocka_unit_test(ed25519__seed_of_a_standard__refused),
		cmocka_unit_test(ecdsa__of_a_standard__known_compromised),
		cmocka_unit_test(vagrant__both_keys__known_compromised),
		cmocka_unit_test(published__appliance_image_test_suite__known_compromised),
		cmocka_unit_test(ecdsa__tiny_private_number__refused),
		cmocka_unit_test(table__size__is_what_the_recipe_makes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
