/* revoke/krl: each section does what it says, and what is not a list all the way through is none. */
#include "revoke/krl.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "tests/unit/lib/keysample.h"
#include "tests/unit/lib/krlsample.h"

#include "base/poison.h"

static struct krlsample list;
static struct ka_keysample one, two;
static uint8_t sha1[KA_KRL_SHA1_LEN], sha256[KA_KRL_SHA256_LEN], sha256_two[KA_KRL_SHA256_LEN];
static struct ka_krl krl;

static int setup(void **state)
{
	(void)state;
	ka_keysample_find("ed25519", &one);
	ka_keysample_find("rsa2048", &two);
	memset(sha1, 0x5a, sizeof(sha1));
	crypto_hash_sha256(sha256, one.blob.p, one.blob.len);
	crypto_hash_sha256(sha256_two, two.blob.p, two.blob.len);
	return 0;
}

static struct ka_span of(const uint8_t *p, size_t n)
{
	return (struct ka_span){ p, n };
}

static bool take(void)
{
	return ka_krl_read(krlsample_bytes(&list), &krl);
}

static enum ka_krl_answer ask_one(void)
{
	const struct ka_krl_key key = { .plain = one.blob, .sha256 = sha256, .sha1 = sha1 };

	assert_null(krl.wrong);
	return ka_krl_ask(&krl, &key);
}

static enum ka_krl_answer ask_two(void)
{
	static const uint8_t other[KA_KRL_SHA1_LEN];
	const struct ka_krl_key key = { .plain = two.blob, .sha256 = sha256_two, .sha1 = other };

	return ka_krl_ask(&krl, &key);
}

static void head__nothing_behind__nobody_is_revoked(void **state)
{
	(void)state;
	krlsample_begin(&list);
	assert_true(take());
	assert_int_equal(ask_one(), KA_KRL_FINE);
	assert_false(krl.has_sha1);
}

static void sections__the_key__revoked_and_no_other(void **state)
{
	static const struct { uint8_t type; enum ka_krl_answer answer; } rows[] = {
		{ 2, KA_KRL_KEY }, { 3, KA_KRL_SHA1 }, { 5, KA_KRL_SHA256 },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		krlsample_begin(&list);
		krlsample_string(&list, rows[i].type, rows[i].type == 2 ? one.blob : rows[i].type == 3 ? of(sha1, 20) : of(sha256, 32));
		assert_true(take());
		assert_int_equal(ask_one(), rows[i].answer);
		assert_int_equal(ask_two(), KA_KRL_FINE);
		assert_int_equal(krl.has_sha1, rows[i].type == 3);
	}
}

static void sections__several__each_is_asked(void **state)
{
	(void)state;
	krlsample_begin(&list);
	krlsample_part(&list.b, 2, ka_span_of(""));
	krlsample_string(&list, 2, two.blob);
	krlsample_string(&list, 5, of(sha256, 32));
	assert_true(take());
	assert_int_equal(ask_one(), KA_KRL_SHA256);
	assert_int_equal(ask_two(), KA_KRL_KEY);
}

static void sha1__not_given__unknown(void **state)
{
	const struct ka_krl_key key = { .plain = one.blob, .sha256 = sha256 };

	(void)state;
	krlsample_begin(&list);
	krlsample_string(&list, 3, of(sha1, 20));
	assert_true(take());
	assert_int_equal(ka_krl_ask(&krl, &key), KA_KRL_UNKNOWN);
	krlsample_string(&list, 2, one.blob); /* that is known whatever the hash */
	assert_true(take());
	assert_int_equal(ka_krl_ask(&krl, &key), KA_KRL_KEY);
}

static void not_taken__asked__unknown(void **state)
{
	(void)state;
	krlsample_begin(&list);
	krlsample_part(&list.b, 6, ka_span_of(""));
	assert_false(take());
	assert_int_equal(ask_two(), KA_KRL_UNKNOWN);
}

/* enough of them that a search that goes wrong by one misses some; in order or not */
static void sha256__many__each_is_found(void **state)
{
	(void)state;
	for (unsigned descending = 0; descending < 2; descending++) {
		char room[8192];
		struct ka_buf b;

		for (unsigned count = 0; count < 40; count++) {
			ka_buf_init_array(&b, room);
			for (unsigned i = 0; i < count; i++) {
				uint8_t hash[32] = { 0 };

				hash[1] = (uint8_t)(2 * (descending != 0 ? count - i : i + 1));
				ka_buf_string(&b, of(hash, 32));
			}
			krlsample_begin(&list);
			krlsample_part(&list.b, 5, ka_buf_as_span(&b));
			assert_true(take());
			assert_int_equal(krl.is_ascending, descending == 0 || count < 2);
			for (unsigned i = 0; i < 2 * count + 3; i++) {
				uint8_t hash[32] = { 0, (uint8_t)i };
				const struct ka_krl_key key = { .plain = one.blob, .sha256 = hash };
				bool listed = i % 2 == 0 && i > 0 && i <= 2 * count;

				assert_int_equal(ka_krl_ask(&krl, &key), listed ? KA_KRL_SHA256 : KA_KRL_FINE);
			}
		}
	}
}

