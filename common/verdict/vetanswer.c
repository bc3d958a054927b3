/* The line of authkeys-vet. What it may say is a list: it must never make the judge say something else. */
#include "verdict/vetanswer.h"

#include <string.h>

#include "base/err.h"
#include "base/text.h"

#include "base/poison.h"

static const enum ka_reason reasons[] = {
	KA_REASON_KEY_RSA_ROCA, KA_REASON_KEY_RSA_FERMAT, KA_REASON_KEY_RSA_SMALL_FACTOR, KA_REASON_KEY_RSA_N_PRIME,
	KA_REASON_KEY_RSA_N_POWER, KA_REASON_KEY_RSA_SMALL_D, KA_REASON_KEY_RSA_SHARED_PRIME, KA_REASON_KEY_ECDSA_POINT_INVALID,
	KA_REASON_CERT_SIGNATURE_BAD, KA_REASON_CERT_SIGNATURE_ALGORITHM,
};

void ka_vetanswer_write(const struct ka_vetanswer *a, struct ka_buf *out)
{
	if (a->word != KA_VETANSWER_BAD) {
		ka_buf_text(out, a->word == KA_VETANSWER_OK ? "ok\n" : "unjudged\n");
		return;
	}
	ka_buf_text(out, "bad ");
	ka_buf_text(out, ka_reason_id(a->reason));
	if (a->reason == KA_REASON_KEY_RSA_SMALL_FACTOR) {
		ka_buf_char(out, ' ');
		ka_buf_u64(out, a->factor);
	}
	ka_buf_char(out, '\n');
}

static bool take_reason(struct ka_span id, enum ka_reason *out)
{
	for (size_t i = 0; i < KA_ARRAY_LEN(reasons); i++)
		if (ka_span_is(id, ka_reason_id(reasons[i]))) {
			*out = reasons[i];
			return true;
		}
	return false;
}

bool ka_vetanswer_parse(struct ka_span line, struct ka_vetanswer *out)
{
	struct ka_vetanswer a = { .word = KA_VETANSWER_BAD, .reason = KA_REASON_NONE };
	struct ka_span number;
	uint64_t factor = 0;
	size_t blank;

	*out = (struct ka_vetanswer){ .word = KA_VETANSWER_UNJUDGED, .reason = KA_REASON_NONE };
	if (ka_span_is(line, "unjudged"))
		return true;
	if (ka_span_is(line, "ok")) {
		out->word = KA_VETANSWER_OK;
		return true;
	}
	if (!ka_span_starts(line, "bad "))
		return false;
	line = ka_span_sub(line, 4, line.len);
	blank = ka_span_find(line, ' ');
	if (!take_reason(ka_span_sub(line, 0, blank), &a.reason))
		return false;
	if ((blank < line.len) != (a.reason == KA_REASON_KEY_RSA_SMALL_FACTOR))
		return false;
	number = ka_span_sub(line, blank + 1, line.len);
	if (blank < line.len && (!ka_text_to_u64(number, UINT32_MAX, &factor) || (number.len > 1 && number.p[0] == '0')))
		return false;
	a.factor = (uint32_t)factor;
	*out = a;
	return true;
}

void ka_vetanswer_write_sha1(const uint8_t hash[static KA_VETANSWER_SHA1_LEN], struct ka_buf *out)
{
	char hex[2 * KA_VETANSWER_SHA1_LEN + 1];

	ka_text_hex(hash, KA_VETANSWER_SHA1_LEN, hex, sizeof(hex));
	ka_buf_text(out, KA_VETANSWER_SHA1);
	ka_buf_text(out, hex);
	ka_buf_char(out, '\n');
}

bool ka_vetanswer_parse_sha1(struct ka_span line, uint8_t hash[static KA_VETANSWER_SHA1_LEN])
{
	static const char digits[] = "0123456789abcdef";
	struct ka_span hex = ka_span_sub(line, strlen(KA_VETANSWER_SHA1), line.len);

	memset(hash, 0, KA_VETANSWER_SHA1_LEN);
	if (!ka_span_starts(line, KA_VETANSWER_SHA1) || hex.len != 2 * KA_VETANSWER_SHA1_LEN)
		return false;
	for (size_t i = 0; i < hex.len; i++) {
		const char *digit = memchr(digits, hex.p[i], 16);

		if (digit == NULL) {
			memset(hash, 0, KA_VETANSWER_SHA1_LEN);
			return false;
		}
		hash[i / 2] = (uint8_t)(hash[i / 2] << 4 | (digit - digits));
	}
	return true;
}
