/* key/keyblob: every structural reason, its neighbour, and all small damages of good keys. */
#include "key/keyblob.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "key/keyfpr.h"
#include "tests/unit/lib/keysample.h"

#include "base/poison.h"

struct made {
	uint8_t bytes[512];
	struct ka_buf b;
};

static void begin(struct made *m, const char *type)
{
	ka_buf_init(&m->b, m->bytes, sizeof(m->bytes));
	ka_buf_string(&m->b, ka_span_of(type));
}

static void add(struct made *m, const void *bytes, size_t len)
{
	ka_buf_string(&m->b, (struct ka_span){ bytes, len });
}

static enum ka_reason judge(const struct made *m, const char *word)
{
	struct ka_keyblob key;

	assert_int_equal(ka_buf_check(&m->b), KA_ERR_OK);
	return ka_keyblob_parse(ka_buf_as_span(&m->b), ka_span_of(word), &key);
}

static const uint8_t zero[160], point[133] = { 4, 1, 2, 3 };

static void good__every_sample__parses_to_itself(void **state)
{
	(void)state;
	for (size_t i = 0; i < KA_KEYSAMPLE_COUNT; i++) {
		static struct ka_keysample s;
		struct ka_keyblob key;
		char fpr[KA_FPR_TEXT_MAX];
		static uint8_t plain[2048];
		struct ka_buf b;

		ka_keysample_load(i, &s);
		assert_int_equal(ka_keyblob_parse(s.blob, ka_span_of(s.type), &key), KA_REASON_NONE);
		assert_int_equal(ka_keyblob_parse(s.blob, ka_span_of(""), &key), KA_REASON_NONE);
		assert_string_equal(ka_keyblob_name(&key), s.type);
		assert_int_equal(key.bits, s.bits);
		ka_buf_init(&b, plain, sizeof(plain));
		ka_keyblob_plain(&key, &b);
		assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
		ka_keyfpr_text(ka_buf_as_span(&b), fpr);
		assert_string_equal(fpr, s.fingerprint);
		if (!key.is_cert)
			assert_true(ka_span_equal(ka_buf_as_span(&b), s.blob));
	}
}

static void type__table(void **state)
{
	struct made m;

	(void)state;
	begin(&m, "ssh-ed25519");
	add(&m, zero, 32);
	assert_int_equal(judge(&m, "ssh-ed25519"), KA_REASON_NONE);
	assert_int_equal(judge(&m, ""), KA_REASON_NONE);
	assert_int_equal(judge(&m, "ssh-rsa"), KA_REASON_KEY_TYPE_MISMATCH);
	assert_int_equal(judge(&m, "ssh-ed25519-cert-v01@openssh.com"), KA_REASON_KEY_TYPE_MISMATCH);
	assert_int_equal(judge(&m, "SSH-ED25519"), KA_REASON_KEY_TYPE_UNKNOWN);
	begin(&m, "ssh-ed448");
	add(&m, zero, 57);
	assert_int_equal(judge(&m, ""), KA_REASON_KEY_TYPE_UNKNOWN);
	assert_int_equal(judge(&m, "ssh-ed448"), KA_REASON_KEY_TYPE_UNKNOWN);
	assert_int_equal(judge(&m, "ssh-ed25519"), KA_REASON_KEY_TYPE_MISMATCH);
	/* sshd takes a NUL behind the inner name */
	ka_buf_init(&m.b, m.bytes, sizeof(m.bytes));
	add(&m, "ssh-ed25519\0", 12);
	add(&m, zero, 32);
	assert_int_equal(judge(&m, "ssh-ed25519"), KA_REASON_KEY_TYPE_MISMATCH);
	assert_int_equal(judge(&m, ""), KA_REASON_KEY_TYPE_UNKNOWN);
}

static void ends__too_early_or_too_late__are_named(void **state)
{
	struct made m;
	struct ka_keyblob key;
	static uint8_t large[KA_BLOB_MAX + 1];

	(void)state;
	begin(&m, "ssh-ed25519");
	assert_int_equal(judge(&m, "ssh-ed25519"), KA_REASON_KEY_BLOB_TRUNCATED);
	ka_buf_be32(&m.b, 0xffffffff);
	assert_int_equal(judge(&m, "ssh-ed25519"), KA_REASON_KEY_BLOB_TRUNCATED);
	begin(&m, "ssh-ed25519");
	add(&m, zero, 32);
	add(&m, "", 0);
	assert_int_equal(judge(&m, "ssh-ed25519"), KA_REASON_KEY_BLOB_TRAILING);
	assert_int_equal(ka_keyblob_parse((struct ka_span){ NULL, 0 }, ka_span_of("ssh-rsa"), &key),
			 KA_REASON_KEY_BLOB_TRUNCATED);
	assert_int_equal(ka_keyblob_parse((struct ka_span){ large, sizeof(large) }, ka_span_of(""), &key),
			 KA_REASON_LINE_TOO_LONG);
}