static void certificates__serial_and_id__of_that_authority(void **state)
{
	static struct ka_keysample cert;
	struct ka_keyblob parsed;
	char room[256];
	struct ka_buf b;

	(void)state;
	ka_keysample_find("ed25519-cert", &cert);
	assert_int_equal(ka_keyblob_parse(cert.blob, of(NULL, 0), &parsed), KA_REASON_NONE);
	for (unsigned by_id = 0; by_id < 2; by_id++) {
		struct ka_krl_key key = { .plain = one.blob, .sha256 = sha256, .cert = &parsed.cert };

		parsed.cert.serial = 77;
		ka_buf_init_array(&b, room);
		if (by_id != 0) {
			char id[128];
			struct ka_buf text;

			ka_buf_init_array(&text, id);
			ka_buf_string(&text, parsed.cert.id);
			krlsample_part(&b, 0x23, ka_buf_as_span(&text));
		} else {
			krlsample_part(&b, 0x20, of((const uint8_t *)"\0\0\0\0\0\0\0\x4d", 8));
		}
		krlsample_begin(&list);
		krlsample_certificates(&list, parsed.cert.ca, ka_buf_as_span(&b));
		assert_true(take());
		assert_int_equal(ka_krl_ask(&krl, &key), by_id != 0 ? KA_KRL_KEY_ID : KA_KRL_SERIAL);
		key.cert = NULL;
		assert_int_equal(ka_krl_ask(&krl, &key), KA_KRL_FINE);
	}
}

static void signature__only_signatures_behind_it(void **state)
{
	(void)state;
	krlsample_begin(&list);
	krlsample_string(&list, 2, one.blob);
	for (unsigned i = 0; i < 2; i++) {
		krlsample_part(&list.b, 4, two.blob);
		assert_false(take()); /* the second string is not there */
		ka_buf_string(&list.b, ka_span_of("signature"));
		assert_true(take());
		assert_int_equal(ask_one(), KA_KRL_KEY);
	}
	krlsample_string(&list, 2, two.blob);
	assert_false(take());
}

static void extension__critical_or_not(void **state)
{
	char room[64];
	struct ka_buf b;

	(void)state;
	for (unsigned critical = 0; critical < 2; critical++) {
		ka_buf_init_array(&b, room);
		ka_buf_string(&b, ka_span_of("new@example.com"));
		ka_buf_char(&b, (char)critical);
		ka_buf_string(&b, ka_span_of(""));
		krlsample_begin(&list);
		krlsample_part(&list.b, 255, ka_buf_as_span(&b));
		assert_int_equal(take(), critical == 0);
	}
}

static void contents__what_is_none__refused_with_its_place(void **state)
{
	static const struct { uint8_t type; const char *contents; size_t len; } rows[] = {
		{ 0, "", 0 }, { 6, "", 0 }, { 2, "\0\0\0", 3 }, { 2, "\0\0\0\0", 4 }, { 2, "\0\0\0\1x", 5 },
		{ 2, "\0\0\0\5\0\0\0\1x", 9 }, /* a type and no more */
		{ 2, "\0\0\0\x14" "12345678901234567890", 24 }, /* a hash is no key */
		{ 2, "\0\0\0\x13\0\0\0\x0bssh-ed25519\0\0\0\0", 23 }, /* a known type, and no such key */
		{ 3, "\0\0\0\1x", 5 }, { 5, "\0\0\0\x14" "12345678901234567890", 24 }, { 1, "", 0 }, { 255, "", 0 },
	};
	size_t at;

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		krlsample_begin(&list);
		at = list.b.len;
		krlsample_part(&list.b, rows[i].type, of((const uint8_t *)rows[i].contents, rows[i].len));
		if (take() || krl.wrong_at != at || krl.wrong == NULL)
			fail_msg("row %zu", i);
	}
	krlsample_begin(&list); /* of a type of tomorrow */
	krlsample_string(&list, 2, of((const uint8_t *)"\0\0\0\4ssh-xx", 10));
	assert_true(take());
}

static void head__other_magic_or_version__refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < 12; i++) {
		krlsample_begin(&list);
		list.bytes[i] ^= 1;
		assert_false(take());
		assert_int_equal(ka_krl_is(krlsample_bytes(&list)), i >= 8);
	}
}

static void comment__nul__only_at_its_end(void **state)
{
	(void)state;
	krlsample_begin(&list);
	list.bytes[list.b.len - 1] = '\0';
	assert_true(take());
	list.bytes[list.b.len - 2] = '\0';
	assert_false(take());
}

/* every prefix: refused, or a list of fewer sections that ends where one ends. Bytes of exactly that size, for the sanitizer */
static void truncated__anywhere__refused_or_ends_with_a_section(void **state)
{
	size_t ends[4], count = 0;

	(void)state;
	krlsample_begin(&list);
	ends[count++] = list.b.len;
	krlsample_string(&list, 2, one.blob);
	ends[count++] = list.b.len;
	krlsample_string(&list, 5, of(sha256_two, 32));
	ends[count++] = list.b.len;
	for (size_t n = 0; n <= list.b.len; n++) {
		uint8_t *exact = malloc(n > 0 ? n : 1);
		bool is_end = false;

		assert_non_null(exact);
		memcpy(exact, list.bytes, n);
		for (size_t i = 0; i < count; i++)
			is_end |= ends[i] == n;
		assert_int_equal(ka_krl_read(of(exact, n), &krl), is_end);
		free(exact);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(head__nothing_behind__nobody_is_revoked),
		cmocka_unit_test(sections__the_key__revoked_and_no_other),
		cmocka_unit_test(sections__several__each_is_asked),
		cmocka_unit_test(sha1__not_given__unknown),
		cmocka_unit_test(not_taken__asked__unknown),
		cmocka_unit_test(sha256__many__each_is_found),
		cmocka_unit_test(certificates__serial_and_id__of_that_authority),
		cmocka_unit_test(signature__only_signatures_behind_it),
		cmocka_unit_test(extension__critical_or_not),
		cmocka_unit_test(contents__what_is_none__refused_with_its_place),
		cmocka_unit_test(head__other_magic_or_version__refused),
		cmocka_unit_test(comment__nul__only_at_its_end),
		cmocka_unit_test(truncated__anywhere__refused_or_ends_with_a_section),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
