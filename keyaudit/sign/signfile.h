/*
 * One document of `keyaudit sign`: what is to be signed of it, which blocks stay, and the file that comes of it.
 *
 * A file that begins with a magic line is signed as it stands, and blocks of others that still hold stay. With any of the
 * header fields asked for its headers are written anew, as they are for a plain key file, and then no block can hold.
 */
#ifndef KA_SIGNFILE_H
#define KA_SIGNFILE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/err.h"
#include "keyaudit/sign/signwork.h"
#include "store/signeddoc.h"

/* what the command line asked for; NULL and 0: nothing */
struct ka_signfile_want {
	const char *user, *hosts;
	uint64_t serial;
	int64_t expires; /* UTC seconds */
	int64_t now;
};

struct ka_signfile {
	const char *path;      /* borrowed */
	char *bytes, *room;    /* what was read; the text, and later the whole document */
	size_t len;
	struct stat st;
	enum ka_signeddoc_kind kind;
	struct ka_buf text;    /* over room */
	struct ka_signeddoc doc; /* of the text, later of the whole document */
	size_t kept_count, dropped; /* blocks of others */
	struct ka_span kept[KA_SIGNED_BLOCKS_MAX];
	bool is_done;          /* every key has signed it already */
	size_t number;         /* its text's, in the work directory */
	char wrong[160];       /* "" when nothing is */
};

/**
 * ka_signfile_prepare() - read @path, make its text, look at its blocks
 *
 * Answers: f->wrong. Errors: KA_ERR_SYS - it cannot be read, f->wrong says so too; KA_ERR_NOMEM.
 */
KA_MUST_CHECK enum ka_err ka_signfile_prepare(struct ka_signfile *f, const char *path, const struct ka_signfile_want *want,
					      const struct ka_signwork_how *how, struct ka_signblock *room);

/**
 * ka_signfile_finish() - put the blocks behind the text, look at the whole, and only then write it
 * @to: where; NULL: in the place of the file
 *
 * Errors: KA_ERR_CRYPTO - a signature does not hold; KA_ERR_SYNTAX - too many blocks; KA_ERR_LIMIT - too long a path;
 *         KA_ERR_SYS. The file is untouched then.
 */
KA_MUST_CHECK enum ka_err ka_signfile_finish(struct ka_signfile *f, struct ka_signwork *w, const struct ka_signwork_how *how,
					     const char *to);

void ka_signfile_free(struct ka_signfile *f);

#endif
