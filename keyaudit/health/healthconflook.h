/* Looking at the configuration: what authkeys-cmd would say of it, its files, and what its sources need. Changes nothing. */
#ifndef KA_HEALTHCONFLOOK_H
#define KA_HEALTHCONFLOOK_H

#include "conf/conf.h"
#include "keyaudit/health/healthconf.h"

/**
 * ka_healthconflook() - look at it
 * @path: of keyaudit.conf
 * @conf: what it says; usable with KA_REASON_NONE and conf.disabled
 *
 * Errors: as ka_confload(): nothing is known.
 */
KA_MUST_CHECK enum ka_err ka_healthconflook(const char *path, struct ka_conf *conf, struct ka_healthconf *out);

#endif
