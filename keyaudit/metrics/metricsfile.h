/* A small file replaced whole: a temporary in the same folder, and a rename. A reader sees the old one or the new one. */
#ifndef KA_METRICSFILE_H
#define KA_METRICSFILE_H

#include <sys/types.h>

#include "base/cursor.h"
#include "base/err.h"

/** ka_metricsfile_put() - @text becomes what @path holds. Errors: KA_ERR_SYS (errno), KA_ERR_LIMIT (the path); then it is as it was */
KA_MUST_CHECK enum ka_err ka_metricsfile_put(const char *path, struct ka_span text, mode_t mode);

#endif
