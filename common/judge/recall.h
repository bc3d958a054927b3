/*
 * What authkeys-vet has said of a key before, and keeping what it says now. The name of a verdict (verdictkey.h) is made here:
 * the blob, how authkeys-vet is asked, the release, and which files the program and its primes are. So a setting that changes its answers, another
 * release, and a program that was built or installed anew each make all old verdicts void. Everything else of the policy is
 * applied to the answer anew each time; so is revocation, and so are lists of known keys.
 */
#ifndef KA_JUDGE_RECALL_H
#define KA_JUDGE_RECALL_H

#include <stdbool.h>

#include "base/cursor.h"
#include "verdict/verdictkey.h"
#include "verdict/vetanswer.h"

struct ka_recall {
	const char *dir;        /* KA_PATH_VERDICTS; NULL: nothing is remembered. Borrowed, as is: */
	const char *program;    /* the path of authkeys-vet */
	unsigned fermat_rounds; /* with which it is asked */
	const char *primes;     /* and which file of shared primes; NULL or "" for none */
	bool may_keep;          /* only sshd's command, at work for sshd: its keys are those that a source listed */
	/* private, between the two calls for one key */
	bool has_name;
	struct ka_verdictkey name;
};

/**
 * ka_recall_answer() - the answer that is kept for a key
 * @blob: the plain key in wire form
 *
 * Answers: false, and @out unjudged, when it must be asked.
 */
bool ka_recall_answer(struct ka_recall *r, struct ka_span blob, struct ka_vetanswer *out);

/** ka_recall_keep() - keep the answer to the key of the last ka_recall_answer(), when there is one to keep and it may be */
void ka_recall_keep(const struct ka_recall *r, const struct ka_vetanswer *a);

#endif
