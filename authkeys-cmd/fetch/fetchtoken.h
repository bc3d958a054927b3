/* The secret of a store, from a file that only root or the fetcher can write and nobody else can read. */
#ifndef KA_FETCHTOKEN_H
#define KA_FETCHTOKEN_H

#include <stdbool.h>

#include "base/buf.h"
#include "conf/conf.h"

/**
 * ka_fetchtoken_header() - the header line that carries it: "Authorization: Bearer TOKEN", or as token_header says
 *
 * Answers: false when there is a token_file that cannot be read or must not be trusted: owner root or ourselves, closed to
 * others (mode 0640 at most), every parent root's; one line of visible ASCII. Without a token_file nothing is written.
 */
bool ka_fetchtoken_header(const struct ka_conf_source *s, struct ka_buf *out);

#endif
