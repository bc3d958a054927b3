/*
 * Certificates: what sshd has against one, in its order. The fields are judged where
 * the authority was found, so that nothing is said of a certificate that nobody here
 * would take anyway. Pure.
 */
#ifndef KA_DIAG_RULECERT_H
#define KA_DIAG_RULECERT_H

#include <stdbool.h>

#include "diag/facts.h"
#include "diag/primary.h"

/**
 * ka_rulecert_run() - CASignatureAlgorithms and TrustedUserCAKeys, for every offered certificate
 * @listed: set for the offers that sshd would take; those that a key file has settled are left alone
 *
 * Source: auth2-pubkey.c user_cert_trusted_ca(), sshkey.c sshkey_cert_check_authority().
 */
void ka_rulecert_run(const struct ka_facts *f, struct ka_primary *out, bool *listed);

/**
 * ka_rulecert_line() - the line of a sound key file that holds the authority of offer @i, marked or not
 *
 * Answers: true when sshd takes the certificate from it. Source: auth2-pubkeyfile.c auth_check_authkey_line().
 */
bool ka_rulecert_line(const struct ka_facts *f, size_t i, const struct ka_userfile *file, const struct ka_keyscan_hit *hit,
		      struct ka_primary *out);

#endif
