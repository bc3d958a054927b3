/*
 * Open Cybersecurity Schema Framework 1.8: class 3002 (Authentication) for the events of logins, which are those of the
 * category "authentication", and class 0 (Base Event) for what keyaudit says of itself and of sshd. A key, a file and a
 * fix have no home there: they stand below "unmapped", the whole object keyaudit.* of the trail with them.
 */
#ifndef KA_FORMOCSF_H
#define KA_FORMOCSF_H

#include <jansson.h>

#include "base/buf.h"

/** ka_formocsf_write() - append the object without a newline */
void ka_formocsf_write(const json_t *event, struct ka_buf *out);

#endif
