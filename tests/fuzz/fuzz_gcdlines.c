/*
 * What authkeys-vet --shared is asked, once as the input's own lines, once as keys that are made of its bytes, four for two factors
 * each: an answer for every line when all have come, and in what it says of RSA keys it agrees with comparing all pairs.
 */
#include "authkeys-cmd/vet/gcdlines.h"

#include <string.h>

#include "authkeys-cmd/vet/bignum.h"
#include "base/buf.h"
#include "base/limits.h"
#include "key/keyb64.h"
#include "key/keyblob.h"
#include "tests/fuzz/throughfds.h"
#include "verdict/sharedanswer.h"

#include "base/poison.h"

#define KEYS_MAX 16 /* more than that are not compared */

static char made[KEYS_MAX * 64];
static uint8_t blob[KA_BLOB_MAX];
static struct ka_sharedanswer answers[KEYS_MAX];
static BIGNUM *moduli[KEYS_MAX], *common;
static BN_CTX *ctx;

/* the modulus of a line, or NULL: no key that is to be compared */
static BIGNUM *modulus(struct ka_span line)
{
	struct ka_keyblob key;
	size_t len = 0;

	if (!ka_keyb64_decode(line, blob, sizeof(blob), &len) ||
	    ka_keyblob_parse((struct ka_span){ blob, len }, (struct ka_span){ NULL, 0 }, &key) != KA_REASON_NONE || key.is_cert ||
	    key.type->kind != KA_KEYKIND_RSA || key.rsa_n.len < 2 || key.rsa_n.len > KA_RSA_BITS_HARD_MAX / 8 ||
	    (key.rsa_n.p[key.rsa_n.len - 1] & 1) == 0)
		return NULL;
	return BN_bin2bn(key.rsa_n.p, (int)key.rsa_n.len, NULL);
}

/* by Euclid's way where words are enough, by libcrypto's elsewhere */
static bool is_shared(size_t i, size_t k)
{
	BN_ULONG a = BN_get_word(moduli[i]), b = BN_get_word(moduli[k]), r;

	if (BN_num_bits(moduli[i]) > 63 || BN_num_bits(moduli[k]) > 63) {
		MUST(BN_gcd(common, moduli[i], moduli[k], ctx));
		return !BN_is_one(common);
	}
	for (; b != 0; a = b, b = r)
		r = a % b;
	return a != 1;
}

static void check_key(size_t i, size_t count)
{
	const struct ka_sharedanswer *a = &answers[i];
	bool is_alone = true;

	MUST((moduli[i] == NULL) == (a->word == KA_SHAREDANSWER_UNJUDGED) && a->a <= count && a->a != i + 1);
	if (moduli[i] == NULL)
		return;
	for (size_t k = 0; k < count; k++)
		is_alone = is_alone && (k == i || moduli[k] == NULL || !is_shared(i, k));
	MUST(is_alone == (a->word == KA_SHAREDANSWER_ALONE));
	MUST(is_alone || (a->a > 0 && moduli[a->a - 1] != NULL && is_shared(i, a->a - 1)));
}

static void check(struct ka_span text)
{
	struct ka_cursor lines, rest;
	struct ka_sharedanswer a;
	struct ka_span line;
	size_t len, count = 0;
	bool has_end = true;
	enum ka_err err = throughfds(ka_gcdlines_run, text, &len);

	MUST(err == (text.len == 0 || text.p[text.len - 1] == '\n' ? KA_ERR_OK : KA_ERR_SYNTAX));
	ka_cursor_init(&rest, (const uint8_t *)throughfds_said, len);
	ka_cursor_init(&lines, text.p, text.len);
	while (ka_cursor_line(&rest, &line, &has_end)) {
		MUST(has_end && ka_sharedanswer_parse(line, &a) && (count == 0 || a.word != KA_SHAREDANSWER_STEP));
		if (a.word == KA_SHAREDANSWER_STEP)
			continue;
		MUST(ka_cursor_line(&lines, &line, NULL));
		if (count == KEYS_MAX)
			return;
		answers[count] = a;
		BN_free(moduli[count]);
		moduli[count++] = modulus(line);
	}
	MUST(err != KA_ERR_OK || ka_cursor_left(&lines) == 0);
	for (size_t i = 0; i < count; i++)
		check_key(i, count);
}

/* ssh-rsa, e = 65537, n = p q as its shortest mpint */
static void put_key(uint16_t p, uint16_t q, struct ka_buf *out)
{
	const uint64_t n = (uint64_t)(p | 1U) * (q | 1U);
	uint32_t len = 1;
	char bytes[64];
	struct ka_buf b;

	while (n >> (8 * len - 1) != 0)
		len++;
	ka_buf_init_array(&b, bytes);
	ka_buf_put(&b, "\0\0\0\7ssh-rsa\0\0\0\3\1\0\1", 18);
	ka_buf_be32(&b, len);
	while (len-- > 0)
		ka_buf_char(&b, (char)(n >> 8 * len));
	ka_keyb64_encode(out, ka_buf_as_span(&b));
	ka_buf_char(out, '\n');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ka_buf b;

	if (size >= KA_VET_LINE_MAX)
		return 0;
	if (common == NULL)
		common = BN_new();
	if (ctx == NULL)
		ctx = BN_CTX_new();
	check((struct ka_span){ data, size });
	ka_buf_init_array(&b, made);
	for (size_t i = 0; i + 4 <= size && i < 4 * KEYS_MAX; i += 4)
		put_key((uint16_t)(data[i] << 8 | data[i + 1]), (uint16_t)(data[i + 2] << 8 | data[i + 3]), &b);
	MUST(ka_buf_check(&b) == KA_ERR_OK);
	check(ka_buf_as_span(&b));
	return 0;
}
