/* From the lists of [policy] to vet's plain policy. Unknown words are errors that name the nearest known one. */
#ifndef KA_SOURCE_CONFPOLICY_H
#define KA_SOURCE_CONFPOLICY_H

#include "conf/conf.h"
#include "vet/vetpolicy.h"

/** ka_confpolicy_make() - fill @p; problems (unknown type, option or a locked reason in severity.*) are counted in @errors */
void ka_confpolicy_make(const struct ka_conf *c, struct ka_vetpolicy *p, struct ka_conf_errors *errors);

#endif
