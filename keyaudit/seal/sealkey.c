/* The keys of seals and their two texts. It must never leave a copy of a key behind. */
#include "keyaudit/seal/sealkey.h"

#include <string.h>

#include <sodium.h>

#include "base/fields.h"
#include "base/text.h"

#include "base/poison.h"

#define CHECK_BYTES 4
#define TEXT_LEN (sizeof("ka0-") - 1 + 2 * KA_SEALKEY_BYTES + 1 + 2 * CHECK_BYTES)

_Static_assert(KA_SEALKEY_BYTES <= crypto_generichash_KEYBYTES_MAX, "BLAKE2b takes it as a key");

void ka_sealkey_make(struct ka_sealkey *k)
{
	k->epoch = 0;
	randombytes_buf(k->bytes, sizeof(k->bytes));
}

void ka_sealkey_evolve(struct ka_sealkey *k)
{
	static const char word[] = "keyaudit-evolve";
	uint8_t next[KA_SEALKEY_BYTES];

	crypto_generichash(next, sizeof(next), (const unsigned char *)word, sizeof(word) - 1, k->bytes, sizeof(k->bytes));
	memcpy(k->bytes, next, sizeof(next));
	sodium_memzero(next, sizeof(next));
	k->epoch++;
}

void ka_sealkey_wipe(struct ka_sealkey *k)
{
	sodium_memzero(k, sizeof(*k));
}

static void put_check(const struct ka_sealkey *k0, char out[static 2 * CHECK_BYTES + 1])
{
	static const char domain[] = "keyaudit-k0"; /* with its NUL */
	uint8_t sum[crypto_generichash_BYTES], in[sizeof(domain) + KA_SEALKEY_BYTES];

	memcpy(in, domain, sizeof(domain));
	memcpy(in + sizeof(domain), k0->bytes, KA_SEALKEY_BYTES);
	crypto_generichash(sum, sizeof(sum), in, sizeof(in), NULL, 0);
	ka_text_hex(sum, CHECK_BYTES, out, 2 * CHECK_BYTES + 1);
	sodium_memzero(in, sizeof(in));
}

void ka_sealkey_show(const struct ka_sealkey *k0, struct ka_buf *out)
{
	char hex[2 * KA_SEALKEY_BYTES + 1], check[2 * CHECK_BYTES + 1];

	ka_text_hex(k0->bytes, sizeof(k0->bytes), hex, sizeof(hex));
	put_check(k0, check);
	ka_buf_text(out, "ka0-");
	ka_buf_text(out, hex);
	ka_buf_char(out, '-');
	ka_buf_text(out, check);
	sodium_memzero(hex, sizeof(hex));
}

static bool from_hex(struct ka_span hex, uint8_t out[static KA_SEALKEY_BYTES])
{
	size_t n = 0;
	const char *end = NULL;

	return hex.len == 2 * KA_SEALKEY_BYTES &&
	       sodium_hex2bin(out, KA_SEALKEY_BYTES, (const char *)hex.p, hex.len, NULL, &n, &end) == 0 && n == KA_SEALKEY_BYTES;
}

bool ka_sealkey_read(struct ka_span text, struct ka_sealkey *k0)
{
	char check[2 * CHECK_BYTES + 1];
	bool ok;

	while (text.len > 0 && (ka_text_is_blank(text.p[0]) || text.p[0] == '\n' || text.p[0] == '\r'))
		text = ka_span_sub(text, 1, text.len);
	while (text.len > 0 && (ka_text_is_blank(text.p[text.len - 1]) || text.p[text.len - 1] == '\n' || text.p[text.len - 1] == '\r'))
		text.len--;
	k0->epoch = 0;
	ok = text.len == TEXT_LEN && ka_span_starts(text, "ka0-") && from_hex(ka_span_sub(text, 4, 2 * KA_SEALKEY_BYTES), k0->bytes);
	if (ok) {
		put_check(k0, check);
		ok = text.p[4 + 2 * KA_SEALKEY_BYTES] == '-' &&
		     ka_span_is(ka_span_sub(text, 5 + 2 * KA_SEALKEY_BYTES, 2 * CHECK_BYTES), check);
	}
	if (!ok)
		ka_sealkey_wipe(k0);
	return ok;
}

void ka_sealkey_save(const struct ka_sealkey *k, struct ka_buf *out)
{
	char hex[2 * KA_SEALKEY_BYTES + 1];

	ka_text_hex(k->bytes, sizeof(k->bytes), hex, sizeof(hex));
	ka_buf_text(out, "ka1 seal-key");
	ka_fields_put_i64(out, "epoch", (int64_t)k->epoch);
	ka_fields_put_text(out, "key", hex);
	ka_buf_char(out, '\n');
	sodium_memzero(hex, sizeof(hex));
}

bool ka_sealkey_load(struct ka_span text, struct ka_sealkey *k)
{
	struct ka_fields f;
	bool ok;

	if (text.len > 0 && text.p[text.len - 1] == '\n')
		text.len--;
	ok = ka_fields_init(&f, text, "ka1 seal-key");
	if (ok) {
		k->epoch = (uint64_t)ka_fields_i64(&f, "epoch", INT64_MAX);
		ok = from_hex(ka_fields_raw(&f, "key"), k->bytes) && ka_fields_end(&f) && k->epoch > 0;
	}
	if (!ok)
		ka_sealkey_wipe(k);
	return ok;
}
