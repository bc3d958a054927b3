/* Waiting for the next login attempt of one user: the event that the trail has of it. */
#ifndef KA_NEXTLOGIN_H
#define KA_NEXTLOGIN_H

#include "base/err.h"
#include "keyaudit/doctor/lastrefusal.h"

/**
 * ka_nextlogin_wait() - the first final event of @user that is written from now on
 * @trail: may be made only later, renamed and begun anew meanwhile
 * @out:   the keys that were offered, from where, what came of it
 *
 * Errors: KA_ERR_SYS (errno: the trail cannot be read), KA_ERR_NOMEM. It waits for ever; the caller's signals end it.
 */
KA_MUST_CHECK enum ka_err ka_nextlogin_wait(const char *trail, const char *user, struct ka_lastrefusal *out);

#endif
