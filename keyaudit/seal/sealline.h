/*
 * One line of seals.jsonl: what the trail's head was when an epoch ended. Pure.
 *
 *   {"epoch":E,"chain":"<32 hex>","seq":N,"head":"<64 hex>","at":"<UTC>","boot_ms":MS,"boot_id":"<32 hex>","why":"timer",
 *    "prev":"<64 hex>","mac":"<64 hex>"}
 *   body = the bytes from { up to and including the quote that closes prev (the last 74 of the line are not body)
 *   mac  = BLAKE2b-256 with key K_e over "keyaudit-seal/1" NUL || le64(length of body) || body
 *   prev = the mac of the seal before, 64 zeros in the first
 *
 * Compact, in this order, one newline behind it. An anchor is such a line, or the shorter {"chain":..,"seq":..,"head":..,"at":..}.
 */
#ifndef KA_SEALLINE_H
#define KA_SEALLINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/cursor.h"
#include "base/limits.h"
#include "keyaudit/seal/sealkey.h"

struct ka_seal {
	uint64_t epoch;                /* from 1; 0: an anchor that is no seal */
	char chain[KA_SEAL_CHAIN_MAX]; /* the trail's chain id */
	uint64_t seq;                  /* number of the last record, 0: none yet */
	char head[KA_SEAL_HEX_MAX];    /* its hash */
	char at[KA_CLOCK_TEXT_MAX];
	uint64_t boot_ms;              /* since the boot of boot_id */
	char boot_id[33];
	char why[KA_SEAL_WHY_MAX];     /* timer, full, rotate, init: a small word */
	char prev[KA_SEAL_HEX_MAX];
	char mac[KA_SEAL_HEX_MAX];
};

/** ka_sealline_write() - make @s->mac with @k, whose epoch becomes @s->epoch, and append the line with its newline */
void ka_sealline_write(struct ka_seal *s, const struct ka_sealkey *k, struct ka_buf *out);

/** ka_sealline_parse() - a seal as it is written here, to the byte, without its newline; false otherwise */
bool ka_sealline_parse(struct ka_span line, struct ka_seal *s);

/**
 * ka_sealline_anchor() - a seal or a shorter anchor, with anything in front of its { and blanks behind its } (a log writes its
 * own words around a line); false when there is none
 */
bool ka_sealline_anchor(struct ka_span line, struct ka_seal *s);

/** ka_sealline_is_made_with() - was the line @line, which parses, sealed with this key? The epoch is the caller's to compare */
bool ka_sealline_is_made_with(struct ka_span line, const struct ka_seal *s, const struct ka_sealkey *k);

#endif
