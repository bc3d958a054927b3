/* Reading on where the counters stopped, also when the trail was rotated meanwhile. */
#ifndef KA_METRICSREAD_H
#define KA_METRICSREAD_H

#include "base/err.h"
#include "keyaudit/metrics/metricscount.h"

/**
 * ka_metricsread() - count what the trail @path holds behind the place in @c
 *
 * The file that was read last is known by its inode, whatever it is called now; after it come those behind it. When it is
 * gone, all files are read, compressed ones too, and what was counted before is known by its number. What was counted is on the
 * disk before it answers. Errors: KA_ERR_SYS,
 * KA_ERR_NOMEM, KA_ERR_LIMIT, KA_ERR_TIMEOUT (it was rotated again and again); then *c is not to be used.
 */
KA_MUST_CHECK enum ka_err ka_metricsread(const char *path, struct ka_metricscount *c);

#endif
