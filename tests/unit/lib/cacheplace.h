/* Entries of a cache that lies in the directory "cache" of the working directory, made as the fetcher makes them. */
#ifndef KA_TESTS_CACHEPLACE_H
#define KA_TESTS_CACHEPLACE_H

#include "store/entry.h"

#define CACHEPLACE_NOW 1795370513
#define CACHEPLACE_KEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIP4c0dsOHq5vBNwtKeroAvBjRTyCtcz7jgy5OCu3feNl\n"

/** cacheplace_file() - the file of a user's entry, with a suffix; valid until the next call */
const char *cacheplace_file(const char *source, const char *user, const char *suffix);

/** cacheplace_entry() - fetched @age seconds ago, fresh for 300 s, served while it is refreshed for 600 s, stale for a day */
struct ka_entry cacheplace_entry(const char *source, const char *user, int64_t age, bool is_found);

/** cacheplace_put_as() - write it, mode 0640 */
void cacheplace_put_as(const char *path, const struct ka_entry *e);

/** cacheplace_put() - such an entry of source "corp", in its place */
void cacheplace_put(const char *user, int64_t age, bool is_found);

#endif
