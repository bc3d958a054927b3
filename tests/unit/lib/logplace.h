/* A small trail in a file of the test's own, for the verbs that read one: a genesis and two events of one connection. */
#ifndef KA_TESTS_LOGPLACE_H
#define KA_TESTS_LOGPLACE_H

/* alice's refusal (id fi7v) and bob's login (id abcd), both with the reference asm6lelb; the genesis has the id g */
extern const char logplace_text[];

/* where it is; between setup and teardown */
extern char logplace_trail[64];

/** logplace_setup(), logplace_teardown() - of a test; the test may have removed the trail */
int logplace_setup(void **state);
int logplace_teardown(void **state);

#endif
