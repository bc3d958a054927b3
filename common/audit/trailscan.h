/*
 * Reading the trail back while the lock is held: does an event stand in it, and is its last line torn. Bounded
 * blocks; a line that is too long to be ours is skipped, a line that is no closed JSON object does not count.
 */
#ifndef KA_AUDIT_TRAILSCAN_H
#define KA_AUDIT_TRAILSCAN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cursor.h"
#include "base/err.h"
#include "base/limits.h"

#define KA_TRAILSCAN_BLOCK (16 * KA_EVENT_LINE_MAX)

/** ka_trailscan_is_closed() - one JSON object from the first byte to the last, by its braces and strings; pure */
bool ka_trailscan_is_closed(struct ka_span line);

/** ka_trailscan_holds() - a closed line with "id":"ID" of one of @ids (NULL-terminated); pure */
bool ka_trailscan_holds(struct ka_span line, const char *const *ids);

/**
 * ka_trailscan_find() - look through the file from @since to its end
 * @ids:   NULL-terminated list, or NULL: nothing is looked for
 * @block: KA_TRAILSCAN_BLOCK bytes of scratch
 * @torn:  the file does not end with a newline
 */
KA_MUST_CHECK enum ka_err ka_trailscan_find(int fd, int64_t since, const char *const *ids, char *block, bool *found,
					    bool *torn);

#endif
