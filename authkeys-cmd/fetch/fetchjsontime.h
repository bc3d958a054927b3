/* When an item of a store's JSON answer ends. Pure. Source: RFC 3339. */
#ifndef KA_FETCHJSONTIME_H
#define KA_FETCHJSONTIME_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/cursor.h"
#include "conf/conf.h"

/**
 * ka_fetchjsontime_of() - the first second at which it has ended, since 1970 UTC
 * @unit: how it is written; a number may stand in a text. With "date" the named day still belongs to it (in UTC)
 *
 * Answers: false when @value is not written so. A day beyond its month rolls over, as elsewhere.
 */
bool ka_fetchjsontime_of(enum ka_conf_unit unit, const json_t *value, int64_t *out);

/** ka_fetchjsontime_number() - a number from 0 on, or a text of digits (etcd, OS Login) */
bool ka_fetchjsontime_number(const json_t *value, int64_t *out);

#endif
