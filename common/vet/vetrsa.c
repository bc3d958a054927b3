/*
 * RSA: sizes, exponent, parity, and the share of one bits in n. Honest moduli
 * are half ones; a modulus far from it comes from a broken generator or was
 * chosen for its looks. It must never do work that grows faster than n.
 */
#include "base/limits.h"
#include "vet/vetrsa.h"

#include <string.h>

#include "base/poison.h"

#define E_USUAL 65537      /* below: legal, but outside FIPS 186-5 */

struct weight {
	unsigned bits; /* length without leading zeros */
	unsigned ones;
};

static unsigned byte_bits(uint8_t b)
{
	return b == 0 ? 0 : 32 - (unsigned)__builtin_clz(b);
}

/* the lowest @bits bits of a big-endian number */
static struct weight weigh(struct ka_span n, size_t bits)
{
	struct weight w = { 0, 0 };

	for (size_t i = 0; i < n.len && i * 8 < bits; i++) {
		uint8_t b = n.p[n.len - 1 - i];

		if (bits - i * 8 < 8)
			b &= (uint8_t)((1U << (bits - i * 8)) - 1);
		w.ones += (unsigned)__builtin_popcount(b);
		if (b != 0)
			w.bits = (unsigned)(i * 8) + byte_bits(b);
	}
	return w;
}

static unsigned percent(struct weight w)
{
	return w.bits == 0 ? 0 : w.ones * 100 / w.bits;
}

/* are the bits of @mask clear in every chunk but the lowest, and at most @zeros_max chunks empty? */
static bool never_set(struct ka_span n, const uint8_t *mask, size_t width, size_t zeros_max)
{
	size_t zeros = 0;
	uint8_t seen = 0;

	for (size_t i = width; i < n.len; i++) {
		uint8_t b = n.p[n.len - 1 - i];

		if ((b & mask[i % width]) != 0)
			return false;
		seen = i % width == 0 ? b : seen | b;
		if (i % width == width - 1 && seen == 0)
			zeros++;
	}
	return zeros <= zeros_max;
}

static const char *poly_kind(struct ka_span n)
{
	static const uint8_t in_128[16] = { [2] = 0xff, [3] = 0xff, [4] = 0xff, [5] = 0xff, [6] = 0xff, [7] = 0xff };
	static const uint8_t in_32[4] = { [2] = 0xf0, [3] = 0x3f };

	if (never_set(n, in_128, sizeof(in_128), SIZE_MAX))
		return "128-bit chunks with bits 16 to 63 clear";
	if (never_set(n, in_32, sizeof(in_32), 1))
		return "32-bit chunks with bits 20 to 29 clear";
	return "few one bits";
}

static void judge_weight(struct ka_span n, struct ka_vetnote *note)
{
	struct weight all = weigh(n, n.len * 8);
	struct weight low = weigh(n, all.bits / 2);
	unsigned share = percent(all);
	unsigned slack = all.bits > 2000 ? 10 : 12;

	if (all.bits >= KA_VETRSA_POLY_BITS_MIN && share < KA_VETRSA_POLY_PERCENT && percent(low) < KA_VETRSA_POLY_PERCENT &&
	    !ka_vetnote_add(note, KA_REASON_KEY_RSA_POLY, poly_kind(n)))
		return;
	if (all.bits > KA_VETRSA_PATTERN_BITS_MIN && (share <= 50 - slack || share > 50 + slack))
		ka_vetnote_add(note, KA_REASON_KEY_RSA_PATTERN, share < 50 ? "few one bits" : "many one bits");
}

static bool is_less(struct ka_span a, struct ka_span b)
{
	if (a.len != b.len)
		return a.len < b.len;
	return memcmp(a.p, b.p, a.len) < 0;
}

static bool judge_exponent(struct ka_span e, struct ka_span n, struct ka_vetnote *note)
{
	bool is_odd = (e.p[e.len - 1] & 1) != 0;
	uint64_t value = 0;

	for (size_t i = 0; i < e.len && i < 8; i++)
		value = value << 8 | e.p[i];
	if (!is_odd || (e.len == 1 && value < 3) || !is_less(e, n))
		return ka_vetnote_add(note, KA_REASON_KEY_RSA_E_INVALID,
				      !is_odd ? "e is even" : value == 1 ? "e is 1" : "e is not below n");
	if (weigh(e, e.len * 8).bits > KA_VETRSA_E_BITS_MAX)
		return ka_vetnote_add(note, KA_REASON_KEY_RSA_E_TOO_LARGE, NULL);
	if (value < E_USUAL)
		return ka_vetnote_add(note, KA_REASON_KEY_RSA_E_SMALL, NULL);
	return true;
}

static bool judge_size(unsigned bits, struct ka_vetnote *note)
{
	if (bits < note->policy->rsa_min_bits && !ka_vetnote_size(note, KA_REASON_KEY_RSA_TOO_SHORT, bits, note->policy->rsa_min_bits))
		return false;
	if (bits > note->policy->rsa_max_bits && !ka_vetnote_size(note, KA_REASON_KEY_RSA_TOO_LONG, bits, note->policy->rsa_max_bits))
		return false;
	return bits % 8 == 0 || ka_vetnote_add(note, KA_REASON_KEY_RSA_ODD_SIZE, NULL);
}

void ka_vetrsa_judge(const struct ka_keyblob *key, struct ka_vetnote *note)
{
	struct ka_span n = key->rsa_n, e = key->rsa_e;

	if (n.len == 0 || e.len == 0 || n.p[0] == 0 || e.p[0] == 0) {
		ka_vetnote_refuse(note, KA_REASON_KEY_MPINT_ZERO, NULL);
		return;
	}
	if (n.len > KA_RSA_BITS_HARD_MAX / 8) {
		ka_vetnote_refuse(note, KA_REASON_KEY_RSA_TOO_LONG, "beyond what any verifier takes");
		return;
	}
	if (!judge_size((unsigned)(n.len - 1) * 8 + byte_bits(n.p[0]), note) || !judge_exponent(e, n, note))
		return;
	if ((n.p[n.len - 1] & 1) == 0)
		ka_vetnote_add(note, KA_REASON_KEY_RSA_N_EVEN, NULL);
	else
		judge_weight(n, note);
}
