/* Lists of compromised keys in a test's own directory (tmptree.h). */
#ifndef KA_TESTS_BLOCKSAMPLE_H
#define KA_TESTS_BLOCKSAMPLE_H

#include <stddef.h>
#include <stdint.h>

#include "blocklist/blockfile.h"
#include "key/keyblob.h"

/** blocksample_fill() - @count records in order, spread as hashes are, of lists 1 to 3; the same bytes at every call. The caller's to free() */
uint8_t *blocksample_fill(size_t count);

/** blocksample_write() - bytes as they stand into tmptree/NAME, closed to writers but the owner; its path, until the next call */
const char *blocksample_write(const char *name, const void *bytes, size_t len);

/** blocksample_listing() - write a list of 1,000 records and this key, which stands in list @id */
const char *blocksample_listing(const char *name, const struct ka_keyblob *key, uint8_t id);

#endif
