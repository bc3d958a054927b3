/* A file of tests/vectors: a line each, "ID DATA what it is", ID a reason or "ok"; # in front of what is none. */
#ifndef KA_TESTS_VECTORFILE_H
#define KA_TESTS_VECTORFILE_H

#include "reason/reason.h"

/**
 * vectorfile_read() - each line to @take
 * @reason: KA_REASON_NONE: "ok"
 *
 * Answers: 0, or -1 when it cannot be read or holds nothing.
 */
int vectorfile_read(const char *path, void (*take)(enum ka_reason reason, const char *data, const char *what));

#endif
