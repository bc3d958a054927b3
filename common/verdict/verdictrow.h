/*
 * One verdict as it is kept, and a bucket of them. A row has KA_VERDICTS_ROW bytes:
 *
 *   32  the name (verdictkey.h)
 *   32  SHA-256 of "keyaudit-verdict/1" NUL, the name, and the text with all its zeros
 *   64  the text: what authkeys-vet answered ("ok", "bad key.rsa-roca" ...) without its newline, filled up with zeros
 *
 * A row of zeros is empty. Every bit is below the check, so a row that was torn, cut or flipped is none, and never another
 * answer. It is no secret and no signature: who may write the table may write what he likes into it.
 */
#ifndef KA_VERDICT_VERDICTROW_H
#define KA_VERDICT_VERDICTROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "verdict/verdictkey.h"
#include "verdict/vetanswer.h"

#define KA_VERDICTROW_BUCKET (KA_VERDICTS_WAYS * KA_VERDICTS_ROW) /* bytes of one bucket */

enum ka_verdictrow_state { KA_VERDICTROW_EMPTY, KA_VERDICTROW_KEPT, KA_VERDICTROW_DAMAGED };

/** ka_verdictrow_write() - the row of a definite answer. False, and @row all zeros, for one that nobody may keep (unjudged) */
bool ka_verdictrow_write(const struct ka_verdictkey *key, const struct ka_vetanswer *a, uint8_t row[static KA_VERDICTS_ROW]);

/** ka_verdictrow_state() - is there a whole verdict in a row, whosever? */
enum ka_verdictrow_state ka_verdictrow_state(const uint8_t row[static KA_VERDICTS_ROW]);

/** ka_verdictrow_bucket() - in which bucket a name stands, below KA_VERDICTS_BUCKETS */
size_t ka_verdictrow_bucket(const struct ka_verdictkey *key);

/**
 * ka_verdictrow_find() - the answer under a name. Two processes may both have written it; were they not of one mind, bad counts
 *
 * Answers: false, and @out unjudged, when the bucket has no whole row of it.
 */
bool ka_verdictrow_find(const uint8_t bucket[static KA_VERDICTROW_BUCKET], const struct ka_verdictkey *key, struct ka_vetanswer *out);

/**
 * ka_verdictrow_place() - where in a bucket a new row goes: on the one of the same name, else on one that is empty or damaged,
 *                         else on any, which is forgotten
 * @luck: any number; it chooses whom
 *
 * Answers: below KA_VERDICTS_WAYS.
 */
size_t ka_verdictrow_place(const uint8_t bucket[static KA_VERDICTROW_BUCKET], const struct ka_verdictkey *key, unsigned luck);

#endif
