/*
 * What lies in the cache, for people. The cache belongs to the fetcher's user, and who looks may be root: so folders are
 * opened one below the other, no link is followed, every file is judged on its descriptor, and everything has a bound.
 */
#ifndef KA_CACHELIST_H
#define KA_CACHELIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "conf/conf.h"
#include "store/entry.h"
#include "store/fresh.h"
#include "store/lasttry.h"
#include "store/serialdir.h"

struct ka_cachelist_row {
	char source[KA_SOURCE_NAME_MAX];
	char name[KA_ENTRY_HEX];   /* of its file */
	char *user;                /* as the entry has it, ":index" and ":revoked" for the lists; NULL when nobody knows */
	bool has_entry, is_invalid; /* neither: there is only a failure */
	bool is_found;             /* false: an authoritative "no keys" */
	bool is_known;             /* the configuration has the source, so that the next three are what it means */
	enum ka_fresh state;
	bool is_other_question;    /* the source's address or format was changed: the entry counts for nothing */
	size_t keys;               /* lines that are neither blank nor comments */
	int64_t fetched, confirmed, fresh, swr, stale; /* UTC seconds */
	unsigned status, mirror;
	enum ka_reason alarm;      /* what another mirror's answer was, when that is an alert; else KA_REASON_NONE */
	uint64_t serial;           /* of the signed document, or what a JSON store calls its version; 0: none */
	int64_t expires;           /* of the signed document; 0: none */
	uint64_t remembered;       /* the serial memory of it; 0: none, or it cannot be read */
	bool has_try;
	struct ka_lasttry last;
};

struct ka_cachelist {
	struct ka_cachelist_row *rows; /* by source and user */
	size_t count, room;
	bool is_cut;                   /* there is more than KA_CACHELIST_ROWS_MAX */
};

struct ka_cachelist_want {
	const char *source, *user;     /* NULL: all */
	const struct ka_conf *conf;    /* NULL: it cannot be had */
	const struct ka_serialdir *serials; /* NULL: they are out of our reach */
	int64_t now;
};

/** ka_cachelist_open() - the cache's folder. Errors: KA_ERR_SYS; KA_ERR_SYNTAX - others than its owner may write there */
KA_MUST_CHECK enum ka_err ka_cachelist_open(const char *path, int *fd, uid_t *owner);

/**
 * ka_cachelist_open_source() - a folder in it
 *
 * Answers: -1 when there is none, it is a link, or not the owner's.
 */
int ka_cachelist_open_source(int cache, uid_t owner, const char *source);

/** ka_cachelist_is_source() - can a source be called so? */
bool ka_cachelist_is_source(const char *name);

/** ka_cachelist_is_entry() - is this a file name of an entry? */
bool ka_cachelist_is_entry(const char *name);

/**
 * ka_cachelist_open_file() - NAME, or NAME with a suffix, in a folder of ka_cachelist_open_source()
 * @is_ours: false for something that is not a regular file that only @owner writes; then the answer is -1
 */
int ka_cachelist_open_file(int dir, uid_t owner, const char *name, const char *suffix, size_t max, bool *is_ours);

/** ka_cachelist_read() - all of it. Errors: KA_ERR_NOMEM */
KA_MUST_CHECK enum ka_err ka_cachelist_read(int cache, uid_t owner, const struct ka_cachelist_want *want, struct ka_cachelist *out);

void ka_cachelist_free(struct ka_cachelist *l);

#endif
