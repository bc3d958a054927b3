/*
 * What Linux-PAM makes of a stack when its modules answer as told: controls, jumps and substacks. Nothing is run; this is
 * how a rule finds out whether an answer of one module turns the login away. Pure.
 */
#ifndef KA_DIAG_PAMRUN_H
#define KA_DIAG_PAMRUN_H

#include <stddef.h>

#include "diag/pamline.h"

/* the return values that our rules speak of */
enum ka_pamrun_code {
	KA_PAMRUN_SUCCESS,
	KA_PAMRUN_IGNORE,
	KA_PAMRUN_PERM_DENIED,
	KA_PAMRUN_AUTH_ERR,
	KA_PAMRUN_ACCT_EXPIRED,
	KA_PAMRUN_AUTHTOK_EXPIRED,
	KA_PAMRUN_NEW_AUTHTOK_REQD, /* for sshd a success: the password is to be changed at the terminal */
	KA_PAMRUN_SESSION_ERR,
	KA_PAMRUN_MODULE_UNKNOWN,
	KA_PAMRUN_CODES
};

#define KA_PAMRUN_NO_LINE ((size_t)-1)

/* what the module of this line answers */
typedef enum ka_pamrun_code ka_pamrun_answer(const void *ctx, const struct ka_pamline *line);

/**
 * ka_pamrun() - go through the lines of one phase
 * @decided: the line whose answer made the stack fail, KA_PAMRUN_NO_LINE when none did; may be NULL
 *
 * Answers: what pam_acct_mgmt() or pam_open_session() return. A phase without lines, which PAM takes from the service
 *          `other`, is SUCCESS here: nothing is known against it.
 * Source:  libpam/pam_dispatch.c of Linux-PAM 1.5; pam.d(5).
 */
enum ka_pamrun_code ka_pamrun(const struct ka_pamlines *l, unsigned phase, ka_pamrun_answer *answer, const void *ctx, size_t *decided);

#endif
