/*
 * Where an event goes besides the trail: each sink of [audit] sinks, one after the other. None of them stops another one or
 * whoever writes the event; what changed (a sink fails, or works again) comes back to be reported.
 *
 * An event is delivered after the trail has it, once. Whoever is killed in between has not delivered it, and since the
 * trail has it nobody else will: sinks have an event at most once, the trail exactly once. Without the trail an event that is
 * written again after a crash comes again, with the same id: at least once.
 */
#ifndef KA_SINK_H
#define KA_SINK_H

#include <stdbool.h>

#include "audit/event.h"
#include "audit/eventjson.h"
#include "base/limits.h"
#include "conf/conf.h"

/* all pointers are borrowed */
struct ka_sink_job {
	const struct ka_conf *conf;
	const struct ka_event *e;
	const struct ka_event_host *host;
	const char *line;    /* as the trail has it but for the chain: its number at most; with its newline */
	size_t len;
	const char *writer;  /* who delivers: "keyaudit-collect" */
	int dir;             /* of /run/keyaudit, where the state of sinks is */
	bool is_report;      /* it says that a sink fails or works: that alone changes no state, and is not reported */
};

struct ka_sink_change {
	const char *sink;          /* "journal" */
	bool works;                /* again; else it fails */
	char why[KA_SINK_WHY_MAX]; /* escaped; "" when it works */
};

struct ka_sink_changes {
	size_t count;
	struct ka_sink_change change[KA_SINKS_MAX];
};

/** ka_sink_deliver() - to all sinks but the trail; @out is always set */
void ka_sink_deliver(const struct ka_sink_job *job, struct ka_sink_changes *out);

#endif
