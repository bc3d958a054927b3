/*
 * The judge of the chain: line by line through all files of a trail, in their order. It knows what may follow what, and says
 * the first thing that is wrong. Pure; its memory does not grow with the trail.
 *
 * What may stand where (docs/json.md, the chain): a file begins with a genesis record and no other line is one; behind a file
 * without trail-rotate at its end the next one says "renamed"; what a crash tore off is followed by the trail-recovery record,
 * or the genesis of the next file, that names its length and hash, or, at the very end, by nothing yet. Numbers go on over
 * files without a gap.
 */
#ifndef KA_VERIFYCHAIN_H
#define KA_VERIFYCHAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "audit/chain.h"
#include "base/clock.h"
#include "base/cursor.h"
#include "keyaudit/verify/verifyline.h"
#include "keyaudit/verify/verifypoint.h"

enum ka_verify_wrong {
	KA_VERIFY_NOTHING,
	KA_VERIFY_HASH,   /* the line is not what was hashed */
	KA_VERIFY_PREV,   /* it names another line before it */
	KA_VERIFY_NUMBER, /* not the next number */
	KA_VERIFY_ORDER,  /* a record where none of its kind may stand, or something that is no record */
	KA_VERIFY_SEAL,   /* a seal, or what it has seen */
	KA_VERIFY_ANCHOR, /* what an anchor has seen */
	KA_VERIFY_WRONG_COUNT
};

/* what is wrong; all 0 while nothing is */
struct ka_verifyfault {
	enum ka_verify_wrong what;
	const char *text;   /* in words */
	uint64_t seq;       /* of the record; 0: not known */
	size_t file;        /* index of ka_verifychain_file() */
	uint64_t line;      /* in that file */
	uint64_t point_line; /* of the seal or anchor that knows better, in its file; 0: none */
};

struct ka_verifychain {
	const struct ka_verifypoints *points; /* borrowed, sorted */
	size_t next_point;
	struct ka_verifyfault wrong;
	uint64_t first, seq;        /* of the first and last record; 0: none yet */
	char hash[KA_CHAIN_HEX];    /* of the last */
	char chain[KA_SEAL_CHAIN_MAX];
	char first_at[KA_CLOCK_TEXT_MAX], last_at[KA_CLOCK_TEXT_MAX];
	char behind_at[KA_CLOCK_TEXT_MAX]; /* of the first record behind the last anchor */
	uint64_t records, recovered, seen_points, older_points;
	size_t files;
	uint64_t line;
	bool is_fresh;              /* the file has had no record yet */
	bool is_rotated;            /* its last record is trail-rotate */
	struct ka_verifytorn torn;  /* what stands behind the last record and is no record */
};

/** ka_verifychain_begin() - @points: of seals and anchors, sorted; all 0 for none */
void ka_verifychain_begin(struct ka_verifychain *v, const struct ka_verifypoints *points);

/** ka_verifychain_file() - another file begins; false when the one before may not end so */
bool ka_verifychain_file(struct ka_verifychain *v);

/**
 * ka_verifychain_line() - the next line, without its newline
 * @ended: a newline ended it; only the last line of a file has none
 *
 * false when something is wrong: look at @v->wrong, and go no further.
 */
bool ka_verifychain_line(struct ka_verifychain *v, struct ka_span line, bool ended);

/** ka_verifychain_damaged() - the file cannot be unpacked behind its last line: look at @v->wrong, and go no further */
void ka_verifychain_damaged(struct ka_verifychain *v);

/** ka_verifychain_end() - the last file has ended: did seals or anchors see more than there is? false as above */
bool ka_verifychain_end(struct ka_verifychain *v);

/** ka_verify_wrong_text() - "hash", "prev", "number", "order", "seal", "anchor"; "" for nothing */
const char *ka_verify_wrong_text(enum ka_verify_wrong w);

#endif
