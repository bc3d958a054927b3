/*
 * seals.jsonl, line by line: are the epochs there, each once, bound to the one before and, with K0, made with the key of
 * their epoch? What they say about the trail goes into the points, to be compared when the trail is read. Pure.
 */
#ifndef KA_VERIFYSEALS_H
#define KA_VERIFYSEALS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cursor.h"
#include "base/err.h"
#include "keyaudit/seal/sealkey.h"
#include "keyaudit/seal/sealline.h"
#include "keyaudit/verify/verifypoint.h"

struct ka_verifyseals {
	bool has_key;
	struct ka_sealkey key;   /* of the next epoch; wiped by ka_verifyseals_end() */
	struct ka_seal last;     /* epoch 0: none yet */
	uint64_t count, line;
	uint64_t fragments;      /* lines that are no seals: what a crash left behind */
	uint64_t late;           /* spans in which the host was up and no seal was made for too long */
	char late_from[KA_CLOCK_TEXT_MAX], late_until[KA_CLOCK_TEXT_MAX]; /* the first of them */
	const char *wrong;       /* NULL: nothing so far; else what, in words; the line is @line */
	uint64_t wrong_epoch;
};

/** ka_verifyseals_begin() - @k0: NULL when it is not at hand: then nothing is said about who made the seals */
void ka_verifyseals_begin(struct ka_verifyseals *v, const struct ka_sealkey *k0);

/**
 * ka_verifyseals_line() - the next line, without its newline
 *
 * After the first wrong one the rest is not looked at. Errors: of ka_verifypoints_add().
 */
KA_MUST_CHECK enum ka_err ka_verifyseals_line(struct ka_verifyseals *v, struct ka_span line, struct ka_verifypoints *points);

/** ka_verifyseals_end() - forget the key */
void ka_verifyseals_end(struct ka_verifyseals *v);

#endif
