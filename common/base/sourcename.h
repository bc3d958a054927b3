/* The one grammar of a source's name, which stands in paths, records and events: [A-Za-z0-9][A-Za-z0-9_.-]{0,30} */
#ifndef KA_BASE_SOURCENAME_H
#define KA_BASE_SOURCENAME_H

#include <stdbool.h>

#include "base/cursor.h"

/** ka_sourcename_is_valid() - true when @name is within the grammar */
bool ka_sourcename_is_valid(struct ka_span name);

#endif
