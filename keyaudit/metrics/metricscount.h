/*
 * What is counted of the trail, and how far it was read. Pure. Every label comes from a list of ours: reason ids, the words
 * below, names of configured sources. Never a user, an address, a key or a file: what strangers choose must neither make new series nor be read there.
 */
#ifndef KA_METRICSCOUNT_H
#define KA_METRICSCOUNT_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "audit/chain.h"
#include "audit/event.h"
#include "base/cursor.h"
#include "base/limits.h"
#include "reason/answer.h"
#include "reason/reason.h"

/* the results of keyaudit_logins_total */
enum ka_metricslogin { KA_METRICS_ACCEPTED, KA_METRICS_DENIED, KA_METRICS_REFUSED, KA_METRICS_OFFERED, KA_METRICS_LOGINS };

#define KA_METRICS_LOOKUPS (KA_SOURCE_STALE + 1)     /* results of keyaudit_lookups_total: those of a source */
#define KA_METRICS_HEALTH (KA_EVENT_COUNT - KA_EVENT_FINAL_COUNT) /* actions of keyaudit_health_events_total: those that are no login */
#define KA_METRICS_TOOK 7                            /* buckets of keyaudit_lookup_duration_seconds, the last without a bound */

/* what is counted without labels */
enum ka_metricsplain {
	KA_METRICS_RECORDS, KA_METRICS_GAPS, KA_METRICS_RECOVERIES, KA_METRICS_WRITE_ERRORS, KA_METRICS_SINK_FAILURES, KA_METRICS_PLAINS,
};

/* one source of keys; the first one of all stands for those whose names no configuration has ever had */
struct ka_metricssource {
	char name[KA_SOURCE_NAME_MAX]; /* "": free */
	uint64_t lookups[KA_METRICS_LOOKUPS];
};

struct ka_metricscount {
	uint64_t refusals[KA_REASON_COUNT];
	uint64_t logins[KA_METRICS_LOGINS];
	struct ka_metricssource sources[KA_METRICS_SOURCES_MAX];
	uint64_t took[KA_METRICS_TOOK]; /* lookups whose duration is known, each in the first bucket that it fits */
	uint64_t took_us;               /* all of them together */
	uint64_t health[KA_METRICS_HEALTH];
	uint64_t plain[KA_METRICS_PLAINS];
	/* how far the trail was read */
	char chain[KA_SEAL_CHAIN_MAX]; /* "": no chained record yet */
	uint64_t seq;                  /* of the last one, 0: none */
	char hash[KA_CHAIN_HEX];       /* its hash, "" as long as seq is 0 */
	bool is_broken;                /* a record of this chain was not what its hash says, or did not follow the one before */
	uint64_t device, inode, offset; /* the file that was read last, and how far; 0: none */
};

const char *ka_metricscount_login(enum ka_metricslogin l);

/** ka_metricscount_lookup() - "hit", "miss", "refused", "unavailable", "stale" */
const char *ka_metricscount_lookup(enum ka_source_answer a);

/** ka_metricscount_le() - the upper bound of a bucket, in seconds, as Prometheus writes it: "0.001" to "2", "+Inf" */
const char *ka_metricscount_le(size_t bucket);

/** ka_metricscount_health() - "spool-tampered", "trail-gap" ... */
const char *ka_metricscount_health(size_t i);

/**
 * ka_metricscount_source() - the place of a source
 * @may_add: the name comes from the configuration, or from what was remembered
 *
 * Answers: that of the others when there is none of this name, and none may be or can be added.
 */
struct ka_metricssource *ka_metricscount_source(struct ka_metricscount *c, struct ka_span name, bool may_add);

/** ka_metricscount_plain() - the metric's name without "keyaudit_audit_" and "_total" */
const char *ka_metricscount_plain(enum ka_metricsplain p);

/**
 * ka_metricscount_take() - count one line
 * @line:  as it stands in the trail, without newline
 * @event: the same, parsed; borrowed
 *
 * A record whose number is not behind the last one of its chain was counted before, and is left out.
 */
void ka_metricscount_take(struct ka_metricscount *c, struct ka_span line, const json_t *event);

#endif
