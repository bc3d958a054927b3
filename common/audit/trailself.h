/*
 * What the trail says about itself: the lines trail-genesis, trail-rotate and trail-recovery, without their place in
 * the chain, and a genesis read back. docs/json.md describes them. Pure.
 */
#ifndef KA_AUDIT_TRAILSELF_H
#define KA_AUDIT_TRAILSELF_H

#include <stdbool.h>
#include <stdint.h>

#include "audit/eventjson.h"
#include "audit/trailhead.h"
#include "base/buf.h"
#include "base/cursor.h"
#include "base/limits.h"

#define KA_TRAILSELF_CHAIN 33 /* an id of a chain, 32 hex digits, with its NUL */

enum ka_trailself_begin {
	KA_TRAIL_FIRST,     /* there was nothing */
	KA_TRAIL_ROTATED,   /* the file before it ends with trail-rotate */
	KA_TRAIL_RENAMED,   /* it does not: somebody else renamed it */
	KA_TRAIL_UNCHAINED, /* it is of a release without a chain */
	KA_TRAIL_DAMAGED,   /* it began with a chain, and no intact line is near its end */
	KA_TRAIL_BEGIN_COUNT
};

/* how a file of the trail began: what its genesis says */
struct ka_trailorigin {
	char chain[KA_TRAILSELF_CHAIN];
	int64_t base;                    /* bytes of the trail before this file */
	enum ka_trailself_begin begin;
	char file[KA_TRAIL_NAME_MAX];    /* the file before it, "" = none */
	uint64_t seq;                    /* with ROTATED and RENAMED: number and hash of its last line */
	char hash[KA_CHAIN_HEX];
	int64_t bytes;                   /* with UNCHAINED and DAMAGED: its length and SHA-256 */
	char sha256[KA_CHAIN_HEX];
	struct ka_trailfragment fragment; /* with RENAMED: what stands behind its last line */
};

/* who says it, where and when; all borrowed */
struct ka_trailself {
	const struct ka_event_host *host;
	const char *chain;
	uint64_t seq; /* that the line will have */
	int64_t at_us;
};

/** ka_trailself_genesis(), _rotate(), _recovery() - append one line with its newline, for ka_chain_put() */
void ka_trailself_genesis(const struct ka_trailself *s, const struct ka_trailorigin *o, struct ka_buf *out);
void ka_trailself_rotate(const struct ka_trailself *s, const char *file, struct ka_buf *out);
void ka_trailself_recovery(const struct ka_trailself *s, const struct ka_trailfragment *f, struct ka_buf *out);

/**
 * ka_trailself_origin() - take a file's first line apart, without its newline
 * @out: chain, base, begin and file are set; the file is "" when it is none that this program gives or takes
 *
 * Answers: false when it is no genesis of ours. Whether it is intact is another question.
 */
bool ka_trailself_origin(struct ka_span line, struct ka_trailorigin *out);

#endif
