/*
 * One fix of one finding, planned on the files as they are, for people to look at and
 * for fixact.h to do. Nothing is changed here.
 */
#ifndef KA_MEND_FIXTURN_H
#define KA_MEND_FIXTURN_H

#include <stdbool.h>
#include <stddef.h>

#include "diag/diagnosis.h"
#include "keyaudit/mend/fixlook.h"
#include "keyaudit/mend/fixplan.h"

enum ka_fixturn_state {
	KA_FIXTURN_READY,
	KA_FIXTURN_BY_HAND,   /* it has no change that a program makes, or a rule forbids one: answer */
	KA_FIXTURN_NOTHING,   /* it is so already */
	KA_FIXTURN_DECLINED,  /* a person said no */
	KA_FIXTURN_UNTRUSTED, /* somebody else could have written it, and nobody vouched for the content */
	KA_FIXTURN_DONE,
	KA_FIXTURN_FAILED,    /* why */
};

struct ka_fixturn_step {
	const struct ka_fixop *op;
	struct ka_fixwalk walk;      /* as it was planned */
	struct ka_fixstat expected;  /* as the changes before it will have left it */
};

/* a key file that somebody else could have written; large, allocated */
struct ka_fixturn_file {
	char path[KA_TEXT_PATH_MAX];
	struct ka_fixwalk walk;
	struct ka_fixlook look;
};

struct ka_fixturn {
	const struct ka_finding *finding; /* borrowed */
	enum ka_fixturn_state state;
	enum ka_fixplan_answer answer;    /* of BY_HAND; KA_FIXPLAN_FINE: there is no change to be made by a program */
	const char *why;                  /* of FAILED; a constant */
	int errnum;                       /* beside it, or 0 */
	bool needs_trust;
	size_t count;
	struct ka_fixturn_step step[KA_FIXOP_MAX];
	size_t files_count;
	struct ka_fixturn_file *file[KA_DIAG_FILES_MAX]; /* owned */
};

/** ka_fixturn_plan() - look at everything and judge; t->state says what can be. To be freed by ka_fixturn_free() */
void ka_fixturn_plan(const struct ka_finding *finding, const struct ka_diagnosis *d, const struct ka_fixworld *world, struct ka_fixturn *t);

/** ka_fixturn_free() - its files and descriptors */
void ka_fixturn_free(struct ka_fixturn *t);

#endif
