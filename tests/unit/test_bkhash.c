/* vet/bkhash: the number alone decides; known answers were computed with Python's hashlib. */
#include "vet/bkhash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "tests/unit/lib/vetblob.h"

#include "base/poison.h"

static struct vetblob blob;

static void assert_hash(const char *hex)
{
	uint8_t hash[KA_BKHASH_LEN];
	char text[2 * KA_BKHASH_LEN + 1];

	assert_true(ka_bkhash(&blob.key, hash));
	ka_text_hex(hash, sizeof(hash), text, sizeof(text));
	assert_string_equal(text, hex);
}

static void ed25519__leading_zero_bytes__fall_off(void **state)
{
	uint8_t pk[32] = { 0 };

	(void)state;
	for (uint8_t i = 1; i <= 30; i++)
		pk[1 + i] = i;
	vetblob_ed25519(&blob, pk);
	assert_hash("ad1f983954580afadc3760a1894da7"); /* of 30 bytes; of all 32 it would be f516ce4a... */
}

static void ecdsa__leading_zero_byte_of_x__falls_off(void **state)
{
	(void)state;
	vetblob_ecdsa(&blob, 256, "00fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6",
		      "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299");
	assert_hash("e38bab8d654a1c8183cb6e3f7f0084");
}

static void rsa__any_e__the_same_hash(void **state)
{
	static const uint8_t e35[] = { 35 }, e65537[] = { 1, 0, 1 };
	uint8_t n[256] = { 0xc5 };

	(void)state;
	for (size_t i = 0; i < 254; i++)
		n[i + 1] = (uint8_t)(i * 7 + 3);
	n[255] = 1;
	vetblob_rsa(&blob, (struct ka_span){ e65537, sizeof(e65537) }, (struct ka_span){ n, sizeof(n) });
	assert_hash("d93b6754aaf88a9c54dc7ae9baa595");
	vetblob_rsa(&blob, (struct ka_span){ e35, sizeof(e35) }, (struct ka_span){ n, sizeof(n) });
	assert_hash("d93b6754aaf88a9c54dc7ae9baa595");
}

static void security_key__any_application__hash_of_the_plain_point(void **state)
{
	uint8_t pk[32], plain[KA_BKHASH_LEN], sk[KA_BKHASH_LEN];

	(void)state;
	vetblob_good_point(pk);
	vetblob_ed25519(&blob, pk);
	assert_true(ka_bkhash(&blob.key, plain));
	vetblob_sk(&blob, "ssh:elsewhere", 13);
	assert_true(ka_bkhash(&blob.key, sk));
	assert_memory_equal(plain, sk, sizeof(sk));
}

static void no_number__no_hash(void **state)
{
	uint8_t hash[KA_BKHASH_LEN], pk[32] = { 0 };

	(void)state;
	vetblob_ed25519(&blob, pk); /* a number 0 has no bytes */
	assert_false(ka_bkhash(&blob.key, hash));
	blob.key.type = ka_keytype_find(ka_span_of("ssh-dss"), &(bool){ false });
	assert_false(ka_bkhash(&blob.key, hash));
	blob.key.type = NULL;
	assert_false(ka_bkhash(&blob.key, hash));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ed25519__leading_zero_bytes__fall_off),
		cmocka_unit_test(ecdsa__leading_zero_byte_of_x__falls_off),
		cmocka_unit_test(rsa__any_e__the_same_hash),
		cmocka_unit_test(security_key__any_application__hash_of_the_plain_point),
		cmocka_unit_test(no_number__no_hash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
