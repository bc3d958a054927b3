/*
 * Doing one change that was judged and agreed to, on the descriptor that was judged:
 * by a child with the user's rights, or by root where only root can.
 *
 * MUST: look at the descriptor again right before the change; never go by a name where a
 * descriptor will do, and look that a name leads to the judged object where it must be one.
 */
#ifndef KA_MEND_FIXDO_H
#define KA_MEND_FIXDO_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cursor.h"
#include "diag/fixop.h"
#include "keyaudit/mend/fixwalk.h"
#include "keyaudit/mend/fixworld.h"

enum ka_fixdo_answer {
	KA_FIXDO_DONE,
	KA_FIXDO_CHANGED,  /* not what was judged any more: nothing was done */
	KA_FIXDO_FAILED,   /* the kernel refused: errnum */
	KA_FIXDO_MISSING,  /* an edit: what is to be replaced does not stand there */
	KA_FIXDO_TAKEN,    /* a rename: the new name exists */
	KA_FIXDO_HUNG,     /* no answer before the deadline */
	KA_FIXDO_NO_NOTE,  /* it could not be noted how to undo it, so it was not done */
	KA_FIXDO_ANSWERS
};

struct ka_fixdo_result {
	uint32_t answer;          /* enum ka_fixdo_answer */
	uint32_t errnum;
	struct ka_fixstat after;  /* of the object, or of the file in its place */
	uint8_t sha256[32];       /* an edit: of the new content */
};

/* what is to be done; all borrowed */
struct ka_fixdo {
	const struct ka_fixop *op;
	const struct ka_fixworld *world;
	const struct ka_fixwalk *walk;
	unsigned mode;             /* CHMOD: the new one */
	uid_t uid;                 /* CHOWN */
	gid_t gid;
	int to_dir;                /* RENAME: O_PATH, and the new name in it */
	const char *to_name;
	const uint8_t *sha256;     /* EDIT: of the content as it was looked at */
	bool is_given;             /* EDIT: @content takes its place, and no edit is applied */
	struct ka_span content;
	/* asked when everything is ready and nothing has been done: @result->after is what will be there. false: do not */
	bool (*ready)(void *ctx, const struct ka_fixdo_result *result);
	void *ctx;
};

/** ka_fixdo_run() - one change. Answers: in @out; KA_FIXDO_DONE or nothing was changed (HUNG: nobody knows) */
void ka_fixdo_run(const struct ka_fixdo *what, struct ka_fixdo_result *out);

/** ka_fixdo_why() - one clause for people; "" for KA_FIXDO_DONE */
const char *ka_fixdo_why(uint32_t answer);

#endif
