/* The text line of syslog from a line of the trail: the same fields in the same order (audit/eventtext.h). */
#ifndef KA_FORMKV_H
#define KA_FORMKV_H

#include <jansson.h>

#include "base/buf.h"

/** ka_formkv_title() - the first words, "ssh key refused"; of an action that this release does not know the action itself */
void ka_formkv_title(const json_t *event, struct ka_buf *out);

/** ka_formkv_write() - append the line without its newline */
void ka_formkv_write(const json_t *event, struct ka_buf *out);

#endif
