/* One verification: seals, anchors and the files of a trail, read once each, and what came of it. */
#ifndef KA_VERIFYRUN_H
#define KA_VERIFYRUN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "keyaudit/screen/progress.h"
#include "keyaudit/trail/trailfiles.h"
#include "keyaudit/verify/verifychain.h"
#include "keyaudit/verify/verifypoint.h"
#include "keyaudit/verify/verifyseals.h"

struct ka_verifyjob {
	const char *const *files; /* of one trail, the oldest first; all pointers are borrowed */
	size_t files_count;
	const struct ka_trailfiles *open; /* the same, as they were found; NULL: they are opened by their names */
	const char *seals;        /* NULL: there are none */
	const char *anchors;      /* NULL: none are at hand */
	const struct ka_sealkey *k0; /* NULL: not at hand */
};

enum ka_verify_result {
	KA_VERIFY_INTACT,     /* everything agrees, and nothing stands behind the last anchor */
	KA_VERIFY_BROKEN,
	KA_VERIFY_UNANCHORED, /* nothing contradicts, but nobody else has seen all of it */
};

struct ka_verifyrun {
	enum ka_verify_result result;
	struct ka_verifychain chain;
	struct ka_verifyseals seals;
	struct ka_verifypoints points; /* owned: ka_verifyrun_end() */
	struct ka_verifyfault wrong;   /* the first thing; with @seal_epoch of a seal by itself, and of an anchor beyond the seals */
	uint64_t seal_epoch;
	uint64_t unanchored;           /* records behind the last anchor */
	uint64_t anchor_epoch;         /* the highest of the anchors */
	const char *failed;            /* the file that could not be read, after a fault */
};

/**
 * ka_verifyrun_witnesses() - the first half: anchors and seals; job->files need not be there yet
 * @r: all of it is set; ka_verifyrun_end() in any case
 *
 * Errors: as ka_verifyrun().
 */
KA_MUST_CHECK enum ka_err ka_verifyrun_witnesses(const struct ka_verifyjob *job, struct ka_verifyrun *r);

/**
 * ka_verifyrun_trail() - the second half: the records, and the verdict
 *
 * A file that was found before the witnesses were read may lack what these have seen: find the files in between.
 * Errors: as ka_verifyrun().
 */
KA_MUST_CHECK enum ka_err ka_verifyrun_trail(const struct ka_verifyjob *job, struct ka_progress *bar, struct ka_verifyrun *r);

/**
 * ka_verifyrun() - both halves
 * @r: all of it is set; ka_verifyrun_end() in any case
 *
 * Errors: KA_ERR_SYS - r->failed cannot be read, errno says why. KA_ERR_SYNTAX - the anchors hold not one anchor. KA_ERR_NOMEM,
 *         KA_ERR_LIMIT.
 */
KA_MUST_CHECK enum ka_err ka_verifyrun(const struct ka_verifyjob *job, struct ka_progress *bar, struct ka_verifyrun *r);

void ka_verifyrun_end(struct ka_verifyrun *r);

/** ka_verifyrun_status() - the exit status; without an anchor that has seen one of these records it cannot be fine. @strict: what nobody else has seen is not good enough */
int ka_verifyrun_status(const struct ka_verifyrun *r, bool strict);

/** ka_verify_result_text() - "intact", "broken", "unanchored" */
const char *ka_verify_result_text(enum ka_verify_result result);

#endif
