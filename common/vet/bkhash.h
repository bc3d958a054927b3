/*
 * BKHASH120: the name under which badkeys lists a key whose private half is known. Pure.
 *
 * SHA-256, cut to 15 bytes, over the one number that decides whether the key is broken, big-endian without leading zero
 * bytes: n of RSA (never e: whoever can factor n can use any e), x of ECDSA. Of Ed25519 the 32 bytes as they stand in the
 * blob are taken for a big-endian number, so that leading zero bytes fall off there too: a quirk of the format, which one
 * key in 256 shows. Types for security keys are hashed like the plain ones, whatever their application.
 * Source: badkeys, docs/BLOCKLISTFORMAT.md.
 */
#ifndef KA_VET_BKHASH_H
#define KA_VET_BKHASH_H

#include <stdbool.h>
#include <stdint.h>

#include "key/keyblob.h"

#define KA_BKHASH_LEN 15

/**
 * ka_bkhash() - the hash of a key, or of a certificate's subject key
 * @key: as far as ka_keyblob_parse() got
 *
 * Answers: false for a key without such a number: an unknown type, DSA, a point in another form, a number 0.
 */
bool ka_bkhash(const struct ka_keyblob *key, uint8_t out[static KA_BKHASH_LEN]);

#endif
