/*
 * How many lines of one source are judged in one run: the first KA_KEYS_MAX that hold
 * something; those behind are not looked at, and store.too-large says so. Where sshd
 * names the offered key (-k), only lines that hold that key are counted. Pure.
 */
#ifndef KA_SOURCE_SOURCELINES_H
#define KA_SOURCE_SOURCELINES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/limits.h"
#include "reason/reason.h"

struct ka_sourcelines {
	size_t count; /* zero at the beginning of each source */
};

/** ka_sourcelines_take() - count one parsed line; false: it is not to be judged (empty, a comment, or beyond the limit) */
static inline bool ka_sourcelines_take(struct ka_sourcelines *l, enum ka_reason parsed)
{
	if (parsed == KA_REASON_LINE_EMPTY)
		return false;
	if (l->count <= KA_KEYS_MAX)
		l->count++;
	return l->count <= KA_KEYS_MAX;
}

/** ka_sourcelines_is_over() - a line was beyond the limit: store.too-large, and nothing more is judged */
static inline bool ka_sourcelines_is_over(const struct ka_sourcelines *l)
{
	return l->count > KA_KEYS_MAX;
}

#endif
