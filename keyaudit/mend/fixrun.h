/*
 * `keyaudit doctor USER --fix`: every fix of what keeps a key out, planned, shown, asked
 * about and done, one after the other; then the diagnosis once more, and what stands behind them in the same way.
 */
#ifndef KA_MEND_FIXRUN_H
#define KA_MEND_FIXRUN_H

#include <stdbool.h>

#include "diag/diagnosis.h"

struct ka_fixrun_how {
	bool yes;          /* nobody is asked */
	bool trust;        /* somebody vouches for content that others could have written */
	bool dry_run;      /* a script on standard output, and nothing is changed */
	bool json;         /* schema keyaudit.fix/1 on standard output; talk on standard error */
	const char *state; /* where private/undo lies; NULL: KA_PATH_STATE */
};

/** ka_fixrun_refusal() - may this be run at all? NULL, or what is wrong and how it is mended, and *status */
const char *ka_fixrun_refusal(const struct ka_fixrun_how *how, int *status);

/**
 * ka_fixrun_user() - the whole verb, after a first diagnosis
 * @d: is that of the end afterwards
 *
 * Answers: an exit status: FINE - the login would work and nothing was left undone; FINDINGS - something still stands
 *          against it, or something was not done; UNDECIDED - no notes can be kept, out of memory.
 */
int ka_fixrun_user(const struct ka_fixrun_how *how, struct ka_diag_subject *s, struct ka_diagnosis *d);

#endif
