/*
 * Header fields that a configuration may add to a request (RFC 9110 5): "Name: value | Name: value". Not those that
 * the client sets itself, and none that carries a secret: keyaudit.conf(5) can be read by everybody. Pure.
 */
#ifndef KA_CONF_CONFHEADER_H
#define KA_CONF_CONFHEADER_H

#include "base/cursor.h"

/** ka_confheader_odd_list() - what is wrong with `headers`, and with which part of it; NULL when nothing is */
const char *ka_confheader_odd_list(struct ka_span value, struct ka_span *culprit);

/** ka_confheader_odd_token() - the same for `token_header`: NAME, or NAME: WORD */
const char *ka_confheader_odd_token(struct ka_span value);

#endif
