/*
 * What is counted of the trail, and how far it was read. Pure. Every label comes from a list of ours: reason ids, the words
 * below. Never a user, an address, a key or a file: what strangers choose must neither make new series nor be read there.
 */
#ifndef KA_METRICSCOUNT_H
#define KA_METRICSCOUNT_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "audit/chain.h"
#include "base/cursor.h"
#include "base/limits.h"
#include "reason/reason.h"

/* the results of keyaudit_logins_total */
enum ka_metricslogin { KA_METRICS_ACCEPTED, KA_METRICS_DENIED, KA_METRICS_REFUSED, KA_METRICS_OFFERED, KA_METRICS_LOGINS };

/* the results of keyaudit_lookups_total */
enum ka_metricslookup {
	KA_METRICS_FOUND, KA_METRICS_NO_KEYS, KA_METRICS_LOOKUP_REFUSED, KA_METRICS_UNAVAILABLE, KA_METRICS_STALE, KA_METRICS_LOOKUPS,
};

/* what is counted without labels */
enum ka_metricsplain { KA_METRICS_RECORDS, KA_METRICS_GAPS, KA_METRICS_RECOVERIES, KA_METRICS_SINK_FAILURES, KA_METRICS_PLAINS };

struct ka_metricscount {
	uint64_t refusals[KA_REASON_COUNT];
	uint64_t logins[KA_METRICS_LOGINS];
	uint64_t lookups[KA_METRICS_LOOKUPS];
	uint64_t plain[KA_METRICS_PLAINS];
	/* how far the trail was read */
	char chain[KA_SEAL_CHAIN_MAX]; /* "": no chained record yet */
	uint64_t seq;                  /* of the last one, 0: none */
	char hash[KA_CHAIN_HEX];       /* its hash, "" as long as seq is 0 */
	bool is_broken;                /* a record of this chain was not what its hash says, or did not follow the one before */
	uint64_t device, inode, offset; /* the file that was read last, and how far; 0: none */
};

const char *ka_metricscount_login(enum ka_metricslogin l);
const char *ka_metricscount_lookup(enum ka_metricslookup l);

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
