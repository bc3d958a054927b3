/*
 * The cache's folder of one source, as its only writer sees it: entries, failures, breakers, and one lock for each entry.
 *
 * MUST: never leave half a file under a name that is read; keep the old one until the new one is on disk; write an entry and
 * its failure only while holding its lock.
 */
#ifndef KA_FETCHSTORE_H
#define KA_FETCHSTORE_H

#include <stdbool.h>

#include "authkeys-cmd/fetch/fetchbreaker.h"
#include "base/err.h"
#include "store/entry.h"
#include "store/lasttry.h"

struct ka_fetchstore {
	int dir; /* the source's folder; -1: there is none, and everything below fails quietly */
};

/** ka_fetchstore_open() - the folder, made when it is missing. KA_ERR_SYS: it cannot be had, or is another's */
KA_MUST_CHECK enum ka_err ka_fetchstore_open(const char *cache, const char *source, struct ka_fetchstore *out);
void ka_fetchstore_close(struct ka_fetchstore *s);

enum ka_fetchstore_lock {
	KA_FETCHSTORE_LOCKED,   /* closing *fd unlocks; owned by the caller */
	KA_FETCHSTORE_BUSY,     /* another had it all the time */
	KA_FETCHSTORE_LOCKLESS, /* no lock can be made (a full disk): nothing is to be written either */
};

/**
 * ka_fetchstore_lock() - one request for an entry at a time
 * @ms:     how long to wait for another's
 * @waited: whether another had it at first: then the cache may hold the answer already
 */
enum ka_fetchstore_lock ka_fetchstore_lock(const struct ka_fetchstore *s, const char *name, int ms, int *fd, bool *waited);

/** ka_fetchstore_put() - temporary file, fsync(2), rename(2), fsync of the folder; a failure noted before is removed */
KA_MUST_CHECK enum ka_err ka_fetchstore_put(const struct ka_fetchstore *s, const char *name, struct ka_span entry);

/** ka_fetchstore_remove() - the entry, and a failure noted beside it */
void ka_fetchstore_remove(const struct ka_fetchstore *s, const char *name);

/** ka_fetchstore_note() - write a failure beside the entry; not synced: losing it costs one more question */
void ka_fetchstore_note(const struct ka_fetchstore *s, const char *name, const struct ka_lasttry *t);

/**
 * ka_fetchstore_may_ask() - whether mirror @n may be asked now, and its breaker's state then
 *
 * Once it is open, one process in a minute gets true, however many want to know at the same moment: who reads and who
 * writes it holds a lock, and who does not get that lock at once is not the one.
 */
KA_MUST_CHECK bool ka_fetchstore_may_ask(const struct ka_fetchstore *s, unsigned n, int64_t now, struct ka_fetchbreaker *out);

/** ka_fetchstore_breaker() - the state of mirror @n; ka_fetchstore_set_breaker() writes it */
void ka_fetchstore_breaker(const struct ka_fetchstore *s, unsigned n, struct ka_fetchbreaker *out);
void ka_fetchstore_set_breaker(const struct ka_fetchstore *s, unsigned n, const struct ka_fetchbreaker *b);

/** ka_fetchstore_sweep() - remove what killed processes left half-written before @before (UTC seconds) */
void ka_fetchstore_sweep(const struct ka_fetchstore *s, int64_t before);

#endif
