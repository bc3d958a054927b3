/*
 * Where the texts of a configuration lie: one after the other inside struct ka_conf, the first ones beside what every
 * configuration sets. Nothing is given back: a text that a later file sets again takes new room.
 */
#ifndef KA_CONF_CONFTEXT_H
#define KA_CONF_CONFTEXT_H

#include "conf/conferr.h"

/** ka_conftext_take() - room for @size bytes, the NUL counted; NULL, with @e filled, when all of it is used up */
char *ka_conftext_take(struct ka_conf *c, size_t size, struct ka_conferr *e);

/** ka_conftext_keep() - a copy of @value; NULL as above, and when it is longer than one value may be */
const char *ka_conftext_keep(struct ka_conf *c, struct ka_span value, struct ka_conferr *e);

/** ka_conftext_too_long() - say that a value is longer than @max bytes; always false */
bool ka_conftext_too_long(struct ka_conferr *e, size_t max);

#endif
