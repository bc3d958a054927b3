/* Values that are numbers: plain, sizes and times. Pure. */
#ifndef KA_CONF_CONFNUMBER_H
#define KA_CONF_CONFNUMBER_H

#include "base/buf.h"
#include "conf/conferr.h"
#include "conf/confrow.h"

/** ka_confnumber_set() - NUMBER, MIB, MS and SEC, within the row's limits; false with @e filled */
bool ka_confnumber_set(unsigned *field, const struct ka_confrow *row, struct ka_span value, struct ka_conferr *e);

/** ka_confnumber_show() - as one would write it */
void ka_confnumber_show(unsigned n, const struct ka_confrow *row, struct ka_buf *out);

/** ka_confnumber_is() - a row of these types */
bool ka_confnumber_is(const struct ka_confrow *row);

#endif
