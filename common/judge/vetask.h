/*
 * authkeys-vet at work for us, behind a pipe: started by the first key that needs it, asked key by key, and gone
 * with us. What it does not say in time is key.not-judged, for this key and for all that come after it.
 */
#ifndef KA_JUDGE_VETASK_H
#define KA_JUDGE_VETASK_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/cursor.h"
#include "base/limits.h"
#include "verdict/vetanswer.h"

struct ka_vetask {
	const char *program;    /* absolute path, borrowed; NULL: where it is installed */
	unsigned fermat_rounds; /* KA_VET_FERMAT_ROUNDS_MIN to _MAX */
	const char *primes;     /* path of a product of shared primes, borrowed; "" for none */
	int deadline_ms;        /* for one answer, the program's start included */
	/* who may know the answer already, asked first; NULL: nobody. False: the program is asked */
	bool (*known)(void *ctx, struct ka_span blob, struct ka_vetanswer *out);
	void *known_ctx;
	/* private */
	pid_t pid;              /* 0: not started */
	int to, from;           /* descriptors, while it runs */
	bool is_broken;         /* it failed: nobody is asked any more */
	char room[KA_VET_QUESTION_MAX]; /* the question; before the start, the program's path */
};

/** ka_vetask_init() - nothing is started yet; ka_vetask_end() in any case, which any number of times is harmless */
void ka_vetask_init(struct ka_vetask *a, const char *program, unsigned fermat_rounds);

/**
 * ka_vetask_key() - what the arithmetic says about one plain key
 * @blob: wire form, at most KA_BLOB_MAX bytes
 *
 * Answers: @out; KA_VETANSWER_UNJUDGED when the program cannot be run, breaks off, is too late, says something else than
 *          an answer, or does not know. A program that failed once is not started again.
 * Waits:   at most deadline_ms. Raises no SIGPIPE.
 */
void ka_vetask_key(struct ka_vetask *a, struct ka_span blob, struct ka_vetanswer *out);

/** ka_vetask_cert() - the same: is the signature of this certificate's authority genuine? */
void ka_vetask_cert(struct ka_vetask *a, struct ka_span blob, struct ka_vetanswer *out);

/** ka_vetask_works() - does it tell the base point of P-256 from a point beside the curve? Starts it, and ends it */
bool ka_vetask_works(struct ka_vetask *a);
/** ka_vetask_sha1() - the SHA-1 of a plain key's blob; false, and @out all zero, when nobody says it */
bool ka_vetask_sha1(struct ka_vetask *a, struct ka_span blob, uint8_t out[static KA_VETANSWER_SHA1_LEN]);

/**
 * ka_vetask_program() - the path of authkeys-vet: beside this program, or where the build says
 * @room: for the path; the answer may be it, or static
 */
const char *ka_vetask_program(char *room, size_t size);

/** ka_vetask_end() - the program is gone when this returns */
void ka_vetask_end(struct ka_vetask *a);

#endif
