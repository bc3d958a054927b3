/*
 * authkeys-vet asked before its answers are needed: keys that wait for their turn are handed out to as many of them as there
 * are processors, and whoever judges them later finds the answer here. It changes when a question is asked, never what comes
 * of it: for a key that was not asked here, or whose program failed, the judge asks by itself.
 */
#ifndef KA_VETAHEAD_H
#define KA_VETAHEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/cursor.h"
#include "base/limits.h"
#include "verdict/vetanswer.h"

#define KA_VETAHEAD_DIGEST 16

struct ka_vetahead_worker {
	pid_t pid;
	int to, from;
	bool is_broken;
	size_t waiting; /* bytes of questions without an answer */
	char heard[1024];
	size_t have;
};

struct ka_vetahead_question {
	uint8_t digest[KA_VETAHEAD_DIGEST];
	unsigned worker;
	size_t bytes;
};

enum ka_vetahead_asked {
	KA_VETAHEAD_ASKED,
	KA_VETAHEAD_FULL,  /* not before an answer is taken */
	KA_VETAHEAD_NEVER, /* nobody can be asked */
};

/* zeroed, with what stands above the line set, it is ready; large: allocated. ka_vetahead_end() in any case */
struct ka_vetahead {
	const char *program;    /* borrowed; NULL: authkeys-vet where it is installed */
	unsigned fermat_rounds;
	unsigned workers_max;   /* 1 to KA_VET_WORKERS_MAX */
	/* private */
	struct ka_vetahead_worker worker[KA_VET_WORKERS_MAX];
	uint64_t asked, taken;  /* of the questions below, by their number */
	struct ka_vetahead_question question[KA_VET_QUEUE_ROWS];
	char path[KA_PATH_MAX];
	char line[KA_LINE_MAX + 2];
};

/** ka_vetahead_ask() - hand the plain key out; waits for nothing */
enum ka_vetahead_asked ka_vetahead_ask(struct ka_vetahead *a, struct ka_span blob);

/**
 * ka_vetahead_known() - the answer about a key, waited for; keys that were asked before it are forgotten
 * @ctx: struct ka_vetahead
 *
 * For struct ka_vetask. Answers: false when it was not asked, or the program failed or was late.
 */
bool ka_vetahead_known(void *ctx, struct ka_span blob, struct ka_vetanswer *out);

/** ka_vetahead_end() - the programs are gone */
void ka_vetahead_end(struct ka_vetahead *a);

#endif
