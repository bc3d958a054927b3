/* What must fit together in a source of type http. Pure. */
#ifndef KA_CONF_CONFHTTP_H
#define KA_CONF_CONFHTTP_H

#include "conf/conf.h"

/** ka_confhttp_finish() - the checks over several keys, and the default that depends on the format; single values are right already */
void ka_confhttp_finish(const struct ka_conf *c, struct ka_conf_source *source, struct ka_conf_errors *errors);

#endif
