/*
 * One line of a trail: is it a chained record, of which kind, and what does it say that the judge needs? And what stands
 * between records, to be compared with the recovery record behind it. Pure but for the JSON library's memory.
 */
#ifndef KA_VERIFYLINE_H
#define KA_VERIFYLINE_H

#include <stdbool.h>
#include <stdint.h>

#include "audit/chain.h"
#include "base/clock.h"
#include "base/cursor.h"
#include "base/limits.h"

enum ka_verifyline_kind {
	KA_VERIFYLINE_RECORD,
	KA_VERIFYLINE_GENESIS,
	KA_VERIFYLINE_ROTATE,
	KA_VERIFYLINE_RECOVERY,
};

struct ka_verifyline {
	enum ka_verifyline_kind kind;
	struct ka_chain_link link;
	char chain[KA_SEAL_CHAIN_MAX]; /* what all but a plain record name */
	bool goes_on, is_renamed;      /* of a genesis: the chain goes on; with no trail-rotate before it */
	uint64_t torn_len;             /* what a recovery or a genesis names; 0: nothing */
	char torn_hash[KA_CHAIN_HEX];
};

/** ka_verifyline_read() - false when @line has not the end of a chained line; a kind whose fields are missing or odd has "" and 0 */
bool ka_verifyline_read(struct ka_span line, struct ka_verifyline *out);

/** ka_verifyline_time() - its @timestamp, "" when it has none that may be printed */
void ka_verifyline_time(struct ka_span line, char out[static KA_CLOCK_TEXT_MAX]);

/* bytes that are no record, as they come */
struct ka_verifytorn {
	size_t len, pieces; /* pieces: lines of them */
	bool is_ended;      /* a newline stands behind them; it belongs to them only when more follows */
	char bytes[KA_VERIFY_FRAGMENT_MAX];
};

void ka_verifytorn_begin(struct ka_verifytorn *t);

/** ka_verifytorn_add() - false when it is more than a crash can have left */
bool ka_verifytorn_add(struct ka_verifytorn *t, struct ka_span line, bool ended);

/** ka_verifytorn_is_named() - does this recovery or genesis name exactly them, and may a crash have left them? */
bool ka_verifytorn_is_named(const struct ka_verifytorn *t, const struct ka_verifyline *line);

#endif
