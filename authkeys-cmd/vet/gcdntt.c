/*
 * Forward by decimation in frequency, back by decimation in time, so that nobody has to put anything in another order.
 * Every value is kept below p.
 */
#include "authkeys-cmd/vet/gcdntt.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

#include "base/poison.h"

#define P 0xffffffff00000001ULL
#define EPSILON 0xffffffffULL /* 2^64 mod p */
#define GENERATOR 7           /* of the numbers modulo p */
#define DIGIT_BITS 20
#define DIGIT_MASK ((1u << DIGIT_BITS) - 1)
#define CACHED 4096 /* values of 8 bytes that stay in the nearest cache: up to there pass by pass, above depth first */

__extension__ typedef unsigned __int128 wide;

static inline uint64_t add(uint64_t a, uint64_t b)
{
	uint64_t r = a - (P - b);

	return r + (P & -(uint64_t)(a < P - b));
}

static inline uint64_t sub(uint64_t a, uint64_t b)
{
	return a - b + (P & -(uint64_t)(a < b));
}

/* 2^64 = 2^32 - 1 and 2^96 = -1 modulo p */
static inline uint64_t mul(uint64_t a, uint64_t b)
{
	wide v = (wide)a * b;
	uint64_t low = (uint64_t)v, high = (uint64_t)(v >> 64), top = high >> 32, r, t;

	r = low - top;
	r -= EPSILON & -(uint64_t)(low < top);
	t = (high & EPSILON) * EPSILON;
	r += t;
	r += EPSILON & -(uint64_t)(r < t);
	return r - (P & -(uint64_t)(r >= P));
}

static uint64_t power(uint64_t base, uint64_t exponent)
{
	uint64_t v = 1;

	for (; exponent > 0; exponent >>= 1) {
		if (exponent & 1)
			v = mul(v, base);
		base = mul(base, base);
	}
	return v;
}

static void fill_roots(uint64_t *roots, size_t len)
{
	uint64_t root = power(GENERATOR, (P - 1) / len);
	size_t half = len / 2;

	roots[half] = 1;
	for (size_t i = 1; i < half; i++)
		roots[half + i] = mul(roots[half + i - 1], root);
	while (half > 1) {
		half /= 2;
		for (size_t i = 0; i < half; i++)
			roots[half + i] = roots[2 * half + 2 * i];
	}
}

static void pass_forward(uint64_t *x, size_t half, const uint64_t *root)
{
	for (size_t i = 0; i < half; i++) {
		uint64_t a = x[i], b = x[i + half];

		x[i] = add(a, b);
		x[i + half] = mul(sub(a, b), root[i]);
	}
}

static void pass_back(uint64_t *x, size_t half, const uint64_t *root)
{
	for (size_t i = 0; i < half; i++) {
		uint64_t a = x[i], b = mul(x[i + half], root[i]);

		x[i] = add(a, b);
		x[i + half] = sub(a, b);
	}
}

/* the depth of the recursion is that of the length's logarithm */
static void forward(uint64_t *x, size_t len, const uint64_t *roots)
{
	if (len > CACHED) {
		pass_forward(x, len / 2, roots + len / 2);
		forward(x, len / 2, roots);
		forward(x + len / 2, len / 2, roots);
		return;
	}
	for (size_t half = len / 2; half > 0; half /= 2)
		for (size_t at = 0; at < len; at += 2 * half)
			pass_forward(x + at, half, roots + half);
}

/* by the roots as they are: the result stands in reverse order, but for the first value */
static void back(uint64_t *x, size_t len, const uint64_t *roots)
{
	if (len > CACHED) {
		back(x, len / 2, roots);
		back(x + len / 2, len / 2, roots);
		pass_back(x, len / 2, roots + len / 2);
		return;
	}
	for (size_t half = 1; half < len; half *= 2)
		for (size_t at = 0; at < len; at += 2 * half)
			pass_back(x + at, half, roots + half);
}

