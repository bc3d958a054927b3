/* From an entry of a path list to the path of one user: %u, %U and %h, and what may stand in them. Pure. */
#ifndef KA_SOURCE_SOURCEPATH_H
#define KA_SOURCE_SOURCEPATH_H

#include <stdbool.h>

#include "base/cursor.h"
#include "base/limits.h"
#include "source/source.h"

/** ka_sourcepath_value() - what %u, %U or %h stands for; false when it was not given, or is not what it must be, or another token */
bool ka_sourcepath_value(uint8_t token, const struct ka_source_query *query, struct ka_span *out);

/**
 * ka_sourcepath_expand() - expand one entry
 *
 * Answers: false when a value was not given or must not stand in a path (a user name outside the grammar, a home
 *          that is not absolute or holds ".."), at any other %, when the result is not absolute or too long.
 */
bool ka_sourcepath_expand(struct ka_span entry, const struct ka_source_query *query, char out[static KA_PATH_TRUSTED_MAX]);

#endif
