/* What the collector does not make an event of its own of: floods, forgeries. */
#ifndef KA_WATCHGATE_H
#define KA_WATCHGATE_H

#include "keyaudit/collect/watchstate.h"

enum ka_watchgate_answer {
	KA_GATE_PASS,  /* an event of its own */
	KA_GATE_HOLD,  /* counted in a summary; the slot stays until that is written */
	KA_GATE_LATER, /* the summary is full: write it first */
	KA_GATE_ASIDE, /* nothing but a forged file: moved aside and counted */
};

/** ka_watchgate_limits() - at the start: those of the configuration; by hand only what is merely claimed is limited */
void ka_watchgate_limits(struct ka_watchstate *k);

/** ka_watchgate_judge() - for a queued connection, before a worker starts */
enum ka_watchgate_answer ka_watchgate_judge(struct ka_watchstate *k, const struct ka_watch_slot *s);

/** ka_watchgate_write() - write the summaries that are due, @all: all; their connections are done then */
void ka_watchgate_write(struct ka_watchstate *k, bool all);

#endif
