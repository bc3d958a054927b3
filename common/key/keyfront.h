/*
 * The front of a key's text, as it stands in a line that was cut off there: how long must the whole have been? Every field of a
 * key says its length before its bytes, so a field that goes on behind the cut tells it. Pure.
 *
 * Source: RFC 4253 6.6, RFC 5656 3.1, RFC 8709 4, PROTOCOL.certkeys, PROTOCOL.u2f.
 */
#ifndef KA_KEY_KEYFRONT_H
#define KA_KEY_KEYFRONT_H

#include <stddef.h>

#include "base/cursor.h"

/**
 * ka_keyfront_least() - bytes that a key or certificate has at least, of which this is the front in base64
 *
 * Answers: 0 when it is the front of none that we know. Any bytes are safe; what lies beyond KA_KEYFRONT_MAX of the text is not read.
 */
size_t ka_keyfront_least(struct ka_span base64);

#endif
