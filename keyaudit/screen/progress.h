/* A bar on standard error for work that takes long. Drawn only on a terminal, and only when there is time for it. */
#ifndef KA_PROGRESS_H
#define KA_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KA_PROGRESS_UNKNOWN SIZE_MAX /* steps, when nobody knows how many: a count without a bar */

struct ka_progress {
	bool is_live;       /* standard error is a terminal */
	bool is_drawn;
	const char *stage;  /* borrowed */
	size_t total;
	int64_t stage_ms, next_ms;
};

/** ka_progress_begin() - look whether anybody can see it */
void ka_progress_begin(struct ka_progress *p);

/** ka_progress_stage() - another piece of work: "vetting" ... of @total steps, or of KA_PROGRESS_UNKNOWN */
void ka_progress_stage(struct ka_progress *p, const char *stage, size_t total);

/** ka_progress_done() - so far; draws at most each KA_PROGRESS_STEP_MS */
void ka_progress_done(struct ka_progress *p, size_t done);

/** ka_progress_clear() - take the bar away, before anything else is written there */
void ka_progress_clear(struct ka_progress *p);

#endif
