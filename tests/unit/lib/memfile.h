/* A file in memory. */
#ifndef KA_TESTS_MEMFILE_H
#define KA_TESTS_MEMFILE_H

#include <stddef.h>

/** memfile_of() - one with these @len bytes, at its beginning; the test ends when there is none. The caller closes it */
int memfile_of(const void *bytes, size_t len);

#endif
