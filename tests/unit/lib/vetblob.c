/* Keys made number by number. */
#include "tests/unit/lib/vetblob.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "base/poison.h"

static struct ka_span bytes_of(const void *p, size_t len)
{
	return (struct ka_span){ p, len };
}

static void begin(struct vetblob *b, struct ka_buf *w, const char *type)
{
	ka_buf_init_array(w, b->bytes);
	ka_buf_string(w, ka_span_of(type));
}

static void finish(struct vetblob *b, struct ka_buf *w)
{
	assert_int_equal(ka_buf_check(w), KA_ERR_OK);
	assert_int_equal(ka_keyblob_parse(ka_buf_as_span(w), bytes_of(NULL, 0), &b->key), KA_REASON_NONE);
}

void vetblob_ed25519(struct vetblob *b, const uint8_t pk[static 32])
{
	struct ka_buf w;

	begin(b, &w, "ssh-ed25519");
	ka_buf_string(&w, bytes_of(pk, 32));
	finish(b, &w);
}

void vetblob_ed25519_hex(struct vetblob *b, const char *hex)
{
	uint8_t pk[32];

	assert_int_equal(sodium_hex2bin(pk, sizeof(pk), hex, strlen(hex), NULL, NULL, NULL), 0);
	vetblob_ed25519(b, pk);
}

void vetblob_sk(struct vetblob *b, const char *application, size_t len)
{
	struct ka_buf w;
	uint8_t pk[32];

	vetblob_good_point(pk);
	begin(b, &w, "sk-ssh-ed25519@openssh.com");
	ka_buf_string(&w, bytes_of(pk, sizeof(pk)));
	ka_buf_string(&w, bytes_of(application, len));
	finish(b, &w);
}

void vetblob_ecdsa(struct vetblob *b, unsigned bits, const char *x, const char *y)
{
	const char *curve = bits == 256 ? "nistp256" : bits == 384 ? "nistp384" : "nistp521";
	char type[64];
	uint8_t point[133] = { 0x04 };
	struct ka_buf w, t;
	size_t n = 0;

	ka_buf_init_array(&t, type);
	ka_buf_text(&t, "ecdsa-sha2-");
	ka_buf_text(&t, curve);
	assert_int_equal(sodium_hex2bin(point + 1, 66, x, strlen(x), NULL, &n, NULL), 0);
	assert_int_equal(n, (bits + 7) / 8);
	assert_int_equal(sodium_hex2bin(point + 1 + n, 66, y, strlen(y), NULL, &n, NULL), 0);
	assert_int_equal(n, (bits + 7) / 8);
	begin(b, &w, type);
	ka_buf_string(&w, ka_span_of(curve));
	ka_buf_string(&w, bytes_of(point, 1 + 2 * n));
	finish(b, &w);
}

static void put_mpint(struct ka_buf *w, struct ka_span n)
{
	bool padded = n.len > 0 && n.p[0] >= 0x80;

	ka_buf_be32(w, (uint32_t)(n.len + padded));
	if (padded)
		ka_buf_char(w, '\0');
	ka_buf_span(w, n);
}

void vetblob_rsa(struct vetblob *b, struct ka_span e, struct ka_span n)
{
	struct ka_buf w;

	begin(b, &w, "ssh-rsa");
	put_mpint(&w, e);
	put_mpint(&w, n);
	finish(b, &w);
}

struct ka_span vetblob_modulus(unsigned bits)
{
	static uint8_t bytes[4096];
	static const uint8_t seed[randombytes_SEEDBYTES] = "an unpublished seed for moduli";
	size_t n = (bits + 7) / 8;
	unsigned top = (bits - 1) % 8;

	assert_true(n <= sizeof(bytes));
	randombytes_buf_deterministic(bytes, n, seed);
	bytes[0] = (uint8_t)((bytes[0] & ((1U << top) - 1)) | 1U << top);
	bytes[n - 1] |= 1;
	return bytes_of(bytes, n);
}

void vetblob_good_point(uint8_t pk[static 32])
{
	static const uint8_t seed[crypto_sign_SEEDBYTES] = "an unpublished seed for points";
	uint8_t sk[crypto_sign_SECRETKEYBYTES];

	assert_int_equal(crypto_sign_seed_keypair(pk, sk, seed), 0);
}

struct ka_vet vetblob_judge(const struct vetblob *b, bool whole)
{
	struct ka_vet_when when = { .now_sec = 1700000000, .whole = whole, .ed25519 = KA_VET_ED25519_SOUND };
	struct ka_vetpolicy policy;
	struct ka_vet out;

	ka_vetpolicy_default(&policy);
	ka_vet_key(&b->key, &policy, &when, &out);
	return out;
}

bool vetblob_has(const struct ka_vet *v, enum ka_reason reason)
{
	for (size_t i = 0; i < v->count; i++) {
		if (v->reasons[i] == reason)
			return true;
	}
	return false;
}
