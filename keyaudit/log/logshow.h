/* One event of the trail, whole, for people: each member on a line of its own under its dotted name. */
#ifndef KA_LOGSHOW_H
#define KA_LOGSHOW_H

#include <jansson.h>

#include "keyaudit/screen/out_text.h"

/**
 * ka_logshow_print() - the event's sentence, and all of its members in the order of the line
 *
 * Names and values may be anybody's: what is not plain is escaped. What lies deeper than KA_LOGSHOW_DEPTH_MAX is shown as "...".
 */
void ka_logshow_print(const struct ka_out *o, json_t *event);

#endif
