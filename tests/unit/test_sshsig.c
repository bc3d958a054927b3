/*
 * store/sshsig: blocks by stock ssh-keygen and blocks made field by field; what may be in a line of base64; each field
 * cut; signatures that libsodium must not take.
 */
#include "store/sshsig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "base/buf.h"
#include "key/keyb64.h"
#include "tests/unit/lib/keysample.h"
#include "tests/unit/lib/signedsample.h"

#include "base/poison.h"

static uint8_t storage[KA_SSHSIG_MAX], bytes[4096];
static char base64[3 * KA_SSHSIG_MAX];
static struct ka_sshsig sig;

static bool parse(const char *block)
{
	return ka_sshsig_parse(ka_span_of(block), storage, sizeof(storage), &sig);
}

/* one block of @len bytes, in lines of 70 */
static bool parse_bytes(const uint8_t *p, size_t len)
{
	static char line[3 * KA_SSHSIG_MAX];
	struct ka_buf b, lines;

	ka_buf_init_array(&b, base64);
	ka_keyb64_encode(&b, (struct ka_span){ p, len });
	ka_buf_init_array(&lines, line);
	for (size_t i = 0; i < b.len; i += 70) {
		ka_buf_span(&lines, ka_span_sub(ka_buf_as_span(&b), i, 70));
		ka_buf_char(&lines, '\n');
	}
	return ka_sshsig_parse(ka_buf_as_span(&lines), storage, sizeof(storage), &sig);
}

static struct signedsample s;

static void use(const char *name)
{
	signedsample_free(&s);
	signedsample_load(name, &s);
	assert_int_equal(ka_signeddoc_parse(signedsample_span(&s), KA_SIGNEDDOC_KEYS, &signedsample_doc), KA_REASON_NONE);
}

static int drop(void **state)
{
	(void)state;
	signedsample_free(&s);
	s = (struct signedsample){ 0 };
	return 0;
}

static void block__by_ssh_keygen__read_and_verified(void **state)
{
	struct ka_sshsig_text text;

	(void)state;
	use("good");
	assert_true(ka_sshsig_parse(signedsample_doc.block[0], storage, sizeof(storage), &sig));
	assert_true(sig.is_supported && !sig.is_sk);
	assert_int_equal(sig.hash, KA_SSHSIG_SHA512);
	assert_int_equal(sig.public_key.len, 51);
	assert_int_equal(sig.pk.len, 32);
	assert_int_equal(sig.sig.len, 64);
	ka_sshsig_text(signedsample_doc.text, &text);
	assert_true(ka_sshsig_verify(&sig, &text));
	assert_false(text.has_sha256); /* nobody asked for it */
	ka_sshsig_text(ka_span_sub(signedsample_doc.text, 1, SIZE_MAX), &text);
	assert_false(ka_sshsig_verify(&sig, &text));
}

static void block__with_sha256__hashed_once(void **state)
{
	struct ka_sshsig_text text;

	(void)state;
	use("good-sha256");
	assert_true(ka_sshsig_parse(signedsample_doc.block[0], storage, sizeof(storage), &sig));
	assert_int_equal(sig.hash, KA_SSHSIG_SHA256);
	ka_sshsig_text(signedsample_doc.text, &text);
	assert_true(ka_sshsig_verify(&sig, &text));
	assert_true(text.has_sha256);
	text.bytes.len = 0; /* the second time it is not looked at */
	assert_true(ka_sshsig_verify(&sig, &text));
}

static void block__of_security_key__flags_and_counter(void **state)
{
	struct ka_sshsig_text text;

	(void)state;
	use("good-sk-verified");
	assert_true(ka_sshsig_parse(signedsample_doc.block[0], storage, sizeof(storage), &sig));
	assert_true(sig.is_supported && sig.is_sk);
	assert_true(ka_span_is(sig.application, "ssh:"));
	assert_int_equal(sig.flags, KA_SSHSIG_TOUCHED | KA_SSHSIG_VERIFIED);
	assert_int_equal(sig.counter, 7);
	ka_sshsig_text(signedsample_doc.text, &text);
	assert_true(ka_sshsig_verify(&sig, &text));
	sig.counter = 8;
	assert_false(ka_sshsig_verify(&sig, &text));
	sig.counter = 7;
	sig.flags = KA_SSHSIG_TOUCHED;
	assert_false(ka_sshsig_verify(&sig, &text));
}

