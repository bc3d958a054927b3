/* A run directory of the test's own, as an installation makes it; for the tests of claims and what is built on them. */
#ifndef KA_TESTS_RUNPLACE_H
#define KA_TESTS_RUNPLACE_H

#include <stdbool.h>

#include "keyaudit/case/claim.h"
#include "keyaudit/case/rundir.h"

struct runplace {
	char path[64];
	struct ka_rundir r;
	char why[512];
};

/** runplace_make(), runplace_drop() - open it below /tmp; close it and away with it. 0 when that worked */
int runplace_make(struct runplace *p);
int runplace_drop(struct runplace *p);

/* that of a test program which needs one for each test, and the tests that have it */
extern struct runplace runplace;
int runplace_setup(void **state);
int runplace_teardown(void **state);
#define RUNPLACE_TEST(f) cmocka_unit_test_setup_teardown(f, runplace_setup, runplace_teardown)

/* a connection that is over, for its number is above any pid_max; and a record that it may have left */
#define RUNPLACE_DEAD { 2147483646, 77 }
#define RUNPLACE_RECORD \
	"ka1 attempt at=1 up=1 pp=1 pid=1 uid=1 user=alice type=ssh-ed25519 fp=F key=- c=- src=- verdict=none reasons=- opts=-\n"

/* a trail that nobody has written */
#define RUNPLACE_TRAIL "/nonexistent/trail"

/** runplace_take() - ask for the claim of @conn in the place of this program, with that trail */
enum ka_claim_answer runplace_take(const struct ka_conn *conn, struct ka_claim *claim);

/** runplace_put() - a file of @text in one of its folders, written over what was there */
void runplace_put(int dir, const char *name, const char *text);

/** runplace_has() - is there an entry of that name? */
bool runplace_has(int dir, const char *name);

#endif
