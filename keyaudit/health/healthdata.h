/*
 * The files that [policy] judges keys by, looked at again and again by root: that one of them cannot be relied on, so that every
 * key is refused (data-unusable), and that it can be again (data-usable). Each once per change.
 */
#ifndef KA_HEALTHDATA_H
#define KA_HEALTHDATA_H

#include "conf/conf.h"
#include "keyaudit/health/health.h"

/**
 * ka_healthdata_look() - look at them as authkeys-cmd would, and tell what is another than at the look before
 * @conf: one that is in force
 *
 * A file that was changed just now is looked at a moment later. One that the configuration names no more is forgotten.
 * Errors: as ka_health_tell(); KA_ERR_NOMEM.
 */
KA_MUST_CHECK enum ka_err ka_healthdata_look(struct ka_health *h, const struct ka_conf *conf);

#endif
