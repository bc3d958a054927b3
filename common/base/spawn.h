/*
 * Running another program: absolute path, no shell, a clean environment, no
 * descriptor of ours, default signals, a deadline and a cap on its output.
 */
#ifndef KA_BASE_SPAWN_H
#define KA_BASE_SPAWN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"

struct ka_spawn {
	const char *const *argv; /* argv[0] is the absolute path; NULL-terminated */
	const char *const *env;  /* further "NAME=value", at most KA_SPAWN_ENV_MAX, NULL-terminated; may be NULL */
	const char *input;       /* bytes for its stdin, which it need not read; or NULL for /dev/null */
	size_t input_len;
	size_t output_max;       /* bytes of stdout kept; more kills the child (KA_ERR_LIMIT) */
	bool is_front_enough;    /* more kills the child too, but what was kept is the answer (its status may say SIGKILL) */
	int deadline_ms;         /* for its output and its end together */
	bool with_stderr;        /* its stderr goes where stdout goes; else /dev/null */
};

struct ka_spawn_out {
	char *output;  /* NUL-terminated; the caller's to free() */
	size_t len;
	int status;    /* as waitpid(2) gave it; -1 when it could not be had: no success */
	int exec_errnum; /* why argv[0] could not be executed, and the status says 127; 0 when it was */
};

/**
 * ka_spawn_run() - run a program to its end
 * @out: set on KA_ERR_OK (zeroed otherwise); a non-zero exit status is an answer, not a fault, and so is the SIGKILL for
 *       a child that closed its output and had not ended at the deadline
 *
 * Errors: KA_ERR_SYS (cannot fork), KA_ERR_TIMEOUT and KA_ERR_LIMIT (the child's whole
 *         process group was killed), KA_ERR_NOMEM. A program that cannot be executed ends with status 127.
 * Shape:  environment is PATH, LC_ALL=C and what->env; cwd is /; the child is its own session, has only the effective ids,
 *         and what it leaves behind in its process group is killed.
 */
KA_MUST_CHECK enum ka_err ka_spawn_run(const struct ka_spawn *what, struct ka_spawn_out *out);

/**
 * ka_spawn_keep_ids() - in a fresh child that is to execute something: real and saved ids become the effective ones
 *
 * Who looks at files with another user's rights (base/rights.h) has kept root in the background; a program must not find
 * it there. Answers: false when that cannot be done: do not execute then.
 */
bool ka_spawn_keep_ids(void);

/**
 * ka_spawn_clean_child() - in a fresh child: default signal handlers and empty mask, descriptors from
 * @lowest on closed, cwd /. For children that go on without exec as well.
 */
void ka_spawn_clean_child(int lowest);

/**
 * ka_spawn_reap() - wait for @pid at most @ms, then SIGKILL it (its group when @group) and reap
 *
 * Answers: its status; -1 when it is no child of ours, or hangs in the kernel KA_REAP_KILLED_MS after the SIGKILL: it is
 *          left behind then, and ends when the kernel lets it.
 */
int ka_spawn_reap(pid_t pid, int ms, bool group);

#endif
