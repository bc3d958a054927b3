/*
 * What arithmetic has said of a key before, and keeping what it says now: authkeys-vet's, and libsodium's about Ed25519 points.
 * The name of a verdict (verdictkey.h) is made here. Of authkeys-vet's: the blob, how it is asked, the release, and which files
 * the program and its primes are. So a setting that changes its answers, another release, and a program that was built or
 * installed anew each make all old verdicts void. Of a point: the blob, what is known about libsodium, the release. Everything
 * else of the policy is applied to the answer anew each time; so is revocation, and so are lists of known keys.
 */
#ifndef KA_JUDGE_RECALL_H
#define KA_JUDGE_RECALL_H

#include <stdbool.h>

#include "base/cursor.h"
#include "verdict/verdictkey.h"
#include "verdict/vetanswer.h"
#include "vet/vet.h"

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

/**
 * ka_recall_point() - has the arithmetic on an Ed25519 key been done before, with nothing to say?
 * @blob:  the plain key in wire form
 * @trust: what was known about libsodium; another one is another question
 *
 * It costs ten times what a look at the table does. What comparing bytes tells (form, small order) is no part of it: a row that
 * somebody else wrote lets no key in that anybody can sign for.
 */
bool ka_recall_point(struct ka_recall *r, struct ka_span blob, enum ka_vet_ed25519 trust);

/** ka_recall_keep() - keep the answer to the last question above, when there is one to keep and it may be. Of a point only OK */
void ka_recall_keep(const struct ka_recall *r, const struct ka_vetanswer *a);

#endif
