/*
 * What the policy profiles demand of a key, as bounds on a policy. A profile says which keys pass: types, sizes, severities. It says
 * nothing of options on lines and of the applications of security keys: those are [policy]'s and the source's.
 *
 *   default   the seven plain types, RSA 2048 to 8192 bits, no severity below the one of docs/reasons.md
 *   strict    as default, but RSA from 3072 bits, key.rsa-e-small rejects, and no key on a NIST curve (ecdsa-*, sk-ecdsa-*)
 *   bsi       as default, but RSA from 3000 bits (BSI TR-02102-1, for use since 2024)
 *   fips      as default, but key.rsa-e-small rejects: FIPS 186-5 approves RSA from 2048 bits with odd 2^16 < e, ECDSA and EdDSA
 *   sk-only   as default, but only the two sk- types
 */
#ifndef KA_VET_VETPROFILE_H
#define KA_VET_VETPROFILE_H

#include "conf/conf.h"
#include "vet/vetpolicy.h"

/**
 * ka_vetprofile_tighten() - of every value the stricter one of the two: @p's and the profile's
 *
 * KA_CONF_PROFILE_NONE, and what is no profile, change nothing. The same profile twice is the profile once, and of several the
 * order does not matter. Never makes @p laxer. Pure.
 */
void ka_vetprofile_tighten(struct ka_vetpolicy *p, enum ka_conf_profile profile);

#endif
