/* The files of one trail: what was rotated away lies beside it under longer names, plain or compressed. */
#ifndef KA_TRAILFILES_H
#define KA_TRAILFILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/limits.h"
#include "keyaudit/trail/trailbytes.h"

struct ka_trailfile {
	char *name;                  /* whole path; owned */
	struct ka_trailbytes bytes;  /* open: a rename or removal takes nothing away from a reader */
	dev_t device;
	ino_t inode;
	bool is_trail;               /* the one that is being written; always the last */
	int64_t size;                /* on the disk, when it was found */
	enum ka_trailbytes_fault fault; /* for the reader to note: why it did not come to the end */
	uint64_t seq;                /* of its genesis; 0: it has none */
	char chain[KA_SEAL_CHAIN_MAX];
	int64_t begun_us;            /* time of its genesis; INT64_MIN when it says none */
	/* all its records are of this time: what its neighbours say of it, and KA_TRAIL_SKEW_SEC more */
	int64_t from_us, until_us;
};

struct ka_trailfiles {
	struct ka_trailfile *file;   /* the oldest first, the trail itself last; owned: ka_trailfiles_free() */
	size_t count;
	size_t foreign;              /* beside them: .xz, .zst and .bz2, which are not read */
	size_t unread;               /* beside them: what could not be looked into, and may be one of them */
	char *unread_name;           /* the first of these; owned */
	enum ka_trailbytes_fault unread_why; /* of that one */
	int64_t left_us;             /* when the youngest of foreign and unread was written */
};

/* which files are wanted; or-ed */
enum {
	KA_TRAILFILES_ALL = 0,
	KA_TRAILFILES_PLAIN = 1,  /* compressed ones are not looked at */
	KA_TRAILFILES_COPIES = 2, /* also a second plain file with the same records: who verifies is to see it */
};

/**
 * ka_trailfiles_find() - the trail @path and every file beside it whose name begins with its name and "-" or ".", and that
 * begins with a genesis record of the same chain, in the order of their numbers
 *
 * What is unchained or of another chain is left out. The trail may be missing when files beside it are there: then they are
 * those of the chain that was begun last. A file that is renamed, compressed or begun while we look is there once. In a folder
 * that may not be listed the trail is alone, and the folder is what was not read. Errors: KA_ERR_SYS (the trail or the folder
 * cannot be read; errno EINVAL: no regular file), KA_ERR_NOMEM, KA_ERR_LIMIT beyond KA_TRAIL_FILES_MAX. In any case
 * ka_trailfiles_free().
 */
KA_MUST_CHECK enum ka_err ka_trailfiles_find(const char *path, unsigned which, struct ka_trailfiles *out);

/**
 * ka_trailfiles_take() - this file and no other, behind those that are there; @out may be all 0 before
 * Errors: KA_ERR_SYS (errno; EINVAL: no regular file), KA_ERR_NOMEM, KA_ERR_LIMIT.
 */
KA_MUST_CHECK enum ka_err ka_trailfiles_take(const char *path, struct ka_trailfiles *out);

/** ka_trailfiles_where() - the place of that file in the list; its count when it is not there */
size_t ka_trailfiles_where(const struct ka_trailfiles *f, dev_t device, ino_t inode);

void ka_trailfiles_free(struct ka_trailfiles *f);

#endif
