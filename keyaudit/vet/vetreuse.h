/*
 * Which keys were seen before, and where: a table of digests in bounded memory. Of each key it keeps the first place and
 * whose it was there.
 */
#ifndef KA_VETREUSE_H
#define KA_VETREUSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cursor.h"
#include "base/err.h"

#define KA_VETREUSE_DIGEST 16 /* bytes of SHA-256 of the key's blob */

/* a line of one of the files of a run */
struct ka_vetplace {
	uint32_t file; /* its number (vetnames.h) */
	uint32_t line; /* from 1; beyond 2^32 the last one that fits */
};

enum ka_vetreuse_what {
	KA_VETREUSE_NEW,     /* nobody had it */
	KA_VETREUSE_SAME,    /* this account had it */
	KA_VETREUSE_OTHER,   /* another account had it, or it is a host key */
	KA_VETREUSE_UNKNOWN, /* the table is full */
};

struct ka_vetreuse_entry;

/* zeroed it is ready */
struct ka_vetreuse {
	size_t count;  /* different keys */
	size_t reused; /* of them those that were KA_VETREUSE_OTHER at least once */
	/* private */
	struct ka_vetreuse_entry *table;
	size_t room;
};

/**
 * ka_vetreuse_note() - a key, whose it is, and where
 * @blob:  of the plain key, canonical
 * @first: with KA_VETREUSE_SAME and _OTHER the place where it was first
 *
 * Limits: KA_VET_REUSE_KEYS_MAX keys of 40 bytes each; then KA_VETREUSE_UNKNOWN for keys that are not in it.
 * Two accounts are taken for one once in 2^64, two keys once in 2^64 keys.
 * Errors: KA_ERR_NOMEM.
 */
KA_MUST_CHECK enum ka_err ka_vetreuse_note(struct ka_vetreuse *r, struct ka_span blob, struct ka_span account, struct ka_vetplace where,
					   enum ka_vetreuse_what *what, struct ka_vetplace *first);

/** ka_vetreuse_free() - its memory */
void ka_vetreuse_free(struct ka_vetreuse *r);

#endif
