/*
 * Where the chain stands at the end of a file of the trail: found in its last bytes each time it is needed, and kept
 * nowhere else, so that nothing can disagree with the trail itself.
 */
#ifndef KA_AUDIT_TRAILHEAD_H
#define KA_AUDIT_TRAILHEAD_H

#include <stdbool.h>
#include <stdint.h>

#include "audit/chain.h"
#include "base/err.h"

/* what a crash or a full disk left behind the last intact line */
struct ka_trailfragment {
	bool is_there;
	bool is_ended;  /* a newline stands behind it already */
	size_t bytes;   /* without that newline */
	char hash[KA_CHAIN_HEX];
};

struct ka_trailhead {
	bool is_found;  /* an intact line; the rest means nothing without it */
	uint64_t seq;
	char hash[KA_CHAIN_HEX];
	bool is_rotate;  /* it says that the file is full: trail-rotate */
	bool is_unended; /* it lacks its newline and nothing else */
	struct ka_trailfragment fragment;
};

/** ka_trailhead_find() - the same in the last bytes of a file; @is_whole: they are all of it. Pure */
void ka_trailhead_find(struct ka_span tail, bool is_whole, struct ka_trailhead *out);

/**
 * ka_trailhead_read() - the last intact line of @fd, and what stands behind it
 * @block: KA_TRAILSCAN_BLOCK bytes of scratch
 *
 * Reads KA_TRAILHEAD_READ_MAX bytes, and KA_TRAILSCAN_BLOCK when there is no intact line in them; a file that has none
 * there either is no chained one, or is damaged. Errors: KA_ERR_SYS.
 */
KA_MUST_CHECK enum ka_err ka_trailhead_read(int fd, char *block, struct ka_trailhead *out);

#endif
