/* Texts with %u and the like: which of them stand in a text, and whether only those do that may. Expanding is others' business. Pure. */
#ifndef KA_CONF_CONFEXPAND_H
#define KA_CONF_CONFEXPAND_H

#include <stdbool.h>

#include "base/cursor.h"

/**
 * ka_confexpand_is_right() - every % begins one of @tokens ("unf%"), or %b(TEXT) when 'b' is one of them
 *
 * Inside TEXT the same tokens may stand, but for b; it ends at the first ')'.
 */
bool ka_confexpand_is_right(struct ka_span text, const char *tokens);

/** ka_confexpand_has() - does %@token stand in @text, also inside of %b(...)? @text is right */
bool ka_confexpand_has(struct ka_span text, uint8_t token);

#endif
