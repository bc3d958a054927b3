/*
 * The sink exec: a program of the administrator's gets one line on standard input. It is run as sshd runs an
 * AuthorizedKeysCommand: by an absolute path that nobody but root can change, without a shell, and it has a deadline.
 */
#ifndef KA_SINKEXEC_H
#define KA_SINKEXEC_H

#include <stddef.h>

#include "base/cursor.h"
#include "base/err.h"

/**
 * ka_sinkexec_run() - hand one line to the program and wait for its end
 * @why: what is wrong, in our own words, when the answer is not KA_ERR_OK
 *
 * Only status 0 is success. What it prints is thrown away; more than KA_SINK_EXEC_OUTPUT_MAX kills it, as the deadline does.
 */
KA_MUST_CHECK enum ka_err ka_sinkexec_run(const char *program, unsigned deadline_ms, struct ka_span line, char *why, size_t size);

#endif
