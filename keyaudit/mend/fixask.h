/* A question to a person at a terminal. */
#ifndef KA_MEND_FIXASK_H
#define KA_MEND_FIXASK_H

#include <stdbool.h>
#include <stdio.h>

enum ka_fixask_answer { KA_FIXASK_NO, KA_FIXASK_YES, KA_FIXASK_QUIT };

/** ka_fixask_can() - is there a person: a terminal to read from, and one to write to? */
bool ka_fixask_can(FILE *to);

/** ka_fixask() - ask; whatever is neither "y" nor "yes" is no, "q" and the end of input end the run */
enum ka_fixask_answer ka_fixask(FILE *to, const char *question);

#endif
