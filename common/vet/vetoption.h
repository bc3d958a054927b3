/* May this line carry these options? An allow-list: what is not named is refused. */
#ifndef KA_VET_VETOPTION_H
#define KA_VET_VETOPTION_H

#include "key/keyopts.h"
#include "vet/vetnote.h"

/* detail of option.expired when the policy's own expiry-time has passed */
#define KA_VETOPTION_FORCED_EXPIRED "the expiry-time is that of force_options"

/**
 * ka_vetoption_is_forced_expired() - has an expiry-time in force_options passed? Then no key can pass
 * @when: now_sec, and local_offset_sec for a time without Z
 */
bool ka_vetoption_is_forced_expired(const struct ka_vetpolicy *p, const struct ka_vet_when *when);

/**
 * ka_vetoption_judge() - option.not-enabled, .not-allowed, .cert-authority, .no-touch-required, .expired, .repeated
 * (forced as well), .bad-value (principals with a comma), policy.option-missing
 *
 * The detail beside a reason names the option, of .not-enabled the first one; .expired is about none but expiry-time.
 * cert-authority passes only where certificates are served at all.
 * A forced expiry-time that has passed refuses every line, whatever severity.option.expired says.
 * A list longer than what was kept is refused whatever the policy says: it could not be written down again.
 * Source: sshd(8) AUTHORIZED_KEYS FILE FORMAT; expiry as sshd does it, the earliest counts.
 */
void ka_vetoption_judge(const struct ka_keyopts *o, const struct ka_vet_when *when, struct ka_vetnote *note);

#endif
