/* What can be said of a certificate without knowing any CA. Its subject key and its CA key are judged as keys beside this. */
#ifndef KA_VET_VETCERT_H
#define KA_VET_VETCERT_H

#include <stdbool.h>

#include "key/keyblob.h"
#include "vet/vetnote.h"

/**
 * ka_vetcert_judge() - cert.host-type, .not-yet-valid, .expired, .no-principals, .critical-unknown; cert.malformed for the value of an option
 *
 * Its signature is for vet/certsig.h, and whether its authority is trusted for judge/trustedca.h.
 * Source: PROTOCOL.certkeys; no principals is refused as sshd does since 10.3.
 */
void ka_vetcert_judge(const struct ka_keycert *cert, const struct ka_vet_when *when, struct ka_vetnote *note);

/** ka_vetcert_is_known_critical() - a critical option that sshd has known since 8.4: force-command, source-address, verify-required */
bool ka_vetcert_is_known_critical(struct ka_span name);

#endif
