/*
 * The memory of the counters: what was counted, and how far the trail was read. Text, in root's own folder:
 *
 *   keyaudit-metrics/1
 *   chain CHAIN SEQ HASH ok|broken     ("-" for what there is none of)
 *   file DEVICE INODE OFFSET
 *   count KIND NAME NUMBER             one for each counter that is not 0; of a source NAME is RESULT/SOURCE
 *   end
 *
 * Pure. A counter that we do not know any more is left out; anything else that is odd makes the whole worthless.
 */
#ifndef KA_METRICSSTATE_H
#define KA_METRICSSTATE_H

#include "base/buf.h"
#include "base/cursor.h"
#include "keyaudit/metrics/metricscount.h"

/** ka_metricsstate_write() - append it all */
void ka_metricsstate_write(const struct ka_metricscount *c, struct ka_buf *out);

/** ka_metricsstate_parse() - false when it is no whole state; then *c is empty */
bool ka_metricsstate_parse(struct ka_span text, struct ka_metricscount *c);

#endif
