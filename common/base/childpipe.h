/* A program that talks to us through a pipe for as long as it likes, and dies with us. */
#ifndef KA_BASE_CHILDPIPE_H
#define KA_BASE_CHILDPIPE_H

#include <sys/types.h>

#include "base/err.h"

/**
 * ka_childpipe_start() - run it: absolute path, no shell, PATH and LC_ALL=C for an environment, / for a directory, no descriptor
 * of ours but @in, its stderr /dev/null, a session and group of its own; the kernel kills it when we die
 * @argv: NULL-terminated
 * @in:   its stdin; -1: /dev/null
 * @fd:   its stdout, not blocking; the caller's to close
 *
 * Errors: KA_ERR_SYS. What cannot be executed ends with status 127.
 */
KA_MUST_CHECK enum ka_err ka_childpipe_start(const char *const *argv, int in, pid_t *pid, int *fd);

/** ka_childpipe_stop() - kill it and its group, and reap it; its status as waitpid(2) gives it, -1 when it could not be had */
int ka_childpipe_stop(pid_t pid);

#endif
