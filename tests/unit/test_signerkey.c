/* keyaudit/signerkey: which keys may sign, read from files of every kind. */
#include "keyaudit/sign/signerkey.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/keysample.h"
#include "tests/unit/lib/verbplace.h"

#include "base/poison.h"

static struct ka_signerkey key, other;

/* read while the tree is the working directory */
static struct ka_keysample samples[KA_KEYSAMPLE_COUNT];

static int setup(void **state)
{
	for (size_t i = 0; i < KA_KEYSAMPLE_COUNT; i++)
		ka_keysample_load(i, &samples[i]);
	return verbplace_begin(state);
}

static const struct ka_keysample *sample(const char *name)
{
	for (size_t i = 0; i < KA_KEYSAMPLE_COUNT; i++)
		if (strcmp(samples[i].name, name) == 0)
			return &samples[i];
	fail();
	return NULL;
}

static void private_key__unencrypted__is_its_public_key(void **state)
{
	(void)state;
	verbplace_signer("ops");
	assert_int_equal(ka_signerkey_read("ops", &key), KA_ERR_OK);
	assert_null(key.wrong);
	assert_false(key.is_encrypted || key.is_sk);
	assert_true(key.path[0] == '/');
	assert_int_equal(ka_signerkey_read("ops.pub", &other), KA_ERR_OK);
	assert_null(other.wrong);
	assert_int_equal(key.len, other.len);
	assert_memory_equal(key.blob, other.blob, key.len);
	assert_string_equal(key.fp, other.fp);
}

static void private_key__with_a_passphrase__is_known_to_be_encrypted(void **state)
{
	(void)state;
	verbplace_shell("rm -f enc enc.pub; ssh-keygen -q -t ed25519 -N secret -a 1 -f enc");
	assert_int_equal(ka_signerkey_read("enc", &key), KA_ERR_OK);
	assert_null(key.wrong);
	assert_true(key.is_encrypted);
	assert_int_equal(ka_signerkey_read("enc.pub", &other), KA_ERR_OK);
	assert_string_equal(key.fp, other.fp);
}

static void security_key__public_half__is_known_to_be_one(void **state)
{
	(void)state;
	ka_signerkey_parse(sample("sk-ed25519")->text, &key);
	assert_null(key.wrong);
	assert_true(key.is_sk);
	assert_string_equal(key.fp, sample("sk-ed25519")->fingerprint);
}

static void keys_that_hosts_do_not_verify__are_refused(void **state)
{
	static const char *const names[] = { "rsa2048", "ecdsa256", "sk-ecdsa256", "dsa", "ed25519-cert" };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(names); i++) {
		ka_signerkey_parse(sample(names[i])->text, &key);
		assert_non_null(key.wrong);
	}
	verbplace_signer("rsa");
	assert_int_equal(ka_signerkey_read("rsa", &key), KA_ERR_OK);
	assert_non_null(strstr(key.wrong, "not an Ed25519 key"));
}

static void key_of_small_order__is_refused(void **state)
{
	(void)state;
	/* y = 1, the identity: everybody can sign with it */
	ka_signerkey_parse(ka_span_of("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), &key);
	assert_non_null(key.wrong);
}

static void broken_files__are_refused(void **state)
{
	static const char *const texts[] = {
		"", "\n", "ssh-ed25519", "-----BEGIN OPENSSH PRIVATE KEY-----\n", "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n",
		"restrict ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIP4c0dsOHq5vBNwtKeroAvBjRTyCtcz7jgy5OCu3feNl",
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(texts); i++) {
		ka_signerkey_parse(ka_span_of(texts[i]), &key);
		assert_non_null(key.wrong);
	}
	assert_int_equal(ka_signerkey_read("absent", &key), KA_ERR_OK);
	assert_string_equal(key.wrong, "no such file");
	assert_int_equal(ka_signerkey_read(".", &key), KA_ERR_OK);
	assert_string_equal(key.wrong, "not a regular file");
}

static void private_key__cut_anywhere__is_no_key_or_the_same_one(void **state)
{
	static char text[2048];
	const char *bytes;
	size_t len;

	(void)state;
	verbplace_signer("ops");
	assert_int_equal(ka_signerkey_read("ops", &other), KA_ERR_OK);
	bytes = verbplace_get("ops", &len);
	assert_true(len < sizeof(text));
	memcpy(text, bytes, len);
	for (size_t n = 0; n < len; n++) {
		ka_signerkey_parse((struct ka_span){ (const uint8_t *)text, n }, &key);
		assert_true(key.wrong != NULL || strcmp(key.fp, other.fp) == 0);
	}
	for (size_t bit = 0; bit < len * 8; bit++) {
		text[bit / 8] ^= (char)(1 << bit % 8);
		ka_signerkey_parse((struct ka_span){ (const uint8_t *)text, len }, &key);
		text[bit / 8] ^= (char)(1 << bit % 8);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(private_key__unencrypted__is_its_public_key),
		cmocka_unit_test(private_key__with_a_passphrase__is_known_to_be_encrypted),
		cmocka_unit_test(security_key__public_half__is_known_to_be_one),
		cmocka_unit_test(keys_that_hosts_do_not_verify__are_refused),
		cmocka_unit_test(key_of_small_order__is_refused),
		cmocka_unit_test(broken_files__are_refused),
		cmocka_unit_test(private_key__cut_anywhere__is_no_key_or_the_same_one),
	};

	return cmocka_run_group_tests(tests, setup, verbplace_end);
}
