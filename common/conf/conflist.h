/* Values that are paths, names or lists of words, checked word by word. Pure. Stored with one blank between words. */
#ifndef KA_CONF_CONFLIST_H
#define KA_CONF_CONFLIST_H

#include "conf/conferr.h"
#include "conf/confrow.h"

/** ka_conflist_set() - rows of words: *field points to the list as it was understood; false with @e filled */
bool ka_conflist_set(struct ka_conf *c, const char **field, const struct ka_confrow *row, struct ka_span value, struct ka_conferr *e);

/** ka_conflist_set_sinks() - any of "trail", "syslog", "journal", "audit", "exec"; "" is none */
bool ka_conflist_set_sinks(struct ka_conf *c, struct ka_span value, struct ka_conferr *e);

/** ka_conflist_show_sinks() - append them as one would write them */
void ka_conflist_show_sinks(const struct ka_conf *c, struct ka_buf *out);


#endif
