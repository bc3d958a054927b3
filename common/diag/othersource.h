/* Is the offered key listed in a source under another user's name? Only where the name stands in a path (%u); bounded. */
#ifndef KA_DIAG_OTHERSOURCE_H
#define KA_DIAG_OTHERSOURCE_H

#include "diag/keysource.h"

/** ka_othersource_look() - fill is_elsewhere and other_user for the offers that @out does not list yet */
KA_MUST_CHECK enum ka_err ka_othersource_look(const struct ka_keysource_query *query, struct ka_keysource *out);

/**
 * ka_othersource_name() - which user name does the path @name in a directory stand for?
 * @pattern: the path component with %u ("%u.keys"); @name: a directory entry
 *
 * Answers: false when it does not match, or the name is outside the grammar. Pure.
 */
bool ka_othersource_name(struct ka_span pattern, const char *name, char user[static KA_USER_NAME_MAX]);

#endif
