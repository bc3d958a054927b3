/*
 * The one grammar through which every user name passes before it may stand in a
 * path or URL: [A-Za-z0-9_][A-Za-z0-9_.@+-]{0,254}[$]?
 */
#ifndef KA_BASE_USERNAME_H
#define KA_BASE_USERNAME_H

#include <stdbool.h>

#include "base/cursor.h"

/** ka_username_is_valid() - true when @name is within the grammar; no slash, blank, control, leading dot or dash can be */
bool ka_username_is_valid(struct ka_span name);

#endif
