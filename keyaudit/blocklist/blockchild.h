/*
 * A program that meets bytes of the network before anybody has looked at them: the fetcher, xz. Root runs it with the rights
 * of the fetcher's user, others with their own; it gets its standard input, a pipe and our standard error, and dies with us.
 */
#ifndef KA_BLOCKCHILD_H
#define KA_BLOCKCHILD_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

struct ka_blockchild {
	pid_t pid; /* 0: none */
	int fd;    /* its standard output; -1 */
};

/**
 * ka_blockchild_start() - run argv[0], an absolute path
 * @in: its standard input; -1 for none
 * @out: ka_blockchild_end() in any case
 *
 * Errors: KA_ERR_SYS. A program that cannot be run ends with status 127, a user that cannot be become with 126.
 */
KA_MUST_CHECK enum ka_err ka_blockchild_start(const char *const *argv, int in, struct ka_blockchild *out);

/** ka_blockchild_end() - close its pipe and wait a moment for its end, then kill it. Answers: its exit status; -1 when it was killed */
int ka_blockchild_end(struct ka_blockchild *c);

#endif
