/* The first record of a file of the trail: whose it is, and when it began. */
#ifndef KA_TRAILFIRST_H
#define KA_TRAILFIRST_H

#include "base/cursor.h"
#include "keyaudit/trail/trailfiles.h"

/**
 * ka_trailfirst_read() - set seq, chain and begun_us from the genesis that @f begins with; nothing is set when it has none
 *
 * A fault of the bytes (f->bytes.fault) stays only when not even the first line could be had.
 */
void ka_trailfirst_read(struct ka_trailfile *f);

/** ka_trailfirst_take() - the same from a line without its newline, which may be anything. Pure but for the JSON library's memory */
void ka_trailfirst_take(struct ka_span line, struct ka_trailfile *f);

/** ka_trailfirst_time() - "2026-08-23T10:15:42.123456Z", to whole seconds; false when it is no such time. Pure */
bool ka_trailfirst_time(const char *text, int64_t *us);

#endif