/* ssh-keygen says "Good" for it */
static void block__of_security_key_without_touch__never_verifies(void **state)
{
	struct ka_sshsig_text text;

	(void)state;
	use("sk-not-touched");
	assert_true(ka_sshsig_parse(signedsample_doc.block[0], storage, sizeof(storage), &sig));
	assert_int_equal(sig.flags, 0);
	ka_sshsig_text(signedsample_doc.text, &text);
	assert_false(ka_sshsig_verify(&sig, &text));
}

static void block__by_rsa__well_formed_and_not_supported(void **state)
{
	struct ka_sshsig_text text;

	(void)state;
	use("rsa-alone");
	assert_true(ka_sshsig_parse(signedsample_doc.block[0], storage, sizeof(storage), &sig));
	assert_false(sig.is_supported);
	ka_sshsig_text(signedsample_doc.text, &text);
	assert_false(ka_sshsig_verify(&sig, &text));
}

/* the lines of the sample in other breaks */
static void lines__as_long_as_they_may__accepted(void **state)
{
	static const struct { size_t width; bool is_good; } rows[] = { { 1, true }, { 4, true }, { 70, true }, { 76, true }, { 77, false } };
	char text[1024];

	(void)state;
	use("good");
	assert_true(ka_sshsig_parse(signedsample_doc.block[0], storage, sizeof(storage), &sig));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t n = 0;
		struct ka_buf b;

		ka_buf_init_array(&b, text);
		for (size_t k = 0; k < signedsample_doc.block[0].len; k++) {
			char c = (char)signedsample_doc.block[0].p[k];

			if (c == '\n')
				continue;
			ka_buf_char(&b, c);
			if (++n % rows[i].width == 0)
				ka_buf_char(&b, '\n');
		}
		if (n % rows[i].width != 0)
			ka_buf_char(&b, '\n');
		if (parse(text) != rows[i].is_good)
			fail_msg("lines of %zu", rows[i].width);
	}
}

static void lines__not_strict_base64__refused(void **state)
{
	static const char *const blocks[] = { "", "\n", "AAAA", "AA AA\n", "AAAA\r\n", "AAAA\n\nAAAA\n", "A\n", "AA==\nAAAA\n", "AAA\n",
					      "AA=\n", "AB==\n", "-AAA\n", "\200AAA\n", "AAAA\n-----BEGIN SSH SIGNATURE-----\n" };

	(void)state;
	for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++)
		assert_false(parse(blocks[i]));
}

/* libsodium reads every byte above 0x7f as '/' */
static void lines__slash_with_its_high_bit__refused(void **state)
{
	char text[1024];
	char *slash = NULL;

	(void)state;
	for (const char *const *name = (const char *const[]){ "good", "good-sk", "good-sha256", "good-published", NULL }; *name != NULL && slash == NULL; name++) {
		use(*name);
		assert_true(ka_span_copy(signedsample_doc.block[0], text, sizeof(text)));
		slash = strchr(text, '/');
	}
	assert_non_null(slash);
	assert_true(parse(text));
	*slash = (char)('/' | 0x80);
	assert_false(parse(text));
}

static void put_block(struct ka_span key, struct ka_span signature, struct ka_buf *out)
{
	ka_buf_init_array(out, bytes);
	ka_buf_text(out, "SSHSIG");
	ka_buf_be32(out, 1);
	ka_buf_string(out, key);
	ka_buf_string(out, ka_span_of("keyaudit"));
	ka_buf_be32(out, 0);
	ka_buf_string(out, ka_span_of("sha512"));
	ka_buf_string(out, signature);
	assert_int_equal(ka_buf_check(out), KA_ERR_OK);
}

/* whole certificates, sound as such, and the keys in them */
static void public_key__a_certificate__refused(void **state)
{
	static const struct { const char *name; bool is_good; } rows[] = {
		{ "ed25519-cert", false }, { "sk-ed25519-cert", false }, { "rsa2048-cert", false }, { "ecdsa256-cert", false },
		{ "ed25519", true }, { "rsa2048", true }, { "ecdsa256", true },
	};
	static struct ka_keysample key;
	static uint8_t sig_field[128];
	const uint8_t zeros[64] = { 0 };
	struct ka_buf out, field;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ka_keysample_find(rows[i].name, &key);
		ka_buf_init_array(&field, sig_field);
		ka_buf_string(&field, ka_span_of("ssh-ed25519"));
		ka_buf_string(&field, (struct ka_span){ zeros, sizeof(zeros) });
		put_block(key.blob, ka_buf_as_span(&field), &out);
		if (parse_bytes(bytes, out.len) != rows[i].is_good)
			fail_msg("%s", rows[i].name);
	}
}

