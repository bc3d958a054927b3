/* What can only be said about a [source NAME] when all files are read: defaults, keys that it needs and keys that it has no use for. Pure. */
#ifndef KA_CONF_CONFSOURCE_H
#define KA_CONF_CONFSOURCE_H

#include "conf/conf.h"

/** ka_confsource_finish() - set what was not set, and name what is missing or out of place */
void ka_confsource_finish(struct ka_conf *c, struct ka_conf_source *source, struct ka_conf_errors *errors);

/** ka_confsource_uses() - does a source of this type look at the key? */
bool ka_confsource_uses(const struct ka_conf_source *source, enum ka_conf_key key);

#endif
