/* A directory of its own for a verb that reads and writes files, its output caught, and the signers of tests/data. */
#ifndef KA_TESTS_VERBPLACE_H
#define KA_TESTS_VERBPLACE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cursor.h"

/* what the last verb wrote */
extern char *verbplace_out, *verbplace_err;

/** verbplace_begin(), verbplace_end() - setup and teardown of a group; the directory is the working directory between */
int verbplace_begin(void **state);
int verbplace_end(void **state);

/** verbplace_clear() - everything in it goes */
void verbplace_clear(void);

/** verbplace_run() - run a verb; argv[0] is its name, the last one NULL. Answers: its exit status */
int verbplace_run(int (*verb)(int argc, char **argv), const char **argv);

#define VERBPLACE(verb, ...) verbplace_run(verb, (const char *[]){ "verb", __VA_ARGS__, NULL })

/** verbplace_put(), verbplace_append() - a file with this text, its folder made */
void verbplace_put(const char *path, const char *text);
void verbplace_append(const char *path, const char *text);

/** verbplace_get() - its bytes, valid until the next call; NULL when there is none. @len may be NULL */
const char *verbplace_get(const char *path, size_t *len);

/** verbplace_has() - does the file exist? */
bool verbplace_has(const char *path);

/** verbplace_signer() - copy the key NAME of tests/data/signers and its public half, fit for ssh-keygen */
void verbplace_signer(const char *name);

/** verbplace_verifies() - does stock ssh-keygen -Y verify accept the last block of this document by NAME's key? */
bool verbplace_verifies(const char *path, const char *name);

/** verbplace_shell() - sh -c; the test fails when it does */
void verbplace_shell(const char *command);

#endif