/* two digits in five bytes */
static void unpack(const uint8_t *from, uint64_t *digits, size_t len)
{
	for (size_t i = 0; i < len; i += 2, from += 5) {
		digits[i] = (uint64_t)from[0] | (uint64_t)from[1] << 8 | (uint64_t)(from[2] & 15) << 16;
		digits[i + 1] = (uint64_t)from[2] >> 4 | (uint64_t)from[3] << 4 | (uint64_t)from[4] << 12;
	}
}

static void pack(const uint64_t *values, uint8_t *to, size_t len)
{
	uint64_t scale = power((uint64_t)len, P - 2), carry = 0;
	uint32_t two[2];

	for (size_t i = 0; i < len; i += 2, to += 5) {
		for (size_t k = 0; k < 2; k++) {
			/* values[0], then from the last one down */
			carry += mul(values[(len - (i + k)) & (len - 1)], scale);
			two[k] = (uint32_t)carry & DIGIT_MASK;
			carry >>= DIGIT_BITS;
		}
		to[0] = (uint8_t)two[0];
		to[1] = (uint8_t)(two[0] >> 8);
		to[2] = (uint8_t)(two[0] >> 16 | two[1] << 4);
		to[3] = (uint8_t)(two[1] >> 4);
		to[4] = (uint8_t)(two[1] >> 12);
	}
}

void ka_gcdntt_free(struct ka_gcdntt *t)
{
	free(t->roots);
	free(t->x);
	free(t->y);
	free(t->bytes);
	memset(t, 0, sizeof(*t));
}

static enum ka_err grow(struct ka_gcdntt *t, size_t len)
{
	if (len <= t->len)
		return KA_ERR_OK;
	ka_gcdntt_free(t);
	t->roots = calloc(len, sizeof(*t->roots));
	t->x = calloc(len, sizeof(*t->x));
	t->y = calloc(len, sizeof(*t->y));
	t->bytes = calloc(len / 2, 5);
	if (t->roots == NULL || t->x == NULL || t->y == NULL || t->bytes == NULL) {
		ka_gcdntt_free(t);
		return KA_ERR_NOMEM;
	}
	fill_roots(t->roots, len);
	t->len = len;
	return KA_ERR_OK;
}

size_t ka_gcdntt_len(size_t a_bits, size_t b_bits)
{
	size_t digits = a_bits / DIGIT_BITS + b_bits / DIGIT_BITS + 2, len = 2;

	while (len < digits)
		len *= 2;
	return len;
}

static bool transform(struct ka_gcdntt *t, const BIGNUM *n, uint64_t *x, size_t len)
{
	if (BN_bn2lebinpad(n, t->bytes, (int)(len / 2 * 5)) < 0)
		return false;
	unpack(t->bytes, x, len);
	forward(x, len, t->roots);
	return true;
}

enum ka_err ka_gcdntt_mul(struct ka_gcdntt *t, BIGNUM *r, const BIGNUM *a, const BIGNUM *b)
{
	size_t a_bits = (size_t)BN_num_bits(a), b_bits = (size_t)BN_num_bits(b), len = ka_gcdntt_len(a_bits, b_bits);
	enum ka_err err;

	if (a_bits > KA_GCD_PRODUCT_BITS_MAX || b_bits > KA_GCD_PRODUCT_BITS_MAX - a_bits)
		return KA_ERR_LIMIT;
	err = grow(t, len);
	if (err != KA_ERR_OK)
		return err;
	if (!transform(t, a, t->x, len) || !transform(t, b, t->y, len))
		return KA_ERR_BUG;
	for (size_t i = 0; i < len; i++)
		t->x[i] = mul(t->x[i], t->y[i]);
	back(t->x, len, t->roots);
	pack(t->x, t->bytes, len);
	return BN_lebin2bn(t->bytes, (int)(len / 2 * 5), r) != NULL ? KA_ERR_OK : KA_ERR_NOMEM;
}
