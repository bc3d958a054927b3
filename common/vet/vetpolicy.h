/* What the admin allows: thresholds and lists, plain data. Filled from [policy] by conf, or with defaults. */
#ifndef KA_VET_VETPOLICY_H
#define KA_VET_VETPOLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "key/keyopts.h"
#include "key/keytype.h"
#include "reason/reason.h"


struct ka_vetpolicy {
	bool certificates;                           /* false: cert.not-enabled */
	bool type_allowed[KA_KEYTYPE_COUNT];         /* index: ka_keytype_at() */
	unsigned rsa_min_bits, rsa_max_bits;
	bool option_allowed[KA_KEYOPT_COUNT];        /* the plain form */
	bool no_option_allowed[KA_KEYOPT_COUNT];     /* the no- form */
	bool option_required[KA_KEYOPT_COUNT];
	char force_options[KA_POLICY_FORCED_MAX];    /* canonical list put behind every line's own options; "" = none */
	bool option_forced[KA_KEYOPT_COUNT];         /* the plain forms in force_options */
	char sk_application[KA_POLICY_GLOBS_MAX][KA_POLICY_GLOB_MAX]; /* globs; used: sk_application_count */
	size_t sk_application_count;
	uint8_t action[KA_REASON_COUNT];             /* enum ka_action per reason; from reason.def, then severity.<id> */
};

/** ka_vetpolicy_default() - the profile "default": seven plain types, RSA 2048 to 8192, options restrict from expiry-time no-* */
void ka_vetpolicy_default(struct ka_vetpolicy *p);

#endif
