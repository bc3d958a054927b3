/*
 * The sieve before the parser: can this line be an event that is asked for? It only looks for bytes, so that a
 * million lines that are not asked for cost no parser. MUST never hold back a line that ka_logquery_matches() would
 * take; may let through what it would not. It knows that JSON may write a character as an escape, and lets such lines
 * through.
 */
#ifndef KA_LOGSIFT_H
#define KA_LOGSIFT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cursor.h"
#include "base/limits.h"
#include "keyaudit/log/logquery.h"

#define KA_LOGSIFT_NEEDLES 6

struct ka_logsift {
	const struct ka_logquery *query; /* borrowed */
	size_t needles;
	size_t len[KA_LOGSIFT_NEEDLES];
	char needle[KA_LOGSIFT_NEEDLES][KA_LOGSIFT_NEEDLE_MAX]; /* each must stand somewhere in the line */
	bool idle;                       /* everything is asked for */
};

/** ka_logsift_init() - prepare for @query, which must live as long */
void ka_logsift_init(struct ka_logsift *s, const struct ka_logquery *query);

/** ka_logsift_may() - false: this is no event that is asked for, or will be; true: parse it. What is no object is true */
bool ka_logsift_may(const struct ka_logsift *s, struct ka_span line);

#endif
