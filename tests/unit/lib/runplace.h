/* A run directory of the test's own, as an installation makes it; for the tests of claims and what is built on them. */
#ifndef KA_TESTS_RUNPLACE_H
#define KA_TESTS_RUNPLACE_H

#include <stdbool.h>

#include "keyaudit/rundir.h"

struct runplace {
	char path[64];
	struct ka_rundir r;
	char why[512];
};

/** runplace_make(), runplace_drop() - open it below /tmp; close it and away with it. 0 when that worked */
int runplace_make(struct runplace *p);
int runplace_drop(struct runplace *p);

/** runplace_put() - a file of @text in one of its folders, written over what was there */
void runplace_put(int dir, const char *name, const char *text);

/** runplace_has() - is there an entry of that name? */
bool runplace_has(int dir, const char *name);

#endif
