/*
 * What stands in a certificate around the key itself. Form only: validity, names
 * and the signature are judged elsewhere.
 */
#ifndef KA_KEY_KEYCERT_H
#define KA_KEY_KEYCERT_H

#include <stdbool.h>

#include "base/cursor.h"
#include "key/keyblob.h"

/** ka_keycert_read() - the fields behind the subject key; false (sticky in @c) when the blob ends too early */
bool ka_keycert_read(struct ka_cursor *c, struct ka_keycert *out);

/**
 * ka_keycert_is_formed() - are the packed fields well-formed?
 *
 * Type 1 or 2, at most KA_CERT_PRINCIPALS_MAX principals, no NUL in a name, option
 * lists whole, sorted and without repeats, a CA key that is a good plain key, and a
 * signature of one algorithm name and one value. Counts the principals.
 *
 * Source: PROTOCOL.certkeys.
 */
bool ka_keycert_is_formed(struct ka_keycert *cert);

/** ka_keycert_has_principal() - is this name in it, byte for byte? */
bool ka_keycert_has_principal(const struct ka_keycert *cert, struct ka_span name);

/**
 * ka_keycert_critical() - the value of one critical option
 *
 * Answers: false when it is not there, or its value is no string. Source: PROTOCOL.certkeys "Critical options".
 */
bool ka_keycert_critical(const struct ka_keycert *cert, const char *name, struct ka_span *value);

#endif