/* the signed data of PROTOCOL.sshsig, and what PROTOCOL.u2f makes of it, put together once more */
static void sk_signed(const char *application, const char *text, uint8_t out[69])
{
	static uint8_t d[256];
	uint8_t hash[64];
	struct ka_buf b;

	crypto_hash_sha512(hash, (const uint8_t *)text, strlen(text));
	ka_buf_init_array(&b, d);
	ka_buf_text(&b, "SSHSIG");
	ka_buf_string(&b, ka_span_of("keyaudit"));
	ka_buf_be32(&b, 0);
	ka_buf_string(&b, ka_span_of("sha512"));
	ka_buf_string(&b, (struct ka_span){ hash, sizeof(hash) });
	crypto_hash_sha256(out, (const uint8_t *)application, strlen(application));
	memcpy(out + 32, (const uint8_t[]){ KA_SSHSIG_TOUCHED, 0, 0, 1, 2 }, 5);
	crypto_hash_sha256(out + 37, d, b.len);
}

/* a key may belong to an application of its own: ssh-keygen -O application=ssh:keyaudit */
static void block__of_security_key__its_own_application(void **state)
{
	static uint8_t key_bytes[256], signature_bytes[256];
	static const uint8_t seed[32] = { 7 };
	static const char document[] = "a document";
	uint8_t pk[32], sk[64], data[69], made[64];
	struct ka_sshsig_text text;
	struct ka_buf key, signature, out;

	(void)state;
	crypto_sign_seed_keypair(pk, sk, seed);
	sk_signed("ssh:keyaudit", document, data);
	crypto_sign_detached(made, NULL, data, sizeof(data), sk);
	ka_buf_init_array(&key, key_bytes);
	ka_buf_string(&key, ka_span_of("sk-ssh-ed25519@openssh.com"));
	ka_buf_string(&key, (struct ka_span){ pk, sizeof(pk) });
	ka_buf_string(&key, ka_span_of("ssh:keyaudit"));
	ka_buf_init_array(&signature, signature_bytes);
	ka_buf_string(&signature, ka_span_of("sk-ssh-ed25519@openssh.com"));
	ka_buf_string(&signature, (struct ka_span){ made, sizeof(made) });
	ka_buf_char(&signature, KA_SSHSIG_TOUCHED);
	ka_buf_be32(&signature, 0x102);
	put_block(ka_buf_as_span(&key), ka_buf_as_span(&signature), &out);
	assert_true(parse_bytes(bytes, out.len));
	ka_sshsig_text(ka_span_of(document), &text);
	assert_true(ka_sshsig_verify(&sig, &text));
	sig.application = ka_span_of("ssh:");
	assert_false(ka_sshsig_verify(&sig, &text));
	/* nothing may stand behind the counter */
	ka_buf_char(&signature, 0);
	put_block(ka_buf_as_span(&key), ka_buf_as_span(&signature), &out);
	assert_false(parse_bytes(bytes, out.len));
}

static void signature__with_a_byte_behind__refused(void **state)
{
	static struct ka_keysample key;
	static uint8_t field[128];
	const uint8_t zeros[64] = { 0 };
	struct ka_buf b, out;

	(void)state;
	ka_keysample_find("ed25519", &key);
	ka_buf_init_array(&b, field);
	ka_buf_string(&b, ka_span_of("ssh-ed25519"));
	ka_buf_string(&b, (struct ka_span){ zeros, sizeof(zeros) });
	put_block(key.blob, ka_buf_as_span(&b), &out);
	assert_true(parse_bytes(bytes, out.len));
	ka_buf_char(&b, 0);
	put_block(key.blob, ka_buf_as_span(&b), &out);
	assert_false(parse_bytes(bytes, out.len));
}

