/* Whose word is a reason? The records are the command's; an alert needs root's own. */
#ifndef KA_VOUCH_H
#define KA_VOUCH_H

#include <stdbool.h>

#include "conf/conf.h"
#include "keyaudit/case/case.h"

/**
 * ka_vouch_reason() - does root itself come to @reason?
 *
 * Yes when no record names it (then the diagnosis found it in what root read), when it is our configuration's own
 * state, or when vetting the bytes of an offered key gives it. That these bytes were offered is still the command's word.
 */
bool ka_vouch_reason(const struct ka_conf *conf, enum ka_reason conf_reason, const struct ka_case *c, enum ka_reason reason);

#endif
