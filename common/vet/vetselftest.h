/*
 * Does this libsodium know an Ed25519 point when it sees one? Known answers, run
 * when the programs are built, and at every start of a program that loads
 * libsodium at run time (a library can then change behind its back).
 *
 * The static command knows the answer from its build: KA_VETKAT_ED25519 in the
 * generated "vetkat.h" is the value for struct ka_vet_when.
 */
#ifndef KA_VET_VETSELFTEST_H
#define KA_VET_VETSELFTEST_H

#include <stdbool.h>

#include "base/err.h"
#include "vet/vet.h"

/**
 * ka_vetselftest() - the base point is accepted, the identity is not
 *
 * Errors: KA_ERR_CRYPTO: nothing with Ed25519 may be served (internal.crypto-selftest).
 */
KA_MUST_CHECK enum ka_err ka_vetselftest(void);

/**
 * ka_vetselftest_needs_crosscheck() - is this libsodium one that accepts points of order 2L?
 *
 * Source: CVE-2025-69277; the point is B + (0,-1).
 */
bool ka_vetselftest_needs_crosscheck(void);

/**
 * ka_vetselftest_start() - the same for a start that cannot wait: one point check less
 *
 * The bad points are asked about at once. That it accepts a good one is shown by the first key that it accepts; when it
 * refuses a key, the judge asks about the base point then (KA_VET_ED25519_UNPROVEN).
 */
enum ka_vet_ed25519 ka_vetselftest_start(void);

/** ka_vetselftest_ed25519() - both answers as the value for struct ka_vet_when (about 80 us) */
enum ka_vet_ed25519 ka_vetselftest_ed25519(void);

#endif
