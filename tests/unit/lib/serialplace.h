/* A directory of serial memories of the test's own, below /tmp. */
#ifndef KA_TESTS_SERIALPLACE_H
#define KA_TESTS_SERIALPLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "store/serialdir.h"

extern struct ka_serialdir serialplace;
extern char serialplace_path[64];

/** serialplace_make(), serialplace_drop() - setup and teardown */
int serialplace_make(void **state);
int serialplace_drop(void **state);

/** serialplace_put() - a file with this content and exactly these bits */
void serialplace_put(const char *name, const char *bytes, size_t len, mode_t mode);

/** serialplace_get() - its content, ended by NUL; free() it. NULL when it is not there */
char *serialplace_get(const char *name, size_t *len);

/** serialplace_count() - entries of the directory */
size_t serialplace_count(void);

#endif
