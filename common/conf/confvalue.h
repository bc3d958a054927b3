/* Typed values: text to field and back, by the row's type. Pure. A wrong value changes nothing. */
#ifndef KA_CONF_CONFVALUE_H
#define KA_CONF_CONFVALUE_H

#include "base/buf.h"
#include "conf/conferr.h"
#include "conf/confrow.h"

/**
 * ka_confvalue_set() - check @value and store it
 * @c:    where texts lie
 * @base: @c, for a row of [source] the struct ka_conf_source in it
 * @e:    begun; what is wrong is added to it
 *
 * Not for rows that are a prefix. Answers: false when the value is wrong.
 */
bool ka_confvalue_set(struct ka_conf *c, void *base, const struct ka_confrow *row, struct ka_span value, struct ka_conferr *e);

/** ka_confvalue_action() - "off", "warn", "reject" of severity.<id> */
bool ka_confvalue_action(struct ka_span value, int *out, struct ka_conferr *e);

/** ka_confvalue_level() - "info" .. "alert" of level.<id> */
bool ka_confvalue_level(struct ka_span value, int *out, struct ka_conferr *e);

/** ka_confvalue_show() - append the value as one would write it; what it reads back as is the same value */
void ka_confvalue_show(const void *base, const struct ka_confrow *row, struct ka_buf *out);

#endif
