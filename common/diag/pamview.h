/*
 * What sshd's PAM stack would say of the user: the stack as its files have it, with the answers that the facts of the
 * account give to the modules we know. A module that we do not know agrees. Pure.
 */
#ifndef KA_DIAG_PAMVIEW_H
#define KA_DIAG_PAMVIEW_H

#include "diag/facts.h"
#include "diag/pamrun.h"

/* what may be wrong with an account; each is put before the stack alone, and so it is known whose fault a refusal is */
enum ka_pamview_trouble {
	KA_PAMVIEW_NONE,
	KA_PAMVIEW_NOLOGIN,      /* a nologin file is there, and the user is not root */
	KA_PAMVIEW_EXPIRED,      /* the account's date has passed */
	KA_PAMVIEW_PASSWORD_OLD, /* the password must be changed */
	KA_PAMVIEW_PASSWORD_DEAD /* and it is too late for that */
};

/** ka_pamview_is_known() - sshd asks PAM, and the stack was read to its end */
bool ka_pamview_is_known(const struct ka_facts *f);

/**
 * ka_pamview_account() - the account phase with this trouble and no other
 * @decided: the line that refused, or KA_PAMRUN_NO_LINE; may be NULL
 */
enum ka_pamrun_code ka_pamview_account(const struct ka_facts *f, enum ka_pamview_trouble trouble, size_t *decided);

/** ka_pamview_session() - the session phase, of which only modules that deny or are missing are known */
enum ka_pamrun_code ka_pamview_session(const struct ka_facts *f, size_t *decided);

/** ka_pamview_refuses() - for sshd; a password that has to be changed is no refusal */
bool ka_pamview_refuses(enum ka_pamrun_code code);

/** ka_pamview_line() - into evidence: file and line, and the module with its arguments as detail; nothing without a line */
void ka_pamview_line(const struct ka_facts *f, size_t i, struct ka_evidence *e);

#endif
