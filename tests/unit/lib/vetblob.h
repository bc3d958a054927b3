/* Keys made number by number, good and bad, for the tests of vet. */
#ifndef KA_TESTS_VETBLOB_H
#define KA_TESTS_VETBLOB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"
#include "key/keyblob.h"
#include "vet/vet.h"

struct vetblob {
	uint8_t bytes[KA_BLOB_MAX];
	struct ka_keyblob key;
};

/** vetblob_ed25519() - a plain Ed25519 key of these 32 bytes; the test fails when the parser refuses it */
void vetblob_ed25519(struct vetblob *b, const uint8_t pk[static 32]);
void vetblob_ed25519_hex(struct vetblob *b, const char *hex);

/** vetblob_sk() - sk-ssh-ed25519 of a good point with this application */
void vetblob_sk(struct vetblob *b, const char *application, size_t len);

/** vetblob_ecdsa() - ecdsa-sha2-nistpBITS with these coordinates (hex, full length) */
void vetblob_ecdsa(struct vetblob *b, unsigned bits, const char *x, const char *y);

/** vetblob_rsa() - ssh-rsa with e and n, big-endian without leading zeros */
void vetblob_rsa(struct vetblob *b, struct ka_span e, struct ka_span n);

/** vetblob_modulus() - an odd number of @bits bits that looks like a modulus; the same at every call */
struct ka_span vetblob_modulus(unsigned bits);

/** vetblob_good_point() - an Ed25519 public key from an unpublished seed */
void vetblob_good_point(uint8_t pk[static 32]);

/** vetblob_judge() - with the default policy; every reason listed when @whole */
struct ka_vet vetblob_judge(const struct vetblob *b, bool whole);

/** vetblob_has() - does the verdict name this reason? */
bool vetblob_has(const struct ka_vet *v, enum ka_reason reason);

#endif
