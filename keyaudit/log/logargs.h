/* The options that all verbs reading the trail share: which events, which trail, which colours. */
#ifndef KA_LOGARGS_H
#define KA_LOGARGS_H

#include "keyaudit/log/logquery.h"
#include "keyaudit/screen/out_text.h"

struct ka_logargs {
	struct ka_logquery query; /* borrows from argv */
	enum ka_out_when colour;
	const char *trail; /* NULL: that of the configuration */
	const char *conf;
};

#define KA_LOGARGS_OTHER (-1)

/** ka_logargs_init() - nothing was said yet */
void ka_logargs_init(struct ka_logargs *a);

/**
 * ka_logargs_take() - take argv[*i], and its value, if it is one of the shared options
 * @verb: who complains
 *
 * Answers: KA_EXIT_FINE; KA_LOGARGS_OTHER when it is another; else the exit status, and it has been said on standard error why.
 */
int ka_logargs_take(struct ka_logargs *a, const char *verb, int argc, char **argv, int *i);

#endif
