/* Looking into a parsed line of the trail, which may be anybody's: what is not of the expected type is not there. Pure. */
#ifndef KA_FORMVIEW_H
#define KA_FORMVIEW_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

/** ka_formview_at() - the value at a dotted path ("user.name"), NULL when there is none; borrowed */
const json_t *ka_formview_at(const json_t *event, const char *path);

/** ka_formview_text() - the string there, "" when there is none; borrowed, unescaped: see formtext.h */
const char *ka_formview_text(const json_t *event, const char *path);

/** ka_formview_number() - the integer there, 0 to @max; false and 0 when there is none */
bool ka_formview_number(const json_t *event, const char *path, uint64_t max, uint64_t *out);

/** ka_formview_ip() - the address there, parsed and printed again; false and "" when it is none */
bool ka_formview_ip(const json_t *event, const char *path, char ip[static 64]);

/** ka_formview_ms() - @timestamp as milliseconds since 1970; false when it is not as the trail writes times */
bool ka_formview_ms(const json_t *event, int64_t *ms);

#endif
