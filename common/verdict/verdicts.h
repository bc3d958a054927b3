/*
 * /var/lib/keyaudit/verdicts: what authkeys-vet said of keys that a source listed, and that Ed25519 points were found good, so
 * that the arithmetic is not done again at each offer.
 * One file in it, "table": KA_VERDICTS_BUCKETS buckets of KA_VERDICTS_WAYS rows (verdictrow.h), mostly holes. A name has one
 * bucket, so the file never grows, whatever is written; a new row goes over an old one when its bucket is full.
 *
 * Nobody locks: a row is written with one pwrite(2), and whoever reads one that two have written at once, or that was cut by a
 * crash or a full disk, sees that its check does not hold and takes it for none.
 *
 * MUST: judge the opened descriptor; believe only a regular file of the caller's own, under one name, that nobody else may
 * write; take every doubt for "not kept"; keep nothing of revocation, which is asked anew each time.
 * MUST be used only by the command's own uid, and for keys that a source listed: what a stranger offers must not push out what
 * is kept, and root believes nothing that the command's uid has written.
 */
#ifndef KA_VERDICT_VERDICTS_H
#define KA_VERDICT_VERDICTS_H

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "base/limits.h"
#include "verdict/verdictkey.h"
#include "verdict/vetanswer.h"

#define KA_VERDICTS_TABLE "table"
#define KA_VERDICTS_BYTES ((off_t)KA_VERDICTS_BUCKETS * KA_VERDICTS_WAYS * KA_VERDICTS_ROW)

/**
 * ka_verdicts_get() - what is kept under a name: one open(2), one fstat(2), one pread(2) of one page
 * @dir: KA_PATH_VERDICTS
 *
 * Answers: false, and @out unjudged, when nothing is, or nothing that can be believed.
 */
bool ka_verdicts_get(const char *dir, const struct ka_verdictkey *key, struct ka_vetanswer *out);

/**
 * ka_verdicts_put() - keep a definite answer. What goes wrong is nobody's loss: the key is judged again the next time
 *
 * The directory must be the caller's own and closed to others, or no table is begun. It is not synced.
 * Answers: whether the whole row was written; false also for an answer that is not definite.
 */
bool ka_verdicts_put(const char *dir, const struct ka_verdictkey *key, const struct ka_vetanswer *a);

/** ka_verdicts_is_table() - is this descriptor a table that @owner alone may write, under no other name? @st is what fstat(2) says */
bool ka_verdicts_is_table(int fd, uid_t owner, struct stat *st);

#endif
