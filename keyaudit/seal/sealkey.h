/*
 * The keys of seals. K0 is made once, shown once and stored nowhere; K_1 is made from it, and each next key from the one
 * before, which is then forgotten: who steals today's key cannot seal yesterday. Pure but for making K0.
 *
 *   K_(e+1) = BLAKE2b-256 with key K_e over "keyaudit-evolve"
 *
 * MUST: every copy of a key is wiped by its owner (ka_sealkey_wipe).
 */
#ifndef KA_SEALKEY_H
#define KA_SEALKEY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cursor.h"
#include "base/limits.h"

struct ka_sealkey {
	uint64_t epoch; /* of the seal that it makes; 0: this is K0, which makes none */
	uint8_t bytes[KA_SEALKEY_BYTES];
};

/** ka_sealkey_make() - a new K0 from the kernel's random numbers */
void ka_sealkey_make(struct ka_sealkey *k);

/** ka_sealkey_evolve() - the key of the next epoch in the place of this one */
void ka_sealkey_evolve(struct ka_sealkey *k);

/** ka_sealkey_wipe() - forget it */
void ka_sealkey_wipe(struct ka_sealkey *k);

/** ka_sealkey_show() - append K0 as people keep it: "ka0-", 64 hex digits, "-" and 8 that show a slip of the pen */
void ka_sealkey_show(const struct ka_sealkey *k0, struct ka_buf *out);

/** ka_sealkey_read() - K0 from such a text, blanks and newlines around it allowed; false when it is none, or mistyped */
bool ka_sealkey_read(struct ka_span text, struct ka_sealkey *k0);

/** ka_sealkey_save() - append the key file's line, "ka1 seal-key epoch=N key=HEX" and a newline */
void ka_sealkey_save(const struct ka_sealkey *k, struct ka_buf *out);

/** ka_sealkey_load() - the opposite; false when it is none, or K0 */
bool ka_sealkey_load(struct ka_span text, struct ka_sealkey *k);

#endif
