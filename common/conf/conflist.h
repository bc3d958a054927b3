/* Values that are paths, names or lists of words, checked word by word. Pure. Stored with one blank between words. */
#ifndef KA_CONF_CONFLIST_H
#define KA_CONF_CONFLIST_H

#include "conf/conferr.h"
#include "conf/confrow.h"

/** ka_conflist_set() - NAMES, PATHS, WORDS, USERS into the KA_CONF_TEXT_MAX bytes of @field; false with @e filled */
bool ka_conflist_set(char *field, const struct ka_confrow *row, struct ka_span value, struct ka_conferr *e);

/** ka_conflist_set_path() - one absolute path, nothing expanded; @field as above */
bool ka_conflist_set_path(char *field, struct ka_span value, struct ka_conferr *e);

/** ka_conflist_set_sinks() - "trail", "syslog" */
bool ka_conflist_set_sinks(struct ka_conf *c, struct ka_span value, struct ka_conferr *e);

/** ka_conflist_is_name() - a source name: letters, digits, '_', '-', '.', no sign first, shorter than KA_SOURCE_NAME_MAX */
bool ka_conflist_is_name(struct ka_span s);

/** ka_conflist_too_long() - say so; always false */
bool ka_conflist_too_long(struct ka_conferr *e, size_t max);

#endif
