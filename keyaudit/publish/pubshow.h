/* What a publication shows: its progress on a terminal, its sum for people or as JSON. */
#ifndef KA_PUBSHOW_H
#define KA_PUBSHOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "keyaudit/screen/progress.h"

struct ka_publish;

#define KA_PUBSHOW_SCHEMA "keyaudit.publish/1"

struct ka_pubshow {
	bool json;
	int64_t begin_ms;
	struct ka_progress bar;
};

/** ka_pubshow_begin() - the clock starts */
void ka_pubshow_begin(struct ka_pubshow *s);

/** ka_pubshow_stage() - another piece of work: "vetting" ... of @total steps */
void ka_pubshow_stage(struct ka_pubshow *s, const char *stage, size_t total);

/** ka_pubshow_done() - so far; draws at most each KA_PROGRESS_STEP_MS. A struct ka_pubshow as @ctx */
void ka_pubshow_done(void *ctx, size_t done);

/** ka_pubshow_clear() - take the bar away, before anything else is written there */
void ka_pubshow_clear(struct ka_pubshow *s);

/** ka_pubshow_problem() - one line on standard error; @about is escaped */
void ka_pubshow_problem(struct ka_publish *p, const char *about, const char *what);

/** ka_pubshow_note() - the same for what stops nothing */
void ka_pubshow_note(struct ka_publish *p, const char *about, const char *what);

/** ka_pubshow_sum() - what was done, or would be; @status: the exit status */
void ka_pubshow_sum(struct ka_publish *p, int status);

#endif