static void mpint__table(void **state)
{
	static const struct { const char *e; size_t e_len; const char *n; size_t n_len; enum ka_reason reason; } rows[] = {
		{ "\x03", 1, "\0\xc1", 2, KA_REASON_NONE },
		{ "\x03", 1, "\x7f\xc1", 2, KA_REASON_NONE },
		{ "\x03", 1, "\xc1", 1, KA_REASON_KEY_MPINT_NEGATIVE },
		{ "\x80", 1, "\0\xc1", 2, KA_REASON_KEY_MPINT_NEGATIVE },
		{ "\0\x03", 2, "\0\xc1", 2, KA_REASON_KEY_MPINT_NOT_MINIMAL },
		{ "\x03", 1, "\0\0\xc1", 3, KA_REASON_KEY_MPINT_NOT_MINIMAL },
		{ "\0", 1, "\0\xc1", 2, KA_REASON_KEY_MPINT_NOT_MINIMAL },
		{ "", 0, "\0\xc1", 2, KA_REASON_KEY_MPINT_ZERO },
		{ "\x03", 1, "", 0, KA_REASON_KEY_MPINT_ZERO },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		struct made m;

		begin(&m, "ssh-rsa");
		add(&m, rows[i].e, rows[i].e_len);
		add(&m, rows[i].n, rows[i].n_len);
		assert_int_equal(judge(&m, "ssh-rsa"), rows[i].reason);
	}
}

static void mpint__not_minimal__still_gives_the_fingerprint_that_sshd_shows(void **state)
{
	struct made odd, good;
	struct ka_keyblob key;
	uint8_t plain[64];
	struct ka_buf b;

	(void)state;
	begin(&odd, "ssh-rsa");
	add(&odd, "\0\0\x03", 3);
	add(&odd, "\0\0\xc1", 3);
	begin(&good, "ssh-rsa");
	add(&good, "\x03", 1);
	add(&good, "\0\xc1", 2);
	assert_int_equal(ka_keyblob_parse(ka_buf_as_span(&odd.b), ka_span_of(""), &key), KA_REASON_KEY_MPINT_NOT_MINIMAL);
	ka_buf_init(&b, plain, sizeof(plain));
	ka_keyblob_plain(&key, &b);
	assert_true(ka_span_equal(ka_buf_as_span(&b), ka_buf_as_span(&good.b)));
	assert_int_equal(key.bits, 8);
}

static void point__table(void **state)
{
	static const struct { const char *type, *curve; uint8_t first; size_t len; enum ka_reason reason; } rows[] = {
		{ "ecdsa-sha2-nistp256", "nistp256", 4, 65, KA_REASON_NONE },
		{ "ecdsa-sha2-nistp384", "nistp384", 4, 97, KA_REASON_NONE },
		{ "ecdsa-sha2-nistp521", "nistp521", 4, 133, KA_REASON_NONE },
		{ "ecdsa-sha2-nistp256", "nistp384", 4, 97, KA_REASON_KEY_ECDSA_CURVE_MISMATCH },
		{ "ecdsa-sha2-nistp256", "prime256v1", 4, 65, KA_REASON_KEY_ECDSA_CURVE_MISMATCH },
		{ "ecdsa-sha2-nistp256", "", 4, 65, KA_REASON_KEY_ECDSA_CURVE_MISMATCH },
		{ "ecdsa-sha2-nistp256", "nistp256", 4, 64, KA_REASON_KEY_ECDSA_POINT_LENGTH },
		{ "ecdsa-sha2-nistp256", "nistp256", 0, 1, KA_REASON_KEY_ECDSA_POINT_LENGTH },
		{ "ecdsa-sha2-nistp256", "nistp256", 0, 0, KA_REASON_KEY_ECDSA_POINT_LENGTH },
		{ "ecdsa-sha2-nistp256", "nistp256", 2, 33, KA_REASON_KEY_ECDSA_POINT_LENGTH },
		{ "ecdsa-sha2-nistp256", "nistp256", 6, 65, KA_REASON_KEY_ECDSA_POINT_FORMAT },
		{ "ecdsa-sha2-nistp256", "nistp256", 7, 65, KA_REASON_KEY_ECDSA_POINT_FORMAT },
		{ "ssh-ed25519", NULL, 1, 32, KA_REASON_NONE },
		{ "ssh-ed25519", NULL, 1, 31, KA_REASON_KEY_ED25519_LENGTH },
		{ "ssh-ed25519", NULL, 1, 33, KA_REASON_KEY_ED25519_LENGTH },
		{ "ssh-ed25519", NULL, 0, 0, KA_REASON_KEY_ED25519_LENGTH },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		struct made m;
		uint8_t p[sizeof(point)];

		memcpy(p, point, sizeof(p));
		p[0] = rows[i].first;
		begin(&m, rows[i].type);
		if (rows[i].curve != NULL)
			add(&m, rows[i].curve, strlen(rows[i].curve));
		add(&m, p, rows[i].len);
		assert_int_equal(judge(&m, rows[i].type), rows[i].reason);
	}
}

