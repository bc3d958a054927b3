/*
 * Waiting times of a client among many. It must never read a clock, draw a number or
 * sleep: what it answers is a time, and the caller writes it down.
 */
#include "authkeys-cmd/fetch/fetchpace.h"

#include <sodium/crypto_hash_sha256.h>
#include <string.h>

#include "base/limits.h"

#include "base/poison.h"

static uint32_t larger(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

uint32_t ka_fetchpace_jitter_ms(uint32_t span_ms, uint64_t random)
{
	/* the upper half times the number of answers: without the bias of a remainder */
	return (uint32_t)(((random >> 32) * ((uint64_t)span_ms + 1)) >> 32);
}

uint32_t ka_fetchpace_backoff_ms(uint32_t failures, uint64_t random)
{
	uint64_t bound = KA_FETCH_BACKOFF_BASE_MS;

	if (failures == 0)
		return 0;
	for (uint32_t i = 1; i < failures && bound < KA_FETCH_BACKOFF_CAP_MS; i++)
		bound *= 2;
	if (bound > KA_FETCH_BACKOFF_CAP_MS)
		bound = KA_FETCH_BACKOFF_CAP_MS;
	return ka_fetchpace_jitter_ms((uint32_t)bound, random);
}

uint32_t ka_fetchpace_retry_after_ms(int64_t asked_sec, uint64_t random)
{
	uint32_t asked, spread;

	if (asked_sec < 0)
		asked_sec = 0;
	if (asked_sec > KA_FETCH_RETRY_AFTER_MAX_SEC)
		asked_sec = KA_FETCH_RETRY_AFTER_MAX_SEC;
	asked = (uint32_t)asked_sec * 1000;
	spread = smaller(larger(asked, KA_FETCH_OFF_MS), KA_FETCH_BACKOFF_CAP_MS);
	return asked + ka_fetchpace_jitter_ms(spread, random);
}

uint32_t ka_fetchpace_off_ms(uint32_t failures, int64_t asked_sec, uint64_t random)
{
	uint32_t off = larger(KA_FETCH_OFF_MS, ka_fetchpace_backoff_ms(failures, random));

	if (asked_sec == KA_FETCHPACE_NOT_ASKED)
		return off;
	return larger(off, ka_fetchpace_retry_after_ms(asked_sec, random));
}

uint32_t ka_fetchpace_slot_ms(struct ka_span machine_id, const char *what, uint32_t period_ms)
{
	static const unsigned char nul = 0;
	crypto_hash_sha256_state state;
	uint8_t hash[crypto_hash_sha256_BYTES];
	uint64_t random = 0;

	if (period_ms == 0)
		return 0;
	crypto_hash_sha256_init(&state);
	if (machine_id.len > 0)
		crypto_hash_sha256_update(&state, machine_id.p, machine_id.len);
	crypto_hash_sha256_update(&state, &nul, 1);
	crypto_hash_sha256_update(&state, (const unsigned char *)what, strlen(what));
	crypto_hash_sha256_final(&state, hash);
	for (size_t i = 0; i < 8; i++)
		random = random << 8 | hash[i];
	return ka_fetchpace_jitter_ms(period_ms - 1, random);
}

int64_t ka_fetchpace_next_ms(int64_t now_ms, uint32_t period_ms, uint32_t slot_ms)
{
	int64_t into = now_ms % (int64_t)period_ms, wait;

	if (into < 0)
		into += period_ms;
	wait = (int64_t)slot_ms - into;
	return now_ms + (wait > 0 ? wait : wait + period_ms);
}
