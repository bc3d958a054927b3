/*
 * The one place in which a PAM code is chosen. Pure. PAM_SUCCESS is not among the
 * answers, so no stack can ever let somebody in on the module's word.
 *
 *   phase     always      final         enforce
 *   auth      PAM_IGNORE  PAM_MAXTRIES  -
 *   account   PAM_IGNORE  -             -
 *   session   PAM_IGNORE  -             PAM_SESSION_ERR on a denial and on any fault;
 *                                       enforce=soft: on a denial only
 *   setcred, close_session, chauthtok: PAM_IGNORE
 */
#ifndef KA_PAM_PAMCODE_H
#define KA_PAM_PAMCODE_H

#include "pam_keyaudit/pamargs.h"

enum ka_pamcode_entry {
	KA_PAMCODE_AUTH,
	KA_PAMCODE_SETCRED,
	KA_PAMCODE_ACCOUNT,
	KA_PAMCODE_OPEN_SESSION,
	KA_PAMCODE_CLOSE_SESSION,
	KA_PAMCODE_CHAUTHTOK,
};

/* what came out of the work */
enum ka_pamcode_outcome {
	KA_PAMCODE_FOREIGN, /* not one of our services: nothing was done */
	KA_PAMCODE_NOTHING, /* the entry asks nobody */
	KA_PAMCODE_ALLOWED, /* the recorder answered: no objection */
	KA_PAMCODE_DENIED,  /* the recorder answered: this key fails the policy */
	KA_PAMCODE_FAULT,   /* no witness, no record, no recorder, no answer, or no sense in it */
};

/** ka_pamcode() - the code that the entry returns to libpam */
int ka_pamcode(enum ka_pamcode_entry entry, const struct ka_pamargs *args, enum ka_pamcode_outcome outcome);

#endif