static void application__with_nul__is_not_canonical(void **state)
{
	static const struct { const char *text; size_t len; enum ka_reason reason; } rows[] = {
		{ "ssh:", 4, KA_REASON_NONE }, { "", 0, KA_REASON_NONE }, { "https://x", 9, KA_REASON_NONE },
		{ "ssh:\0", 5, KA_REASON_KEY_BLOB_NOT_CANONICAL }, { "s\0h:", 4, KA_REASON_KEY_BLOB_NOT_CANONICAL },
	};
	struct made m;

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		begin(&m, "sk-ssh-ed25519@openssh.com");
		add(&m, zero, 32);
		add(&m, rows[i].text, rows[i].len);
		assert_int_equal(judge(&m, ""), rows[i].reason);
	}
	begin(&m, "sk-ssh-ed25519@openssh.com");
	add(&m, zero, 32);
	assert_int_equal(judge(&m, ""), KA_REASON_KEY_BLOB_TRUNCATED);
}

static void cert__of_ssh_keygen__has_its_fields(void **state)
{
	static struct ka_keysample s;
	struct ka_keyblob key;
	struct ka_cursor c;
	struct ka_span name;

	(void)state;
	ka_keysample_find("rsa2048-cert", &s);
	assert_int_equal(ka_keyblob_parse(s.blob, ka_span_of(s.type), &key), KA_REASON_NONE);
	assert_true(key.is_cert);
	assert_int_equal(key.cert.serial, 7);
	assert_int_equal(key.cert.type, KA_CERT_TYPE_USER);
	assert_true(ka_span_is(key.cert.id, "rsa2048"));
	assert_int_equal(key.cert.principals_count, 2);
	ka_cursor_init(&c, key.cert.principals.p, key.cert.principals.len);
	assert_true(ka_keyblob_principal_next(&c, &name) && ka_span_is(name, "alice"));
	assert_true(ka_keyblob_principal_next(&c, &name) && ka_span_is(name, "bob"));
	assert_false(ka_keyblob_principal_next(&c, &name));
	assert_true(key.cert.valid_after < key.cert.valid_before);
	assert_ptr_equal(key.cert.tbs.p + key.cert.tbs.len + 4, key.cert.signature.p);
	ka_keysample_find("ecdsa384-host-cert", &s);
	assert_int_equal(ka_keyblob_parse(s.blob, ka_span_of(s.type), &key), KA_REASON_NONE);
	assert_int_equal(key.cert.type, KA_CERT_TYPE_HOST);
	assert_true(key.cert.valid_before == UINT64_MAX);
}

/* ---- all small damages ---- */

static void expect_no_second_spelling(const struct ka_keysample *s, struct ka_span damaged)
{
	struct ka_keyblob key;
	char fpr[KA_FPR_TEXT_MAX];
	static uint8_t plain[3072];
	struct ka_buf b;

	if (ka_keyblob_parse(damaged, ka_span_of(s->type), &key) != KA_REASON_NONE)
		return;
	ka_buf_init(&b, plain, sizeof(plain));
	ka_keyblob_plain(&key, &b);
	assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
	ka_keyfpr_text(ka_buf_as_span(&b), fpr);
	if (!key.is_cert)
		assert_true(ka_span_equal(ka_buf_as_span(&b), damaged) && strcmp(fpr, s->fingerprint) != 0);
}

static void mutation__every_bit_flip__is_refused_or_another_key(void **state)
{
	(void)state;
	for (size_t i = 0; i < KA_KEYSAMPLE_COUNT; i++) {
		static struct ka_keysample s;

		ka_keysample_load(i, &s);
		for (size_t bit = 0; bit < s.blob.len * 8; bit++) {
			s.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
			expect_no_second_spelling(&s, s.blob);
			s.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
	}
}

static void mutation__every_truncation_and_any_tail__is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < KA_KEYSAMPLE_COUNT; i++) {
		static struct ka_keysample s;
		struct ka_keyblob key;

		ka_keysample_load(i, &s);
		for (size_t n = 0; n < s.blob.len; n++)
			assert_int_equal(ka_keyblob_parse(ka_span_sub(s.blob, 0, n), ka_span_of(s.type), &key),
					 KA_REASON_KEY_BLOB_TRUNCATED);
		for (unsigned c = 0; c < 256; c++) {
			s.bytes[s.blob.len] = (uint8_t)c;
			assert_int_equal(ka_keyblob_parse((struct ka_span){ s.bytes, s.blob.len + 1 }, ka_span_of(s.type), &key),
					 KA_REASON_KEY_BLOB_TRAILING);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(type__table),
		cmocka_unit_test(ends__too_early_or_too_late__are_named),
		cmocka_unit_test(mpint__table),
		cmocka_unit_test(mpint__not_minimal__still_gives_the_fingerprint_that_sshd_shows),
		cmocka_unit_test(point__table),
		cmocka_unit_test(application__with_nul__is_not_canonical),
		cmocka_unit_test(cert__of_ssh_keygen__has_its_fields),
		cmocka_unit_test(mutation__every_bit_flip__is_refused_or_another_key),
		cmocka_unit_test(mutation__every_truncation_and_any_tail__is_refused),
		cmocka_unit_test(good__every_sample__parses_to_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