static void bytes__each_cut_and_each_bit__no_crash_and_no_longer_ours(void **state)
{
	struct ka_sshsig_text text;
	size_t len = 178;

	(void)state;
	use("good");
	ka_sshsig_text(signedsample_doc.text, &text);
	assert_true(ka_sshsig_parse(signedsample_doc.block[0], bytes, sizeof(bytes), &sig));
	assert_true(parse_bytes(bytes, len));
	for (size_t i = 0; i < len; i++) {
		assert_false(i > 0 && parse_bytes(bytes, i));
		for (unsigned bit = 0; bit < 8; bit++) {
			bytes[i] ^= (uint8_t)(1u << bit);
			assert_false(parse_bytes(bytes, len) && ka_sshsig_verify(&sig, &text));
			bytes[i] ^= (uint8_t)(1u << bit);
		}
	}
	bytes[len] = 0;
	assert_false(parse_bytes(bytes, len + 1));
}

/* what libsodium is trusted with: S above the group's order, a key of small order, R of small order */
static void verify__malleable_or_forged__refused(void **state)
{
	static const uint8_t order[32] = { 0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9,
					   0xde, 0x14, [31] = 0x10 };
	static const uint8_t identity[32] = { 1 };
	struct ka_sshsig_text text;
	uint8_t forged[64], carry = 0;

	(void)state;
	use("good");
	ka_sshsig_text(signedsample_doc.text, &text);
	assert_true(ka_sshsig_parse(signedsample_doc.block[0], storage, sizeof(storage), &sig));
	memcpy(forged, sig.sig.p, 64);
	for (size_t i = 0; i < 32; i++) {
		unsigned sum = (unsigned)forged[32 + i] + order[i] + carry;

		forged[32 + i] = (uint8_t)sum;
		carry = (uint8_t)(sum >> 8);
	}
	assert_true(ka_sshsig_verify(&sig, &text));
	sig.sig.p = forged;
	assert_false(ka_sshsig_verify(&sig, &text));
	memset(forged, 0, sizeof(forged));
	forged[0] = 1;
	sig.pk.p = identity;
	assert_false(ka_sshsig_verify(&sig, &text));
}

/* a block by another type may be large, up to the limit */
static void block__large__up_to_the_storage(void **state)
{
	static uint8_t big[KA_SSHSIG_MAX + 3];
	static const size_t sizes[] = { KA_SSHSIG_MAX, KA_SSHSIG_MAX + 1 };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		size_t pad = sizes[i] - (6 + 4 + 4 + 12 + 12 + 4 + 10 + 4);
		struct ka_buf b;

		ka_buf_init_array(&b, big);
		ka_buf_text(&b, "SSHSIG");
		ka_buf_be32(&b, 1);
		ka_buf_be32(&b, 12);
		ka_buf_string(&b, ka_span_of("ssh-slow"));
		ka_buf_string(&b, ka_span_of("keyaudit"));
		ka_buf_be32(&b, 0);
		ka_buf_string(&b, ka_span_of("sha512"));
		ka_buf_be32(&b, (uint32_t)pad);
		assert_int_equal(parse_bytes(big, sizes[i]), sizes[i] <= KA_SSHSIG_MAX);
		assert_false(sig.is_supported);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(block__by_ssh_keygen__read_and_verified, drop),
		cmocka_unit_test_teardown(block__with_sha256__hashed_once, drop),
		cmocka_unit_test_teardown(block__of_security_key__flags_and_counter, drop),
		cmocka_unit_test_teardown(block__of_security_key_without_touch__never_verifies, drop),
		cmocka_unit_test_teardown(block__by_rsa__well_formed_and_not_supported, drop),
		cmocka_unit_test_teardown(lines__as_long_as_they_may__accepted, drop),
		cmocka_unit_test_teardown(lines__slash_with_its_high_bit__refused, drop),
		cmocka_unit_test(public_key__a_certificate__refused),
		cmocka_unit_test(block__of_security_key__its_own_application),
		cmocka_unit_test(signature__with_a_byte_behind__refused),
		cmocka_unit_test(lines__not_strict_base64__refused),
		cmocka_unit_test_teardown(bytes__each_cut_and_each_bit__no_crash_and_no_longer_ours, drop),
		cmocka_unit_test_teardown(verify__malleable_or_forged__refused, drop),
		cmocka_unit_test(block__large__up_to_the_storage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
