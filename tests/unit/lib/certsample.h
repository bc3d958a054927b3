/*
 * The certificates of tests/data/certs (made once by ssh-keygen; one key k, valid 2020 to 2040, serial 42, signed by ca
 * unless the name says otherwise), for the tests of what judges them:
 *
 *   plain     names alice, ops          address   source-address=10.0.0.0/8,192.0.2.0/24
 *   nameless  no names                  critical  critical option foo@example.com
 *   host      a host certificate        command   force-command=/bin/true
 *   rsasigned by rsaca, rsa-sha2-512    hostile   id and names with control bytes, for ever
 *   many      200 names, alice the last; of another key and another authority
 */
#ifndef KA_TESTS_CERTSAMPLE_H
#define KA_TESTS_CERTSAMPLE_H

#include "diag/keyscan.h"

#define CERTSAMPLE_NOW 1790000000 /* 2026-09-21 */

/** certsample_text() - the file NAME.pub: one line with its newline; static, good until the next call */
const char *certsample_text(const char *name);

/** certsample_take() - as an offer and made ready for comparison */
void certsample_take(const char *name, struct ka_offer *offer, struct ka_keyscan_offer *ready);

/** certsample_offer() - as offer @i of the invented facts (factsample.h) */
void certsample_offer(size_t i, const char *name);

#endif
