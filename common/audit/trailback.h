/*
 * Looking for an event from a position on, also in the files before this one.
 *
 * A position counts the bytes of the whole trail: those of the files before (the base in a file's genesis) and those in
 * the file itself. So it goes on growing over a rotation, and what was marked before it can still be found behind it.
 */
#ifndef KA_AUDIT_TRAILBACK_H
#define KA_AUDIT_TRAILBACK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/** ka_trailback_base() - position of the first byte of the file @fd; 0 when it has no genesis */
int64_t ka_trailback_base(int fd);

/** ka_trailback_line() - where the first line begins in @fd at or behind @at; the file's length when there is none. Errors: -1 */
int64_t ka_trailback_line(int fd, int64_t at);

/**
 * ka_trailback_find() - is there an event with one of @ids in a complete line behind the position @since?
 * @dirfd: the folder that @fd and the files before it stand in
 * @block: KA_TRAILSCAN_BLOCK bytes of scratch
 *
 * At most KA_TRAIL_BACK_MAX files before this one are looked into. One that is gone, compressed, or not ours holds nothing.
 * Errors: KA_ERR_SYS.
 */
KA_MUST_CHECK enum ka_err ka_trailback_find(int dirfd, int fd, int64_t since, const char *const *ids, char *block, bool *found);

#endif
